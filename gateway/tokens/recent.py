"""A bounded memory of answers that are right for a while."""

from collections import OrderedDict
from typing import Generic, TypeVar

_Kept = TypeVar("_Kept")


class Recent(Generic[_Kept]):
    """At most so many answers, each until its time; the oldest makes room for the newest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[bytes, tuple[_Kept, float]] = OrderedDict()

    def __len__(self) -> int:
        """How many are kept, those whose time is over among them."""
        return len(self._kept)

    def find(self, key: bytes, now: float) -> _Kept | None:
        """The answer, if its time is not over."""
        found = self._kept.get(key)
        if found is None or now >= found[1]:
            return None
        return found[0]

    def keep(self, key: bytes, answer: _Kept, *, now: float, until: float) -> None:
        """Keep an answer until a time to come."""
        if until <= now:
            return
        self._kept[key] = (answer, until)
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
