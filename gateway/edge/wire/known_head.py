"""Heads that were read before: who keeps a connection mostly sends the same octets again."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

#: heads up to this are remembered
_REMEMBERED = 4096
_LENGTH = b"content-length"
#: the value of a Content-Length, in a head behind its line
_LENGTH_VALUE = re.compile(rb"(?:^|\r\n)content-length: *([0-9]{1,18})\r\n", re.IGNORECASE)
_MOST_DIGITS = 18
Header = tuple[bytes, bytes]


class KnownLine:
    """A request line that was let in, and what of it goes into the scope of each request."""

    __slots__ = ("is_old", "method", "octets", "path", "query", "scope")

    def __init__(
        self, octets: bytes, method: str, path: bytes, query: bytes, *, is_old: bool
    ) -> None:
        self.octets = octets
        self.method = method
        self.path = path
        self.query = query
        self.is_old = is_old
        #: made with the first request; copied for each
        self.scope: Mapping[str, Any] | None = None


class KnownHead:
    """The fields of a head of HTTP/1.1 that was let in: the same octets say the same again.

    The digits of a Content-Length may be others, within what any parser takes.
    """

    __slots__ = ("_after", "_before", "_headers", "_length_at", "has_body", "length", "method")

    def __init__(
        self,
        method: str,
        before: bytes,
        after: bytes,
        headers: Sequence[Header],
        *,
        length_at: int | None,
    ) -> None:
        self.method = method
        #: the octets up to the digits, and those behind them; all, if there are none
        self._before, self._after = before, after
        self._headers = list(headers)
        self._length_at = length_at
        self.has_body = length_at is not None
        #: the digits that `end` found
        self.length = b""

    def end(self, data: bytes, begin: int) -> int:
        """Where a head ends that goes on in this way behind its line; 0: it does not."""
        if not data.startswith(self._before, begin):
            return 0
        behind = begin + len(self._before)
        if not self.has_body:
            return behind
        end = data.find(b"\r", behind, behind + _MOST_DIGITS + 1)
        if end < 0 or not data.startswith(self._after, end):
            return 0
        self.length = data[behind:end]
        return end + len(self._after) if self.length.isdigit() else 0

    def headers(self) -> list[Header]:
        """The headers of the head that `end` found last; the caller's own."""
        headers = self._headers.copy()
        if self._length_at is not None:
            headers[self._length_at] = (_LENGTH, self.length)
        return headers


def known_head(method: str, octets: bytes, headers: Sequence[Header]) -> KnownHead | None:
    """Remember the octets behind a line, and what they say; None: they are not to be remembered."""
    if len(octets) > _REMEMBERED:
        return None
    names = [name for name, _ in headers]
    if b"transfer-encoding" in names:
        return None
    if _LENGTH not in names:
        return KnownHead(method, octets, b"", headers, length_at=None)
    found = _LENGTH_VALUE.search(octets)
    if found is None or names.count(_LENGTH) != 1:
        return None
    before, after = octets[: found.start(1)], octets[found.end(1) :]
    return KnownHead(method, before, after, headers, length_at=names.index(_LENGTH))
