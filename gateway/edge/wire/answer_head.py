"""The head of an answer as octets, and how the end of its body is told."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus

from gateway.edge.header_fields import NOT_OF_A_NAME, NOT_OF_A_VALUE

#: how a body ends, where no octets of a Content-Length are left to say it
CHUNKED = -1
UNTIL_CLOSE = -2
NO_BODY = -3

_PLAIN, _LENGTH, _CODING, _CONNECTION = range(4)
#: names that need no second look; what the last three say concerns the wire
_NAMES = {
    **dict.fromkeys(
        b"cache-control content-type content-language date etag last-modified link location"
        b" retry-after server set-cookie vary www-authenticate x-content-type-options".split(),
        _PLAIN,
    ),
    b"content-length": _LENGTH,
    b"transfer-encoding": _CODING,
    b"connection": _CONNECTION,
}
_MOST_DIGITS = 19
_BODILESS = frozenset({204, 304})
_LEAST_FINAL = 200


def _status_line(status: int) -> bytes:
    phrase = HTTPStatus(status).phrase if status in HTTPStatus.__members__.values() else ""
    return f"HTTP/1.1 {status} {phrase}\r\n".encode()


STATUS_LINES = {status: _status_line(status) for status in range(100, 600)}


def opening(status: int, headers: Iterable[Sequence[bytes]]) -> bytes:
    """The first lines of each answer of a status, with headers of the server's own, as Date."""
    line = STATUS_LINES.get(status)
    if line is None:
        raise RuntimeError("The status is none of HTTP.")
    return line + b"".join(b"%b: %b\r\n" % (name, value) for name, value in headers)


def answer_head(
    status: int,
    headers: Iterable[Sequence[bytes]],
    *,
    begin: bytes,
    is_to_head: bool,
    is_old: bool,
    is_last: bool,
) -> tuple[bytes, int, bool]:
    """The head, how the body ends, and whether the connection ends with it.

    `begin`: what `opening` gives; `is_old`: the caller speaks HTTP/1.0. The body ends after so many
    octets, or as one of the constants says. Raises RuntimeError where a header is none, or two tell
    the length of the body.
    """
    ends_by, says_close = None, False
    lines = [begin]
    for name, value in headers:
        kind = _NAMES.get(name)
        if kind is None:
            name = _checked(name)
            kind = _NAMES.get(name, _PLAIN)
        if kind != _LENGTH and NOT_OF_A_VALUE.search(value):
            raise RuntimeError("Invalid HTTP header value.")
        if kind == _CONNECTION:
            says_close = says_close or _says_close(value)
        elif kind:
            ends_by = _told_end(kind, value, ends_by)
        lines += name, b": ", value, b"\r\n"
    if is_last and not says_close:
        lines.append(b"connection: close\r\n")
    if ends_by is None or is_to_head:
        ends_by = _untold_end(status, is_to_head=is_to_head, is_old=is_old)
        if ends_by == CHUNKED:
            lines.append(b"transfer-encoding: chunked\r\n")
    lines.append(b"\r\n")
    return b"".join(lines), ends_by, is_last or says_close


def has_body(status: int) -> bool:
    """Whether an answer of this status has a body that its headers may measure."""
    return status >= _LEAST_FINAL and status not in _BODILESS


def _untold_end(status: int, *, is_to_head: bool, is_old: bool) -> int:
    """How the body ends where no header counts."""
    if is_to_head:
        return NO_BODY
    if status in _BODILESS:
        return 0
    return UNTIL_CLOSE if is_old else CHUNKED


def _says_close(value: bytes) -> bool:
    return b"close" in [token.strip() for token in value.lower().split(b",")]


def _told_end(kind: int, value: bytes, before: int | None) -> int | None:
    """How the body ends, when a header that tells it is added to those before."""
    if kind == _CODING and value.lower() != b"chunked":
        return before
    if before is not None:
        raise RuntimeError("The headers tell the length of the answer twice.")
    if kind == _CODING:
        return CHUNKED
    if not value.isdigit() or len(value) > _MOST_DIGITS:
        raise RuntimeError("Content-Length is not a number.")
    return int(value)


def _checked(name: bytes) -> bytes:
    if not name or NOT_OF_A_NAME.search(name):
        raise RuntimeError("Invalid HTTP header name.")
    return name.lower()


def chunk(body: bytes, *, is_last: bool) -> bytes:
    """A part of a body as a chunk, with the end of the body if it is the last."""
    end = b"0\r\n\r\n" if is_last else b""
    return b"%x\r\n%b\r\n%b" % (len(body), body, end) if body else end
