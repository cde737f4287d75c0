"""Where a local reference of the document leads."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

Document = Mapping[str, Any]


def resolve(document: Document, reference: str) -> Any:
    """Follow `#/components/schemas/Song` (RFC 6901 s6) into the document; ValueError if nowhere."""
    if not reference.startswith("#"):
        raise ValueError(f"`{reference}` is not a reference into the document")
    place: Any = document
    for step in unquote(reference[1:]).split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        try:
            place = place[int(step)] if isinstance(place, list) else place[step]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise ValueError(f"`{reference}` leads nowhere") from error
    return place
