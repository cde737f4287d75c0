"""What the headers announce of a body, and its octets as they arrive, within the limit."""

from typing import NamedTuple

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope

from gateway.edge.request.problem import malformed, too_large, unsupported

#: in lower case, as ASGI has all names
_ABOUT_BODIES = frozenset({b"content-type", b"content-length", b"content-encoding"})
_NOT_ENCODED = frozenset({b"", b"identity"})


class Announced(NamedTuple):
    """What the headers say of the body."""

    content_type: str | None
    #: None: chunks, or nothing at all
    length: int | None


def announced(scope: Scope) -> Announced:
    """Read the headers that speak of the body; or 400 and 415 for what cannot be read at all."""
    types: list[bytes] = []
    lengths: list[bytes] = []
    for name, value in scope["headers"]:
        if name not in _ABOUT_BODIES:
            continue
        if name == b"content-type":
            types.append(value)
        elif name == b"content-length":
            lengths.append(value)
        elif value.strip().lower() not in _NOT_ENCODED:
            detail = "The operation takes bodies without a Content-Encoding."
            raise unsupported(detail, ("Accept-Encoding", "identity"))
    if lengths and (not _is_length(lengths[0]) or lengths != lengths[:1] * len(lengths)):
        raise malformed("is not one number", at="/header/Content-Length")
    # Two types are as good as an unreadable one.
    content_type = b",".join(types).decode("latin-1") if types else None
    return Announced(content_type, int(lengths[0]) if lengths else None)


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
