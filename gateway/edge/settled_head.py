"""The head of answers that differ in the length of their body alone, written once for all."""

from collections.abc import Sequence
from typing import Self

from gateway.edge.header_fields import is_plain_header

Pairs = Sequence[tuple[bytes, bytes]]
_LENGTH = b"content-length"


class SettledHead:
    """Headers with a Content-Length among them that each body fills in."""

    __slots__ = ("_after", "_before", "octets_after", "octets_before", "private")

    def __init__(self, before: Pairs, after: Pairs) -> None:
        self._before, self._after = before, after
        self.octets_before = b"".join(b"%b: %b\r\n" % pair for pair in before) + _LENGTH + b": "
        self.octets_after = b"".join(b"\r\n%b: %b" % pair for pair in after) + b"\r\n\r\n"
        #: the same where nobody may share the answer, by the Vary that it is told with
        self.private: dict[bytes, SettledHead | None] = {}

    @classmethod
    def of(cls, before: Pairs, after: Pairs = ()) -> Self | None:
        """Settle the headers before and behind the length; None: they want a look each time."""
        is_plain = all(is_plain_header(name, value) for name, value in (*before, *after))
        return cls(before, after) if is_plain else None

    def ending(self, after: Pairs) -> "SettledHead | None":
        """The same with these headers behind the length instead."""
        return SettledHead.of(self._before, after)

    @property
    def after(self) -> Pairs:
        """The headers behind the length."""
        return self._after

    def headers(self, length: int) -> list[tuple[bytes, bytes]]:
        """All headers of an answer whose body has so many octets."""
        return [*self._before, (_LENGTH, str(length).encode()), *self._after]
