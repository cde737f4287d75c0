"""The documented example of an answer, or a value made from its schema."""

from collections.abc import Mapping
from typing import Any

from gateway.edge.responses import defaults_of
from gateway.handler import Answer
from gateway.spec.model import Operation

#: how deep a value made from a schema goes before it stops at the shortest value
_MAX_DEPTH = 8
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
    for example in (media.get("examples") or {}).values():
        resolved = _resolve(example, document)
        if "value" in resolved:
            return resolved["value"]
    return value_from_schema(media.get("schema") or {}, document)


def value_from_schema(
    schema: Mapping[str, Any], document: Mapping[str, Any], *, depth: int = 0
) -> Any:
    """A value that fits an OAS 3.0 schema as far as its types, enums and bounds tell."""
    schema = _resolve(schema, document)
    for key in ("example", "default"):
        if key in schema:
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    for key in ("oneOf", "anyOf"):
        if schema.get(key):
            return value_from_schema(schema[key][0], document, depth=depth + 1)
    if schema.get("allOf"):
        return _all_of(schema["allOf"], document, depth=depth)
    return _of_type(schema, document, depth=depth)


def _of_type(schema: Mapping[str, Any], document: Mapping[str, Any], *, depth: int) -> Any:
    match schema.get("type") or ("object" if "properties" in schema else None):
        case "object":
            return _object(schema, document, depth=depth)
        case "array":
            wanted = max(schema.get("minItems", 1), 1) if depth < _MAX_DEPTH else 0
            item = value_from_schema(schema.get("items") or {}, document, depth=depth + 1)
            return [item] * min(wanted, 10)
        case "string":
            return _text(schema)
        case "integer":
            return int(_number(schema))
        case "number":
            return _number(schema)
        case "boolean":
            return True
        case _:
            return None


def _object(schema: Mapping[str, Any], document: Mapping[str, Any], *, depth: int) -> Any:
    properties = schema.get("properties") or {}
    if depth >= _MAX_DEPTH:
        properties = {n: properties[n] for n in schema.get("required", ()) if n in properties}
        if depth > 2 * _MAX_DEPTH:
            return {}
    return {
        name: value_from_schema(member, document, depth=depth + 1)
        for name, member in properties.items()
        if not _resolve(member, document).get("writeOnly")
    }


def _all_of(parts: Any, document: Mapping[str, Any], *, depth: int) -> Any:
    values = [value_from_schema(part, document, depth=depth + 1) for part in parts]
    if all(isinstance(value, dict) for value in values):
        return {name: member for value in values for name, member in value.items()}
    return values[0]


def _text(schema: Mapping[str, Any]) -> str:
    text = _FORMATS.get(schema.get("format", ""), "string")
    least = int(schema.get("minLength", 0))
    most = int(schema.get("maxLength", max(len(text), least)))
    padded: str = text + "x" * max(0, min(least, 10_000) - len(text))
    return padded[:most]


def _number(schema: Mapping[str, Any]) -> float:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None:
        return least + 1 if schema.get("exclusiveMinimum") is True else least  # type: ignore[no-any-return]  # the document's own number
    if most is not None and most < 0:
        return most - 1 if schema.get("exclusiveMaximum") is True else most  # type: ignore[no-any-return]  # the document's own number
    return 0


def _resolve(value: Any, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow local references; the reading room has made sure that they end."""
    seen = 0
    while isinstance(value, Mapping) and isinstance(value.get("$ref"), str) and seen < _MAX_DEPTH:
        target: Any = document
        for piece in value["$ref"].removeprefix("#/").split("/"):
            target = target[piece.replace("~1", "/").replace("~0", "~")]
        value, seen = target, seen + 1
    return value if isinstance(value, Mapping) else {}
