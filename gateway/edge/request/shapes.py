"""What texts may become under a schema: the types it admits, seen through references and unions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from types import MappingProxyType
from typing import Any

_JSON_TYPES = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
    (list, "array"),
    (dict, "object"),
)
#: parameters and forms hold arrays and objects of scalars; nothing deeper is ever text
_DEPTH = 2

#: follows a local reference, `#/components/schemas/Song`, into the document
Resolve = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a schema says about how a value is written as text."""

    #: JSON Schema's names of types; empty: the schema does not say
    types: frozenset[str] = frozenset()
    items: "Shape | None" = None
    properties: Mapping[str, "Shape"] = field(default_factory=lambda: MappingProxyType({}))
    #: what `additionalProperties` says, if it is a schema
    additional: "Shape | None" = None
    #: `additionalProperties: false`
    is_closed: bool = False
    #: `format: binary`: bytes that are handed on as they are
    is_binary: bool = False

    @property
    def is_array(self) -> bool:
        """Whether several texts make one value."""
        return "array" in self.types

    @property
    def is_object(self) -> bool:
        """Whether named texts make one value."""
        return "object" in self.types and not self.is_array


ANYTHING = Shape()


def shape_of(schema: Any, resolve: Resolve) -> Shape:
    """The shape of a schema of the document."""
    return _shape(schema, resolve, _DEPTH, frozenset())


def _shape(schema: Any, resolve: Resolve, depth: int, seen: frozenset[str]) -> Shape:
    if not isinstance(schema, Mapping) or depth < 0:
        return ANYTHING
    parts = [_own_shape(schema, resolve, depth)]
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference not in seen:
        parts.append(_shape(resolve(reference), resolve, depth, seen | {reference}))
    parts += [_shape(part, resolve, depth, seen) for part in schema.get("allOf", ())]
    for keyword in ("oneOf", "anyOf"):
        branches = [_shape(branch, resolve, depth, seen) for branch in schema.get(keyword, ())]
        if branches:
            parts.append(reduce(_either, branches))
    whole = reduce(_both, parts)
    return replace(whole, types=whole.types | {"null"}) if _is_nullable(schema, whole) else whole


def _own_shape(schema: Mapping[str, Any], resolve: Resolve, depth: int) -> Shape:
    def below(part: Any) -> Shape:
        return _shape(part, resolve, depth - 1, frozenset())

    properties = schema.get("properties", {})
    additional = schema.get("additionalProperties")
    return Shape(
        types=_types(schema),
        items=below(schema["items"]) if "items" in schema else None,
        properties=MappingProxyType({name: below(part) for name, part in properties.items()}),
        additional=below(additional) if isinstance(additional, Mapping) else None,
        is_closed=additional is False,
        is_binary=schema.get("format") == "binary",
    )


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    written = schema.get("type")
    if isinstance(written, str):
        return frozenset({written})
    if isinstance(written, list):
        return frozenset(written)
    if "enum" in schema:
        return frozenset(_type_of(value) for value in schema["enum"])
    if "properties" in schema or "additionalProperties" in schema:
        return frozenset({"object"})
    return frozenset({"array"}) if "items" in schema else frozenset()


def _type_of(value: Any) -> str:
    return next((name for kind, name in _JSON_TYPES if isinstance(value, kind)), "null")


def _is_nullable(schema: Mapping[str, Any], whole: Shape) -> bool:
    return schema.get("nullable") is True and bool(whole.types)


def _both(one: Shape, other: Shape) -> Shape:
    """What a value has to be that is both."""
    return _joined(one, other, one.types & other.types if one.types and other.types else None)


def _either(one: Shape, other: Shape) -> Shape:
    """What a value may be that is one of the two; one that says nothing lets everything in."""
    types = one.types | other.types if one.types and other.types else frozenset[str]()
    return _joined(one, other, types)


def _joined(one: Shape, other: Shape, types: frozenset[str] | None) -> Shape:
    return Shape(
        types=(one.types | other.types) if types is None else types,
        items=one.items or other.items,
        properties=MappingProxyType(_merged(one.properties, other.properties)),
        additional=one.additional or other.additional,
        is_closed=one.is_closed or other.is_closed,
        is_binary=one.is_binary or other.is_binary,
    )


def _merged(one: Mapping[str, Shape], other: Mapping[str, Shape]) -> dict[str, Shape]:
    names: Iterable[str] = (*one, *other)
    return {
        name: _either(one[name], other[name])
        if name in one and name in other
        else one.get(name) or other[name]
        for name in names
    }
