"""Formats of strings that the schema library does not check by itself under OAS 3.0."""

import base64
import binascii
from collections.abc import Callable, Mapping

from jsonschema_rs import Draft202012Validator

#: names of formats that JSON Schema 2020-12 knows and Draft 4 does not
_BORROWED = ("duration", "iri", "iri-reference", "json-pointer", "uri-reference", "uuid")

#: range of each format of integers (OAS 3.0.3, Data Types)
INTEGER_RANGES: Mapping[str, tuple[int, int]] = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
}


def format_checks() -> dict[str, Callable[[str], bool]]:
    """Make the checks to hand to the schema library, by the name of the format."""
    return {"byte": is_base64, **{name: _borrow(name) for name in _BORROWED}}


def is_base64(text: str) -> bool:
    """Whether a text is base64 with its padding (RFC 4648 s4)."""
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _borrow(name: str) -> Callable[[str], bool]:
    validator = Draft202012Validator({"format": name}, validate_formats=True, offline=True)
    return validator.is_valid
