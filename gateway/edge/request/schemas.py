"""The schemas of a document, compiled for requests: each distinct one once, whoever uses it."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

import jsonschema_rs
import orjson

from gateway.edge.request.dialects import is_version_30
from gateway.edge.request.formats import format_checks
from gateway.edge.request.pointers import Document, resolve
from gateway.edge.request.rewrite import DEFINITIONS, Definitions
from gateway.edge.request.shapes import Shape, shape_of
from gateway.edge.request.violations import violations_of
from gateway.errors import DocumentError, Fault, Origin
from gateway.handler import Violation

JsonSchema = dict[str, Any]
Build = Callable[[JsonSchema], jsonschema_rs.Validator]

#: values within one value, above which only the first problem is looked for: the library makes
#: all errors at once, and a body of nothing but errors takes seconds
_MAX_VALUES_TO_LIST = 1_000
#: values above which not even the first is looked for under a union, of whose every branch the
#: library makes all errors: a megabyte took seconds
_MAX_VALUES_IN_UNIONS = 20_000
_UNIONS = (b'"anyOf"', b'"oneOf"')


class CompiledSchema:
    """A schema that judges values. It is checked when made, built when first used.

    A validator holds its own copy of all that its references lead to: where every schema of a
    large document leads to every other that is 25 ms and megabytes for each, so those that no
    request asks for are not built. Nothing is fetched, ever.
    """

    __slots__ = ("_build", "_definitions", "_has_unions", "_schema", "_validator")

    def __init__(
        self,
        schema: JsonSchema,
        definitions: Mapping[str, JsonSchema],
        *,
        build: Build,
        has_unions: Callable[[], bool],
    ) -> None:
        self._schema = schema
        self._definitions = definitions
        self._build = build
        self._has_unions = has_unions
        self._validator: jsonschema_rs.Validator | None = None

    def is_valid(self, value: Any) -> bool:
        """Whether a value fits; 0.2 us for a small one."""
        return self._built().is_valid(value)

    def violations(self, value: Any, *, prefix: str = "") -> list[Violation]:
        """What is wrong with a value, as JSON pointers below `prefix`; empty if it fits."""
        if not _has_few_values(value, _MAX_VALUES_IN_UNIONS) and self._has_unions():
            fits = self.is_valid(value)
            return [] if fits else [Violation(prefix, "does not fit; it is too large to say where")]
        return violations_of(self._errors(value), self._known_names, prefix=prefix)

    def _built(self) -> jsonschema_rs.Validator:
        if self._validator is None:
            self._validator = self._build(self._schema)
        return self._validator

    def _errors(self, value: Any) -> list[jsonschema_rs.ValidationError]:
        if _has_few_values(value, _MAX_VALUES_TO_LIST):
            return list(self._built().iter_errors(value))
        try:
            self._built().validate(value)
        except jsonschema_rs.ValidationError as error:
            return [error]
        return []

    def _known_names(self, error: jsonschema_rs.ValidationError) -> list[str]:
        """The properties declared at the schema that an error comes from."""
        is_defined = (error.absolute_keyword_location or "").startswith(DEFINITIONS)
        place: Any = {"definitions": self._definitions} if is_defined else self._schema
        for step in error.schema_path[:-1]:
            place = place[step]
        return list(place.get("properties", ()))


class Schemas:
    """Compiles schemas of one document; shared by its operations, so that equal ones cost once."""

    def __init__(self, document: Document) -> None:
        #: whether a document is OAS 3.0, where nothing beside a `$ref` counts
        self.is_30 = is_30 = is_version_30(document)
        self._document = document
        #: made at the first schema: a document without one may name any dialect
        self._made_definitions: Definitions | None = None
        # What is made is in a fixed dialect: neither the document nor the library chooses it.
        self._draft = jsonschema_rs.Draft4 if is_30 else jsonschema_rs.Draft202012
        self._validator = (
            jsonschema_rs.Draft4Validator if is_30 else jsonschema_rs.Draft202012Validator
        )
        self._formats = format_checks()
        self._compiled: dict[bytes, CompiledSchema] = {}
        self._registry: jsonschema_rs.Registry | None = None
        self._registered = 0

    def compile(self, schema: Any, *, what: str, origin: Origin) -> CompiledSchema:
        """Compile a schema; DocumentError at `origin` if it cannot be, with what it belongs to."""
        try:
            definitions = self._definitions()
            rewritten, used = definitions.rewrite(schema)
            key = orjson.dumps(rewritten)
            if key not in self._compiled:
                self._check(rewritten)
                definitions.define(used, self._check)
                self._compiled[key] = CompiledSchema(
                    rewritten,
                    definitions.schemas,
                    build=self._build,
                    has_unions=cache(partial(self._has_unions, rewritten, used)),
                )
        except (ValueError, TypeError, AttributeError) as error:
            raise _unusable(what, error, origin) from error
        return self._compiled[key]

    def _definitions(self) -> Definitions:
        if self._made_definitions is None:
            self._made_definitions = Definitions(self._document)
        return self._made_definitions

    def shape(self, schema: Any) -> Shape:
        """What texts may become under a schema that compiles."""
        return shape_of(schema, self.resolve)

    def resolve(self, reference: str) -> Any:
        """Follow a local reference into the document."""
        return resolve(self._document, reference)

    def _has_unions(self, schema: JsonSchema, used: frozenset[str]) -> bool:
        """Whether a union stands in a schema, or in what its references lead to."""
        definitions = self._definitions()
        judged = [schema, *(definitions.schemas[name] for name in definitions.reached(used))]
        return any(_names_unions(orjson.dumps(one)) for one in judged)

    def _check(self, schema: JsonSchema) -> None:
        """Build a schema without what its references lead to: each of those is checked itself."""
        self._validator(_without_references(schema), validate_formats=True, offline=True)

    def _build(self, schema: JsonSchema) -> jsonschema_rs.Validator:
        count = len(self._definitions().schemas)
        if self._registry is None or count != self._registered:
            resource = {"definitions": self._definitions().schemas}
            self._registry = jsonschema_rs.Registry([(DEFINITIONS, resource)], draft=self._draft)
            self._registered = count
        return self._validator(
            schema,
            formats=self._formats,
            validate_formats=True,
            registry=self._registry,
            offline=True,
        )


def _without_references(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_references(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _without_references(part)
        for key, part in schema.items()
        if key != "$ref" or not isinstance(part, str)
    }


def _unusable(what: str, error: Exception, origin: Origin) -> DocumentError:
    reason = str(error).partition("\n")[0]
    message = f"the schema of {what} cannot be used: {reason}"
    return DocumentError([Fault("invalid-schema", message, origin)])


def _names_unions(text: bytes) -> bool:
    return any(keyword in text for keyword in _UNIONS)


def _has_few_values(value: Any, most: int) -> bool:
    return all(count <= most for count in _running_count([value]))


def _running_count(values: list[Any]) -> Iterator[int]:
    """Count values level by level, without recursion."""
    count = 0
    while values:
        count += len(values)
        yield count
        below: list[Any] = []
        for value in values:
            if isinstance(value, dict):
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
        values = below
