"""Which properties a request may not hold: those that a document calls readOnly."""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.edge.request.pointers import Document, resolve


def is_read_only(document: Document, schema: Any, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a schema, or the one it refers to, is readOnly; ValueError for what is neither."""
    if not isinstance(schema, Mapping):
        return False
    written = schema.get("readOnly", False)
    if not isinstance(written, bool):
        raise ValueError("`readOnly` is neither true nor false")
    reference = schema.get("$ref")
    if written or not isinstance(reference, str) or reference in seen:
        return written
    return is_read_only(document, resolve(document, reference), seen | {reference})


def read_only_names(
    document: Document, schema: Any, seen: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Names of properties that a request may not hold, also those that `allOf` brings in."""
    if not isinstance(schema, Mapping):
        return
    for name, part in schema.get("properties", {}).items():
        if is_read_only(document, part):
            yield name
    for part in schema.get("allOf", ()):
        yield from read_only_names(document, part, seen)
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference not in seen:
        yield from read_only_names(document, resolve(document, reference), seen | {reference})
