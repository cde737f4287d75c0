"""The last few shares of a document as they were rendered: many callers may call the same."""

import asyncio
from collections.abc import Callable, Set
from dataclasses import dataclass, field

from gateway.edge.document.mine import Call
from gateway.edge.pages import Page

#: shares that are kept; each is as large as a document may be
_MOST_KEPT = 8


@dataclass(frozen=True, slots=True)
class KeptShares:
    """Of one document; what anybody may ask for is rendered one at a time, and not again."""

    render: Callable[[Set[Call]], Page]
    _pages: dict[frozenset[Call], Page] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def page(self, open_: frozenset[Call]) -> Page:
        """The document with these operations; the ones asked for last are kept."""
        async with self._lock:
            found = self._pages.pop(open_, None)
            if found is None:
                found = await asyncio.to_thread(self.render, open_)
            self._pages[open_] = found
            if len(self._pages) > _MOST_KEPT:
                del self._pages[next(iter(self._pages))]
            return found
