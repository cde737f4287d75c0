"""What the headers announce of a body, and its octets as they arrive, within the limit."""

from typing import NamedTuple

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope

from gateway.edge.request.problem import malformed, too_large, unsupported

_LENGTH = "/header/Content-Length"
_NOT_ENCODED = frozenset({b"", b"identity"})


class Announced(NamedTuple):
    """What the headers say of the body."""

    content_type: str | None
    #: None: chunks, or nothing at all
    length: int | None


def announced(scope: Scope) -> Announced:
    """Read the headers that speak of the body; or 400 and 415 for what cannot be read at all."""
    headers = scope["headers"]
    fields = dict(headers)
    if len(fields) == len(headers) and b"content-encoding" not in fields:
        return _announced(fields.get(b"content-type"), fields.get(b"content-length"))
    types = [value for name, value in headers if name == b"content-type"]
    lengths = [value for name, value in headers if name == b"content-length"]
    for name, value in headers:
        if name == b"content-encoding" and value.strip().lower() not in _NOT_ENCODED:
            detail = "The operation takes bodies without a Content-Encoding."
            raise unsupported(detail, ("Accept-Encoding", "identity"))
    if lengths != lengths[:1] * len(lengths):
        raise malformed("is not one number", at=_LENGTH)
    # Two types are as good as an unreadable one.
    return _announced(b",".join(types) if types else None, lengths[0] if lengths else None)


def _announced(content_type: bytes | None, length: bytes | None) -> Announced:
    octets = None
    if length is not None:
        if not _is_length(length):
            raise malformed("is not one number", at=_LENGTH)
        octets = int(length)
    return Announced(None if content_type is None else content_type.decode("latin-1"), octets)


def _is_length(value: bytes) -> bool:
    return value.isdigit() and len(value) <= 19


async def receive_all(receive: Receive, *, limit: int) -> bytes:
    """The whole body; never holds more than the limit and the chunk that breaks it."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)
