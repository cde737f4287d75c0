"""The documented example of an answer, or a value made from its schema."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.edge.request.dialects import is_version_30
from gateway.edge.responses import documented_success
from gateway.handler import Answer
from gateway.spec.model import Operation
from gateway.spec.pointer import parse_pointer

_REFERENCES = ("$ref", "$dynamicRef")
_UNIONS = ("oneOf", "anyOf")
#: keywords beside a reference that say more of the value than remarks do
_TELLING = frozenset(
    {"allOf", "const", "default", "enum", "example", "examples", "oneOf", "properties"}
)
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
    "byte": "c3RyaW5n",
}


class _Cut:
    """Stands where a schema leads back into itself: there is no value, and none is needed."""


_CUT = _Cut()


def example_answer(operation: Operation, document: Mapping[str, Any]) -> Answer:
    """The first example of the lowest 2xx, else a value that fits its schema, else no body."""
    success = documented_success(operation)
    media = next(iter((success.response.get("content") or {}).values()), None)
    if media is None:
        return Answer(None, success.status)
    return Answer(_documented(media, document), success.status)


def _documented(media: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    if "example" in media:
        return media["example"]
    maker = _Maker(document)
    for example in (media.get("examples") or {}).values():
        resolved = maker.resolve(example)
        for key in ("value", "dataValue"):
            if key in resolved:
                return resolved[key]
    return value_from_schema(media.get("schema", {}), document)


def value_from_schema(schema: Any, document: Mapping[str, Any]) -> Any:
    """A value that fits a schema as far as its examples, types, enums and bounds tell."""
    value = _Maker(document).value(schema, 0)
    return None if value is _CUT else value


class _Maker:
    """Makes each schema of a document once, and none inside itself."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._is_30 = is_version_30(document)
        #: `$ref` -> its value; _CUT while it is being made
        self._made: dict[str, Any] = {}

    def value(self, schema: Any, depth: int) -> Any:
        if depth > _MAX_DEPTH or not isinstance(schema, Mapping):
            return None if schema is True else _CUT
        for key in _REFERENCES:
            if isinstance(schema.get(key), str):
                return self._referring(schema, schema[key], depth)
        return self._plain(schema, depth)

    def _referring(self, schema: Mapping[str, Any], reference: str, depth: int) -> Any:
        """A value of what is referred to; since OAS 3.1 what stands beside a reference counts."""
        beside = {} if self._is_30 else {k: v for k, v in schema.items() if k not in _REFERENCES}
        if not _TELLING.isdisjoint(beside):
            return self._plain({**beside, "allOf": [{"$ref": reference}, *_parts(beside)]}, depth)
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
        for key in ("const", "example", "default"):
            if key in schema:
                return schema[key]
        for key in ("examples", "enum"):
            if isinstance(schema.get(key), list) and schema[key]:
                return schema[key][0]
        wholes = [self._first_of(schema[key], depth) for key in _UNIONS if schema.get(key)]
        wholes += [self.value(part, depth + 1) for part in _parts(schema)]
        if not wholes or "properties" in schema:
            wholes.append(self._of_type(schema, depth))
        return _merged(wholes)

    def _first_of(self, parts: Any, depth: int) -> Any:
        values = (self.value(part, depth + 1) for part in parts)
        return next((value for value in values if value is not _CUT), _CUT)

    def _of_type(self, schema: Mapping[str, Any], depth: int) -> Any:
        match _type_of(schema):
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
        first = [self.value(part, depth + 1) for part in schema.get("prefixItems") or ()]
        if _CUT in first:
            return []
        item = self.value(schema.get("items", schema.get("contains", {})), depth + 1)
        least = max(int(schema.get("minItems", 1)), 1)
        most = min(least, int(schema.get("maxItems", max(least, _MOST_ITEMS))))
        return first if item is _CUT else first + [item] * (most - len(first))


def _type_of(schema: Mapping[str, Any]) -> object:
    """The type of the value to make: the first that is not null, where there is a choice."""
    written = schema.get("type")
    if isinstance(written, list):
        written = next((one for one in written if one != "null"), None)
    if written is None and "properties" in schema:
        return "object"
    return "array" if written is None and "prefixItems" in schema else written


def _parts(schema: Mapping[str, Any]) -> Sequence[Any]:
    parts: Sequence[Any] = schema.get("allOf") or ()
    return parts


def _merged(wholes: Sequence[Any]) -> Any:
    """One value of several that are to be one: objects joined, or the first that is one at all."""
    values = [value for value in wholes if value is not _CUT]
    if values and all(isinstance(value, dict) for value in values):
        return {name: member for value in values for name, member in value.items()}
    return next((value for value in values if value is not None), None if values else _CUT)


def _text(schema: Mapping[str, Any]) -> str:
    is_base64 = schema.get("contentEncoding") == "base64"
    text = _FORMATS.get("byte" if is_base64 else schema.get("format", ""), "string")
    least = int(schema.get("minLength", 0))
    most = int(schema.get("maxLength", max(len(text), least)))
    padded: str = text + "x" * max(0, min(least, 10_000) - len(text))
    return padded[:most]


def _integer(schema: Mapping[str, Any]) -> int:
    (least, over), (most, under) = _bound(schema, "inimum"), _bound(schema, "aximum")
    if least is not None:
        whole: int = math.ceil(least)
        return whole + (over and whole == least)
    if most is not None and (most < 0 or (most == 0 and under)):
        whole = math.floor(most)
        return whole - (under and whole == most)
    return 0


def _number(schema: Mapping[str, Any]) -> float:
    (least, over), (most, _) = _bound(schema, "inimum"), _bound(schema, "aximum")
    if least is not None and not over:
        return float(least)
    if least is not None and most is not None:
        return float(least + most) / 2
    return float(_integer(schema))


def _bound(schema: Mapping[str, Any], ending: str) -> tuple[Any, bool]:
    """A bound of numbers and whether it is out of bounds itself; as OAS 3.0 has it, or as 3.1."""
    bound, exclusive = schema.get(f"m{ending}"), schema.get(f"exclusiveM{ending}", False)
    if isinstance(exclusive, bool):
        return bound, exclusive
    return exclusive, True
