"""Sequences of JSON texts: a line each (JSON Lines), or a record each (RFC 7464)."""

from typing import Any

from gateway.edge.request.json_text import JsonTextError, read_json
from gateway.edge.request.problem import MAX_VIOLATIONS, invalid, pointer
from gateway.handler import Violation

_RECORD_SEPARATOR = b"\x1e"
_RECORDS = ("application/json-seq", "+json-seq")


def read_sequence(raw: bytes, essence: str) -> list[Any]:
    """The values of a sequence in the order sent; BadRequestError tells which cannot be read."""
    values: list[Any] = []
    violations: list[Violation] = []
    for place, text in enumerate(_texts(raw, essence)):
        try:
            values.append(read_json(text))
        except JsonTextError as error:
            at = pointer("", place)
            violations += [Violation(at + v.pointer, v.detail) for v in error.violations]
        if len(violations) >= MAX_VIOLATIONS:
            break
    if violations:
        raise invalid(violations, detail="The body cannot be read as a sequence of JSON texts.")
    return values


def _texts(raw: bytes, essence: str) -> list[bytes]:
    """The texts of a sequence; what is empty is none."""
    is_records = essence.endswith(_RECORDS)
    pieces = raw.split(_RECORD_SEPARATOR if is_records else b"\n")
    return [text for piece in pieces if (text := piece.strip(b" \t\r\n"))]
