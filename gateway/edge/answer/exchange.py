"""A document seen from the side of answers: in its schemas readOnly and writeOnly change places.

What compiles the schemas of requests lets no readOnly property in and does not ask for one that
is required (OAS 3.0.3, Schema Object). Answers have the same two rules for writeOnly.
"""

from collections.abc import Mapping
from typing import Any

from gateway.edge.request.keywords import LITERAL, NAMED

_OTHER = {"readOnly": "writeOnly", "writeOnly": "readOnly"}


def exchanged(part: Any) -> Any:
    """A part of a document, or all of it, with the two keywords exchanged; the part stays as is."""
    if isinstance(part, list):
        return [exchanged(item) for item in part]
    if not isinstance(part, Mapping):
        return part
    return {
        _OTHER.get(key, key) if isinstance(value, bool) else key: _below(key, value)
        for key, value in part.items()
    }


def _below(key: str, value: Any) -> Any:
    if key in LITERAL:
        return value
    if key in NAMED and isinstance(value, Mapping):
        return {name: exchanged(item) for name, item in value.items()}
    return exchanged(value)
