"""What an unquoted scalar of YAML 1.2 means; what YAML 1.1 reads otherwise stays a string."""

import math
import re

from gateway.spec.node import Scalar

#: enough for any double written out in full
MAX_DIGITS = 400

_WORDS: dict[str, Scalar] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_NUMERIC = frozenset("+-.0123456789")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_BASED = re.compile(r"0x[0-9a-fA-F]+|0o[0-7]+")


class NumberError(ValueError):
    """A number that no program could keep; the message says why."""


def resolve_plain(text: str) -> Scalar:
    """Return the value of a plain scalar; `no`, `010`, dates, `.inf` and the like are strings."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _NUMERIC and (_FLOAT.fullmatch(text) or _BASED.fullmatch(text)):
        return parse_number(text)
    return text


def parse_number(text: str) -> int | float:
    """Return an integer or a finite float; raises NumberError for what does not fit a double."""
    if len(text) > MAX_DIGITS:
        raise NumberError(f"a number of {len(text)} characters is too long to be kept")
    if _BASED.fullmatch(text):
        return _finite(int(text, 0), text)
    return _finite(int(text) if _INTEGER.fullmatch(text) else float(text), text)


def _finite(number: int | float, text: str) -> int | float:
    try:
        if math.isfinite(number):
            return number
    except OverflowError:
        pass
    raise NumberError(f"`{text[:40]}` is too large for a number")
