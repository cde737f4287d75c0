"""Text to value as a shape allows: a strict spelling, or text for the schema to refuse."""

import math
import re
from typing import Any

from gateway.edge.request.numbers import held_integer
from gateway.edge.request.shapes import ANYTHING, Shape

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
#: longer texts are no numbers that anybody writes
_MAX_NUMBER_CHARACTERS = 1_000
_BOOLEANS = {"true": True, "false": False}


def coerce(text: str, shape: Shape) -> Any:
    """The value that one text stands for.

    Where several types are allowed the stricter spelling wins, a string comes last. An empty text
    is null where null is allowed. What fits no type stays text.
    """
    types = shape.types
    if not text and "null" in types:
        return None
    if "boolean" in types and text in _BOOLEANS:
        return _BOOLEANS[text]
    if len(text) > _MAX_NUMBER_CHARACTERS:
        return text
    if ("integer" in types or "number" in types) and _INTEGER.fullmatch(text):
        integer = held_integer(text)
        if integer is not None:
            return integer
    if "number" in types and _NUMBER.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text


def coerce_array(texts: list[str], shape: Shape) -> list[Any]:
    """The items that texts stand for."""
    items = shape.items or ANYTHING
    return [coerce(text, items) for text in texts]
