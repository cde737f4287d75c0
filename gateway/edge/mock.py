"""The documented example of an answer, or a value made from its schema."""

import math
from collections.abc import Mapping
from typing import Any

from gateway.edge.responses import defaults_of
from gateway.handler import Answer
from gateway.spec.model import Operation
from gateway.spec.pointer import parse_pointer

#: how deep a value made from a schema goes
_MAX_DEPTH = 16
_MOST_ITEMS = 10
_FORMATS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "email": "someone@example.com",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "uri": "https://example.com/",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}


class _Cut:
    """Stands where a schema leads back into itself: there is no value, and none is needed."""


_CUT = _Cut()


def example_answer(operation: Operation, document: Mapping[str, Any]) -> Answer:
    """The first example of the lowest 2xx, else a value that fits its schema, else no body."""
    status = defaults_of(operation).status
    content = operation.responses.get(str(status), {}).get("content") or {}
    media = next(iter(content.values()), None)
    if media is None:
        return Answer(None, status)
    return Answer(_documented(media, document), status)


def _documented(media: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    if "example" in media:
        return media["example"]
    maker = _Maker(document)
    for example in (media.get("examples") or {}).values():
        resolved = maker.resolve(example)
        if "value" in resolved:
            return resolved["value"]
    return value_from_schema(media.get("schema") or {}, document)


def value_from_schema(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    """A value that fits an OAS 3.0 schema as far as its types, enums and bounds tell."""
    value = _Maker(document).value(schema, 0)
    return None if value is _CUT else value


class _Maker:
    """Makes each schema of a document once, and none inside itself."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        #: `$ref` -> its value; _CUT while it is being made
        self._made: dict[str, Any] = {}

    def value(self, schema: Any, depth: int) -> Any:
        if depth > _MAX_DEPTH or not isinstance(schema, Mapping):
            return _CUT
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return self._plain(schema, depth)
        if reference not in self._made:
            self._made[reference] = _CUT
            self._made[reference] = self.value(self._target(reference), depth + 1)
        return self._made[reference]

    def resolve(self, value: Any) -> Mapping[str, Any]:
        """Follow references; the reading room has made sure that they lead somewhere."""
        for _ in range(_MAX_DEPTH):
            if not isinstance(value, Mapping) or not isinstance(value.get("$ref"), str):
                break
            value = self._target(value["$ref"])
        return value if isinstance(value, Mapping) else {}

    def _target(self, reference: str) -> Any:
        target: Any = self._document
        for step in parse_pointer(reference.removeprefix("#")):
            target = target[int(step)] if isinstance(target, list) else target[step]
        return target

    def _plain(self, schema: Mapping[str, Any], depth: int) -> Any:
        for key in ("example", "default"):
            if key in schema:
                return schema[key]
        if schema.get("enum"):
            return schema["enum"][0]
        for key in ("oneOf", "anyOf"):
            if schema.get(key):
                return self._first_of(schema[key], depth)
        if schema.get("allOf"):
            return self._all_of(schema["allOf"], depth)
        return self._of_type(schema, depth)

    def _first_of(self, parts: Any, depth: int) -> Any:
        values = (self.value(part, depth + 1) for part in parts)
        return next((value for value in values if value is not _CUT), _CUT)

    def _all_of(self, parts: Any, depth: int) -> Any:
        values = [v for v in (self.value(part, depth + 1) for part in parts) if v is not _CUT]
        if values and all(isinstance(value, dict) for value in values):
            return {name: member for value in values for name, member in value.items()}
        return next((value for value in values if value is not None), _CUT)

    def _of_type(self, schema: Mapping[str, Any], depth: int) -> Any:
        match schema.get("type") or ("object" if "properties" in schema else None):
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, depth)
            case "string":
                return _text(schema)
            case "integer":
                return _integer(schema)
            case "number":
                return _number(schema)
            case "boolean":
                return True
            case _:
                return None

    def _object(self, schema: Mapping[str, Any], depth: int) -> Any:
        made = {
            name: self.value(member, depth + 1)
            for name, member in (schema.get("properties") or {}).items()
            if not self.resolve(member).get("writeOnly")
        }
        return {name: value for name, value in made.items() if value is not _CUT}

    def _array(self, schema: Mapping[str, Any], depth: int) -> Any:
        item = self.value(schema.get("items") or {}, depth + 1)
        if item is _CUT:
            return []
        least = max(int(schema.get("minItems", 1)), 1)
        return [item] * min(least, int(schema.get("maxItems", max(least, _MOST_ITEMS))))


def _text(schema: Mapping[str, Any]) -> str:
    text = _FORMATS.get(schema.get("format", ""), "string")
    least = int(schema.get("minLength", 0))
    most = int(schema.get("maxLength", max(len(text), least)))
    padded: str = text + "x" * max(0, min(least, 10_000) - len(text))
    return padded[:most]


def _integer(schema: Mapping[str, Any]) -> int:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None:
        whole: int = math.ceil(least)
        return whole + (schema.get("exclusiveMinimum") is True and whole == least)
    if most is not None and (most < 0 or (most == 0 and schema.get("exclusiveMaximum") is True)):
        whole = math.floor(most)
        return whole - (schema.get("exclusiveMaximum") is True and whole == most)
    return 0


def _number(schema: Mapping[str, Any]) -> float:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and schema.get("exclusiveMinimum") is not True:
        return float(least)
    if least is not None and most is not None:
        return float(least + most) / 2
    return float(_integer(schema))
