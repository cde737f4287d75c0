"""How a list is cut into pages: which part was asked for, and the answer that tells the rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from scopegate import Answer

Item = TypeVar("Item")


@dataclass(frozen=True)  # no slots: Python 3.11 cannot call `Page[User](...)` then
class Page(Generic[Item]):
    """A part of a list; `total` counts the whole list."""

    items: Sequence[Item]
    total: int


def page_answer(
    page: Page[Item], show: Callable[[Item], object], *, limit: int, offset: int
) -> Answer:
    """Answer a page with `X-Total-Count` and, if it has neighbours, `Link` (RFC 8288).

    The links are relative to the request, so that they hold behind any base path.
    """
    links = [
        f'<?limit={limit}&offset={place}>; rel="{relation}"'
        for relation, place in _neighbours(page.total, limit=limit, offset=offset)
    ]
    headers = {"X-Total-Count": str(page.total)}
    if links:
        headers["Link"] = ", ".join(links)
    return Answer([show(item) for item in page.items], headers=headers)


def _neighbours(total: int, *, limit: int, offset: int) -> list[tuple[str, int]]:
    """Where the next and the previous page start, as far as they exist."""
    neighbours = []
    if offset + limit < total:
        neighbours.append(("next", offset + limit))
    if offset > 0:
        neighbours.append(("prev", max(0, min(offset, total) - limit)))
    return neighbours
