"""What texts may become under a schema: the types it admits, seen through references and unions."""

from collections.abc import Callable, Iterable, Iterator, Mapping
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

_OF_OBJECTS = frozenset({"properties", "additionalProperties", "patternProperties"})
_OF_ARRAYS = frozenset({"items", "prefixItems", "contains"})
#: what is said of properties that are not named
_OTHERS = ("additionalProperties", "unevaluatedProperties")

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
    #: `format: binary`, or `contentMediaType` alone: bytes that are handed on as they are
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
    parts += [_alternative(part, resolve, depth, seen) for part in _conditional(schema)]
    whole = reduce(_both, parts)
    return replace(whole, types=whole.types | {"null"}) if _is_nullable(schema, whole) else whole


def _conditional(schema: Mapping[str, Any]) -> Iterator[Any]:
    """The schemas that judge the same value under a condition."""
    yield from (schema[keyword] for keyword in ("if", "then", "else") if keyword in schema)
    yield from schema.get("dependentSchemas", {}).values()


def _alternative(part: Any, resolve: Resolve, depth: int, seen: frozenset[str]) -> Shape:
    """What a schema that may not count says: which properties there are, not what the whole is."""
    shape = _shape(part, resolve, depth, seen)
    return replace(shape, types=frozenset(), is_closed=False, is_binary=False)


def _own_shape(schema: Mapping[str, Any], resolve: Resolve, depth: int) -> Shape:
    def below(part: Any) -> Shape:
        return _shape(part, resolve, depth - 1, frozenset())

    properties = schema.get("properties", {})
    others = [schema[keyword] for keyword in _OTHERS if keyword in schema]
    named = [below(part) for part in schema.get("patternProperties", {}).values()]
    named += [below(part) for part in others if isinstance(part, Mapping)]
    return Shape(
        types=_types(schema),
        items=_items(schema, below),
        properties=MappingProxyType({name: below(part) for name, part in properties.items()}),
        additional=reduce(_either, named) if named else None,
        is_closed=False in others,
        is_binary=_is_binary(schema),
    )


def _items(schema: Mapping[str, Any], below: Callable[[Any], Shape]) -> Shape | None:
    """The shape of any item: those that stand first may be others than those that follow."""
    first, rest = schema.get("prefixItems", ()), schema.get("items", schema.get("contains"))
    written = [*first, rest] if isinstance(rest, Mapping) else list(first)
    return reduce(_either, [below(part) for part in written]) if written else None


def _is_binary(schema: Mapping[str, Any]) -> bool:
    """Whether a text holds octets as they are (OAS 3.1, Considerations for File Uploads)."""
    if schema.get("format") == "binary":
        return True
    return "contentMediaType" in schema and "contentEncoding" not in schema


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    written = schema.get("type")
    if isinstance(written, str):
        return frozenset({written})
    if isinstance(written, list):
        return frozenset(written)
    if "enum" in schema:
        return frozenset(_type_of(value) for value in schema["enum"])
    if "const" in schema:
        return frozenset({_type_of(schema["const"])})
    if not _OF_OBJECTS.isdisjoint(schema):
        return frozenset({"object"})
    return frozenset({"array"}) if not _OF_ARRAYS.isdisjoint(schema) else frozenset()


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
