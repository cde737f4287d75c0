"""OAS schemas turned into JSON Schema for requests: nullable, readOnly, formats of integers.

The `$ref`s of the document become references into one set of definitions.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.edge.request.discriminator import discriminator_of
from gateway.edge.request.formats import INTEGER_RANGES
from gateway.edge.request.pointers import Document, resolve

#: the address that references into the definitions begin with; nothing is ever fetched from it
DEFINITIONS = "urn:scopegate:definitions"
#: what a property that is readOnly becomes: nothing fits it, and the error can be told apart
READ_ONLY: Mapping[str, Any] = {"not": {"description": "readOnly"}}

_IN_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_UNIONS = ("anyOf", "oneOf")
_IN_MAPS = ("properties", "patternProperties", "dependentSchemas")
_SINGLE = (
    "items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else",
    "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip
_PLAIN_30 = (
    "type", "enum", "format", "multipleOf", "maximum", "exclusiveMaximum", "minimum",
    "exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems",
    "uniqueItems", "maxProperties", "minProperties",
)  # fmt: skip
_PLAIN_31 = (*_PLAIN_30, "const", "minContains", "maxContains", "dependentRequired")
#: schemas that judge the same value as the schema they stand in
_IN_PLACE = ("allOf", "anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between the versions of OAS for a schema."""

    #: keywords that are copied as they are; everything else is a remark
    plain: tuple[str, ...]
    #: `nullable`, boolean `exclusiveMinimum`, and nothing beside a `$ref` counts
    is_30: bool


OAS_30 = Dialect(plain=_PLAIN_30, is_30=True)
#: also 3.2; their schemas are JSON Schema 2020-12
OAS_31 = Dialect(plain=_PLAIN_31, is_30=False)


class Definitions:
    """The schemas of one document that references lead to, rewritten once, under short names."""

    def __init__(self, document: Document, dialect: Dialect) -> None:
        self._document = document
        self._dialect = dialect
        #: `$ref` -> short name, and back
        self._names: dict[str, str] = {}
        self._references: dict[str, str] = {}
        #: short name -> short names it refers to
        self._uses: dict[str, frozenset[str]] = {}
        #: short name -> JSON Schema
        self.schemas: dict[str, dict[str, Any]] = {}

    def rewrite(self, schema: Any) -> tuple[dict[str, Any], frozenset[str]]:
        """A schema of the document as JSON Schema, and the names it refers to; or ValueError."""
        used: set[str] = set()
        rewritten = self._rewrite(schema, used)
        return rewritten, frozenset(used)

    def define(self, names: Iterable[str]) -> frozenset[str]:
        """See to it that these definitions are there and all they need: their names."""
        reached: set[str] = set()
        waiting = set(names)
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting |= self._define(name)
        return frozenset(reached)

    def _define(self, name: str) -> frozenset[str]:
        """Rewrite what a short name stands for, unless it is; the names that it refers to."""
        if name not in self._uses:
            used: set[str] = set()
            reference = self._references[name]
            _refuse_endless(self._document, reference)
            self.schemas[name] = self._rewrite(resolve(self._document, reference), used)
            self._uses[name] = frozenset(used)
        return self._uses[name]

    def _reference(self, reference: str, used: set[str]) -> dict[str, Any]:
        name = self._names.setdefault(reference, f"s{len(self._names)}")
        self._references[name] = reference
        used.add(name)
        return {"$ref": f"{DEFINITIONS}#/definitions/{name}"}

    def _rewrite(self, schema: Any, used: set[str]) -> dict[str, Any]:
        if isinstance(schema, bool):
            return {} if schema else {"not": {}}
        if not isinstance(schema, Mapping):
            raise ValueError("a schema is not an object")
        if "$ref" in schema and self._dialect.is_30:
            written = self._reference(schema["$ref"], used)
        else:
            written = self._keywords(schema, used)
        if self._dialect.is_30 and schema.get("nullable") is True:
            return _with_null(written)
        return written

    def _keywords(self, schema: Mapping[str, Any], used: set[str]) -> dict[str, Any]:
        written = {key: schema[key] for key in self._dialect.plain if key in schema}
        if "$ref" in schema:
            written |= self._reference(schema["$ref"], used)
        for key in _IN_LISTS:
            if key in schema:
                written[key] = [self._rewrite(part, used) for part in schema[key]]
        self._discriminate(schema, written)
        for key in _SINGLE:
            if key in schema:
                written[key] = self._only_or_schema(schema[key], used)
        for key in _IN_MAPS:
            if key in schema:
                written[key] = {k: self._property(v, used) for k, v in schema[key].items()}
        required = self._required(schema)
        if required:
            written["required"] = required
        return _tidied(written, self._dialect)

    def _discriminate(self, schema: Mapping[str, Any], written: dict[str, Any]) -> None:
        """Let a discriminator choose among the branches of a union that was just written."""
        for key in _UNIONS:
            branches = schema.get(key, ())
            discriminator = discriminator_of(schema, branches, self._document) if branches else None
            if discriminator is None:
                continue
            written[key] = discriminator.tag(written[key])
            if having := discriminator.having_any():
                written["allOf"] = [*written.get("allOf", ()), having]

    def _only_or_schema(self, part: Any, used: set[str]) -> Any:
        return part if isinstance(part, bool) else self._rewrite(part, used)

    def _property(self, schema: Any, used: set[str]) -> dict[str, Any]:
        if _is_read_only(self._document, schema):
            return dict(READ_ONLY)
        return self._rewrite(schema, used)

    def _required(self, schema: Mapping[str, Any]) -> list[str]:
        required = schema.get("required", [])
        if not required:
            return []
        exempt = set(_read_only_names(self._document, schema, frozenset()))
        return [name for name in required if name not in exempt]


