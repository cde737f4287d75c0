"""OAS schemas turned into JSON Schema for requests: nullable, readOnly, formats of integers.

The `$ref`s of the document become references into one set of definitions. A definition is made for
each place that a reference leads to and, where dynamic anchors are in use, for each set of them
that is in force there: so what `$dynamicRef` means is settled here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.edge.request.dialects import Dialect, dialect_at, dialect_of
from gateway.edge.request.discriminator import discriminator_of
from gateway.edge.request.drafts import in_2020_12
from gateway.edge.request.endless import endless
from gateway.edge.request.formats import INTEGER_RANGES
from gateway.edge.request.pointers import Document, way_to
from gateway.edge.request.read_only import is_read_only, read_only_names
from gateway.edge.request.resources import Anchors, dynamic_anchors

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
#: keywords of a nullable schema of OAS 3.0 whose judgement null has to get around
_IN_PLACE = ("allOf", "anyOf", "oneOf")
#: with dynamic anchors a small document can mean very many schemas
_MAX_DEFINITIONS = 100_000


@dataclass(frozen=True, slots=True)
class _Scope:
    """What counts at a place of the document."""

    dialect: Dialect
    #: name of a dynamic anchor -> where the outermost schema resource has it
    anchors: tuple[tuple[str, str], ...] = ()

    def entering(self, anchors: Anchors) -> "_Scope":
        """What counts within a schema resource with these dynamic anchors."""
        return _Scope(self.dialect, tuple(sorted(({**anchors} | dict(self.anchors)).items())))

    def speaking(self, schema: Mapping[str, Any]) -> "_Scope":
        """What counts within a schema that may name its own dialect."""
        if self.dialect.is_30 or not isinstance(schema.get("$schema"), str):
            return self
        return _Scope(dialect_at(schema["$schema"]), self.anchors)


@dataclass(frozen=True, slots=True)
class _Meant:
    """What a definition is made of: a reference, and what counts where it was followed."""

    reference: str
    scope: _Scope


class Definitions:
    """The schemas of one document that references lead to, rewritten once, under short names."""

    def __init__(self, document: Document) -> None:
        """Take a document; ValueError if it names a dialect that is not read."""
        self._document = document
        self._dialect = dialect_of(document)
        self._anchors = {} if self._dialect.is_30 else dynamic_anchors(document)
        own = self._anchors.get(id(document), {})
        self._scope = _Scope(self._dialect).entering(own)
        #: what is meant -> short name, and back
        self._names: dict[_Meant, str] = {}
        self._meant: dict[str, _Meant] = {}
        #: short name -> short names it refers to
        self._uses: dict[str, frozenset[str]] = {}
        #: short name -> JSON Schema
        self.schemas: dict[str, dict[str, Any]] = {}

    def rewrite(self, schema: Any) -> tuple[dict[str, Any], frozenset[str]]:
        """A schema of the document as JSON Schema, and the names it refers to; or ValueError."""
        used: set[str] = set()
        rewritten = self._rewrite(schema, used, self._scope)
        return rewritten, frozenset(used)

    def define(self, names: Iterable[str], check: Callable[[dict[str, Any]], None]) -> None:
        """See to it that these definitions are there, checked, and all they need.

        ValueError, or what `check` raises, if one of them cannot be used: then none that is new is
        kept, so that the next who needs it hears the same. Those that are there cost nothing.
        """
        new: list[str] = []
        waiting = list(names)
        try:
            while waiting:
                name = waiting.pop()
                if name not in self._uses:
                    new.append(name)
                    self._define(name)
                    check(self.schemas[name])
                    waiting += self._uses[name]
            self._refuse_endless(new)
        except BaseException:
            for name in new:
                self._uses.pop(name, None)
                self.schemas.pop(name, None)
            raise

    def reached(self, names: Iterable[str]) -> frozenset[str]:
        """The names of definitions, and of all that they need."""
        reached: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += self._uses[name]
        return frozenset(reached)

    def _define(self, name: str) -> None:
        """Rewrite what a short name stands for."""
        if len(self.schemas) >= _MAX_DEFINITIONS:
            raise ValueError(f"references lead to more than {_MAX_DEFINITIONS} schemas")
        used: set[str] = set()
        self.schemas[name] = self._rewrite(*self._followed(self._meant[name], used))
        self._uses[name] = frozenset(used)

    def _followed(self, meant: _Meant, used: set[str]) -> tuple[Any, set[str], _Scope]:
        """Where a reference leads, and what counts there: what stands above it has a say."""
        scope = _Scope(self._dialect, meant.scope.anchors)
        *above, target = way_to(self._document, meant.reference)
        resource: Any = self._document
        for step in above:
            if isinstance(step, Mapping):
                scope = scope.speaking(step)
                resource = step if id(step) in self._anchors else resource
        return target, used, scope.entering(self._anchors.get(id(resource), {}))

    def _refuse_endless(self, names: Iterable[str]) -> None:
        address = f"{DEFINITIONS}#/definitions/"
        name = endless({address + name: self.schemas[name] for name in names})
        if name is not None:
            reference = self._meant[name.removeprefix(address)].reference
            raise ValueError(f"`{reference}` refers to itself without end")

    def _reference(self, reference: str, used: set[str], scope: _Scope) -> dict[str, Any]:
        # The dialect of a target is that of its own place.
        meant = _Meant(reference, _Scope(self._dialect, scope.anchors))
        name = self._names.setdefault(meant, f"s{len(self._names)}")
        self._meant[name] = meant
        used.add(name)
        return {"$ref": f"{DEFINITIONS}#/definitions/{name}"}

    def _dynamic(self, reference: str, used: set[str], scope: _Scope) -> dict[str, Any]:
        """What a `$dynamicRef`, which begins where its anchor was found, means in this scope."""
        target = way_to(self._document, reference)[-1]
        name = target.get("$dynamicAnchor") if isinstance(target, Mapping) else None
        return self._reference(dict(scope.anchors).get(str(name), reference), used, scope)

    def _rewrite(self, schema: Any, used: set[str], scope: _Scope) -> dict[str, Any]:
        if isinstance(schema, bool):
            return {} if schema else {"not": {}}
        if not isinstance(schema, Mapping):
            raise ValueError("a schema is not an object")
        scope = scope.speaking(schema)
        if id(schema) in self._anchors:
            scope = scope.entering(self._anchors[id(schema)])
        if "$ref" in schema and scope.dialect.has_lone_references:
            written = self._reference(schema["$ref"], used, scope)
        else:
            written = self._keywords(in_2020_12(schema, scope.dialect), used, scope)
        if scope.dialect.is_30 and schema.get("nullable") is True:
            return _with_null(written)
        return written

    def _keywords(self, schema: Mapping[str, Any], used: set[str], scope: _Scope) -> dict[str, Any]:
        written = {key: schema[key] for key in scope.dialect.plain if key in schema}
        if "$ref" in schema:
            written |= self._reference(schema["$ref"], used, scope)
        for key in _IN_LISTS:
            if key in schema:
                written[key] = [self._rewrite(part, used, scope) for part in schema[key]]
        if "$dynamicRef" in schema:
            dynamic = self._dynamic(schema["$dynamicRef"], used, scope)
            written["allOf"] = [*written.get("allOf", ()), dynamic]
        self._discriminate(schema, written)
        for key in _SINGLE:
            if key in schema:
                part = schema[key]
                is_plain = isinstance(part, bool)
                written[key] = part if is_plain else self._rewrite(part, used, scope)
        for key in _IN_MAPS:
            if key in schema:
                parts = schema[key].items()
                written[key] = {name: self._property(v, used, scope) for name, v in parts}
        required = self._required(schema)
        if required:
            written["required"] = required
        return _tidied(written, scope.dialect)

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

    def _property(self, schema: Any, used: set[str], scope: _Scope) -> dict[str, Any]:
        if is_read_only(self._document, schema):
            return dict(READ_ONLY)
        return self._rewrite(schema, used, scope)

    def _required(self, schema: Mapping[str, Any]) -> list[str]:
        required = schema.get("required", [])
        if not isinstance(required, list):
            raise ValueError("`required` is no list of names")
        exempt = set(read_only_names(self._document, schema)) if required else ()
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
