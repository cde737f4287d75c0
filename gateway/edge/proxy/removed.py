"""Pure: what a query and a Cookie header are without the credentials in them."""

from collections.abc import Collection
from urllib.parse import unquote_to_bytes


def query_without(query: bytes, names: Collection[bytes]) -> bytes:
    """The query without parameters of these names; every other octet stays as it was sent."""
    if not names or not query:
        return query
    return b"&".join(part for part in query.split(b"&") if _name_of(part) not in names)


def cookies_without(header: bytes, names: Collection[bytes]) -> bytes:
    """A Cookie header without cookies of these names; empty if none is left."""
    parts = header.split(b";")
    kept = [part for part in parts if part.partition(b"=")[0].strip(b" \t") not in names]
    if len(kept) == len(parts):
        return header
    return b";".join(kept).strip(b" \t")


def _name_of(part: bytes) -> bytes:
    """A parameter's name as `gateway.tokens.present` reads it."""
    return unquote_to_bytes(part.partition(b"=")[0].replace(b"+", b" "))
