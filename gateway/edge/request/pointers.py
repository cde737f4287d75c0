"""Where a local reference of the document leads."""

from collections.abc import Mapping
from typing import Any

from gateway.spec.pointer import parse_pointer

Document = Mapping[str, Any]


def resolve(document: Document, reference: str) -> Any:
    """Follow `#/components/schemas/Song` (RFC 6901 s6) into the document; ValueError if nowhere."""
    return way_to(document, reference)[-1]


def way_to(document: Document, reference: str) -> list[Any]:
    """What stands on the way of a reference, the document first and its target last."""
    if not reference.startswith("#"):
        raise ValueError(f"`{reference}` is not a reference into the document")
    way: list[Any] = [document]
    for step in parse_pointer(reference[1:]):
        place = way[-1]
        try:
            way.append(place[int(step)] if isinstance(place, list) else place[step])
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise ValueError(f"`{reference}` leads nowhere") from error
    return way
