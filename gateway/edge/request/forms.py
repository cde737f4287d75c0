"""Forms: fields, urlencoded or parts, made into the object that a schema describes."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.edge.request.coerce import coerce
from gateway.edge.request.json_text import JsonTextError, read_json
from gateway.edge.request.percent import (
    MAX_PAIRS,
    decode_form,
    has_too_many_pairs,
    split_pairs,
)
from gateway.edge.request.problem import MAX_VIOLATIONS, invalid, malformed, pointer
from gateway.edge.request.shapes import ANYTHING, Shape
from gateway.edge.request.styles import Style, cut_array
from gateway.handler import Violation

#: a field's text, or the bytes of a part
Field = tuple[str, str | bytes]

_REPEATED = "is given several times, where one value is expected"


def urlencoded_fields(raw: bytes) -> list[Field]:
    """The fields of an application/x-www-form-urlencoded body, in the order sent."""
    if has_too_many_pairs(raw):
        raise malformed(f"has more than {MAX_PAIRS} fields")
    fields: list[Field] = []
    violations: list[Violation] = []
    for raw_name, raw_value in split_pairs(raw):
        try:
            name = decode_form(raw_name)
        except ValueError as error:
            violations.append(Violation("", f"has a field whose name {error}"))
            continue
        try:
            fields.append((name, decode_form(raw_value)))
        except ValueError as error:
            violations.append(Violation(pointer("", name), str(error)))
    if violations:
        raise invalid(violations, detail="The form cannot be decoded.")
    return fields


class FormShape:
    """What the fields of one form become: an object by a schema's shape."""

    def __init__(self, shape: Shape, encoding: Mapping[str, Any]) -> None:
        self._shape = shape
        self._joined = {
            name: Style(one.get("style", "form"), explode=False)
            for name, one in encoding.items()
            if isinstance(one, Mapping) and one.get("explode") is False
        }
        #: nothing is declared, so everything is taken as text
        self._is_open = not shape.properties and not shape.is_closed and shape.additional is None

    def assemble(self, fields: Iterable[Field]) -> dict[str, Any]:
        """The object that fields stand for; unknown ones are dropped; or BadRequestError."""
        given: dict[str, list[str | bytes]] = {}
        for name, value in fields:
            if self._is_open or self._member(name) is not None:
                given.setdefault(name, []).append(value)
        members: dict[str, Any] = {}
        violations: list[Violation] = []
        for name, values in given.items():
            try:
                members[name] = self._value(name, values)
            except ValueError as error:
                violations.append(Violation(pointer("", name), str(error)))
            except JsonTextError as error:
                place = pointer("", name)
                violations += [Violation(place + v.pointer, v.detail) for v in error.violations]
        if violations:
            raise invalid(violations[:MAX_VIOLATIONS])
        return members

    def _member(self, name: str) -> Shape | None:
        return self._shape.properties.get(name) or self._shape.additional

    def _value(self, name: str, values: list[str | bytes]) -> Any:
        shape = self._member(name)
        if shape is None:
            taken = [_text_or_bytes(value) for value in values]
            return taken if len(taken) > 1 else taken[0]
        if shape.is_array:
            items = shape.items or ANYTHING
            return [_field_value(one, items) for one in self._cut(name, values)]
        if len(values) > 1:
            raise ValueError(_REPEATED)
        return _field_value(values[0], shape)

    def _cut(self, name: str, values: list[str | bytes]) -> Iterable[str | bytes]:
        style = self._joined.get(name)
        if style is None:
            return values
        if len(values) > 1:
            raise ValueError(_REPEATED)
        return cut_array(_text(values[0]), name, style)


def _field_value(value: str | bytes, shape: Shape) -> Any:
    if shape.is_binary:
        return value.encode("utf-8") if isinstance(value, str) else value
    text = _text(value) if shape.types else _text_or_bytes(value)
    if isinstance(text, bytes):
        return text
    if shape.is_object and "string" not in shape.types and text:
        return read_json(text.encode("utf-8"))
    return coerce(text, shape)


def _text_or_bytes(value: str | bytes) -> str | bytes:
    try:
        return _text(value)
    except ValueError:
        return value


def _text(value: str | bytes) -> str:
    if isinstance(value, str):
        return value
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError("is not UTF-8") from error
