"""JSON from strangers: one object, read in one way only (RFC 8259, RFC 7515 s4)."""

import json
import math
import re
from collections.abc import Callable
from typing import Any

#: arrays and objects within one another
MAX_DEPTH = 32
#: a 64-bit integer has 20 characters with its sign
_MAX_INTEGER_CHARACTERS = 20
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json_object(raw: bytes) -> dict[str, Any]:
    """Read an object; raise ValueError for anything two readers could understand differently.

    Refused: other encodings than UTF-8, a byte order mark, a name twice at any level, NaN and
    infinities in any spelling, integers over 64 bits, half surrogates, deep nesting. The messages
    quote nothing of the input, which may be a secret.
    """
    text = raw.decode("utf-8")
    if _is_too_deep(text):
        raise ValueError("nested too deeply")
    value = _decoded(text)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    if "\\u" in text and _SURROGATE_ESCAPE.search(text):
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def _decoded(text: str) -> Any:
    """The value, by the scanner alone where no white space stands around it."""
    try:
        value, end = _SCAN(text, 0)
    except StopIteration:
        return _DECODER.decode(text)
    return value if end == len(text) else _DECODER.decode(text)


def _is_too_deep(text: str) -> bool:
    """Whether the nesting exceeds MAX_DEPTH, found without recursion."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    depth, in_string, is_escaped = 0, False, False
    for character in text:
        if is_escaped:
            is_escaped = False
        elif in_string:
            is_escaped, in_string = character == "\\", character != '"'
        elif character == '"':
            in_string = True
        else:
            depth += (character in "[{") - (character in "]}")
            if depth > MAX_DEPTH:
                return True
    return False


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name stands twice")
    return members


def _integer(text: str) -> int:
    if len(text) > _MAX_INTEGER_CHARACTERS:
        raise ValueError("an integer is too long")
    return int(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number is too large")
    return value


def _refuse_constant(_name: str) -> Any:
    raise ValueError("NaN and infinities are not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object_of,
    parse_int=_integer,
    parse_float=_finite,
    parse_constant=_refuse_constant,
)
#: public in Python, missing in its types
_SCAN: Callable[[str, int], tuple[Any, int]] = getattr(_DECODER, "scan_once")  # noqa: B009 -- see above
