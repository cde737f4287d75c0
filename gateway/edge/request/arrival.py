"""What the headers announce of a body, and its octets as they arrive, within the limit."""

from dataclasses import dataclass

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope

from gateway.edge.request.problem import malformed, too_large, unsupported


@dataclass(frozen=True, slots=True)
class Announced:
    """What the headers say of the body."""

    content_type: str | None
    #: None: chunks, or nothing at all
    length: int | None


def announced(scope: Scope) -> Announced:
    """Read the headers that speak of the body; or 400 and 415 for what cannot be read at all."""
    types, lengths = [], []
    for name, value in scope["headers"]:
        match name.lower():
            case b"content-type":
                types.append(value)
            case b"content-length":
                lengths.append(value)
            case b"content-encoding" if value.strip().lower() not in (b"", b"identity"):
                detail = "The operation takes bodies without a Content-Encoding."
                raise unsupported(detail, ("Accept-Encoding", "identity"))
    if len(set(lengths)) > 1 or (lengths and not _is_length(lengths[0])):
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