def _with_null(written: dict[str, Any]) -> dict[str, Any]:
    """The schema, or null."""
    if not isinstance(written.get("type"), str) or any(key in written for key in _IN_PLACE):
        return {"anyOf": [written, {"type": "null"}]}
    null = {"type": [written["type"], "null"]}
    if "enum" in written and None not in written["enum"]:
        null["enum"] = [*written["enum"], None]
    return written | null


def _tidied(written: dict[str, Any], dialect: Dialect) -> dict[str, Any]:
    """Bound integers by their format; drop what Draft 4 takes for an error and means nothing."""
    if dialect.is_30:
        for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            if bound not in written:
                written.pop(exclusive, None)
    if written.get("format") not in INTEGER_RANGES:
        return written
    least, greatest = INTEGER_RANGES[written.pop("format")]
    if written.get("minimum", least - 1) < least:
        written["minimum"] = least
    if written.get("maximum", greatest + 1) > greatest:
        written["maximum"] = greatest
    return written


def _is_read_only(document: Document, schema: Any, seen: frozenset[str] = frozenset()) -> bool:
    if not isinstance(schema, Mapping):
        return False
    if schema.get("readOnly") is True:
        return True
    reference = schema.get("$ref")
    if not isinstance(reference, str) or reference in seen:
        return False
    return _is_read_only(document, resolve(document, reference), seen | {reference})


def _read_only_names(document: Document, schema: Any, seen: frozenset[str]) -> Iterator[str]:
    """Names of properties that a request may not hold, also those that `allOf` brings in."""
    if not isinstance(schema, Mapping):
        return
    for name, part in schema.get("properties", {}).items():
        if _is_read_only(document, part):
            yield name
    for part in schema.get("allOf", ()):
        yield from _read_only_names(document, part, seen)
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference not in seen:
        yield from _read_only_names(document, resolve(document, reference), seen | {reference})


def _refuse_endless(document: Document, reference: str) -> None:
    """Refuse a schema that leads back to itself without going into the value."""
    reached: set[str] = set()
    waiting = list(_in_place_references(resolve(document, reference)))
    while waiting:
        step = waiting.pop()
        if step == reference:
            raise ValueError(f"`{reference}` refers to itself without end")
        if step not in reached:
            reached.add(step)
            waiting += _in_place_references(resolve(document, step))


def _in_place_references(schema: Any) -> Iterator[str]:
    if not isinstance(schema, Mapping):
        return
    if isinstance(schema.get("$ref"), str):
        yield schema["$ref"]
    for keyword in _IN_PLACE:
        for part in schema.get(keyword, ()):
            yield from _in_place_references(part)
    if "not" in schema:
        yield from _in_place_references(schema["not"])
