"""Where a local reference of the document leads."""

from collections.abc import Mapping
from typing import Any

from gateway.spec.pointer import parse_pointer

Document = Mapping[str, Any]


def resolve(document: Document, reference: str) -> Any:
    """Follow `#/components/schemas/Song` (RFC 6901 s6) into the document; ValueError if nowhere."""
    if not reference.startswith("#"):
        raise ValueError(f"`{reference}` is not a reference into the document")
    place: Any = document
    for step in parse_pointer(reference[1:]):
        try:
            place = place[int(step)] if isinstance(place, list) else place[step]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise ValueError(f"`{reference}` leads nowhere") from error
    return place
