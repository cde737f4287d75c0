"""Dialects of JSON Schema: which one a schema is written in, and what differs between them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_PLAIN_30 = (
    "type", "enum", "format", "multipleOf", "maximum", "exclusiveMaximum", "minimum",
    "exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems",
    "uniqueItems", "maxProperties", "minProperties",
)  # fmt: skip
_PLAIN = (*_PLAIN_30, "const", "minContains", "maxContains", "dependentRequired")
_SINCE_2019 = frozenset(
    {
        "dependentRequired", "dependentSchemas", "maxContains", "minContains", "unevaluatedItems",
        "unevaluatedProperties",
    }
)  # fmt: skip
_SINCE_06 = frozenset({"const", "contains", "propertyNames"})


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between the versions of JSON Schema, and of OAS."""

    #: keywords that are copied as they are
    plain: tuple[str, ...] = _PLAIN
    #: OAS 3.0: `nullable`, and the rest as Draft 4 has it
    is_30: bool = False
    #: nothing beside a `$ref` counts
    has_lone_references: bool = False
    #: `exclusiveMinimum` is true or false
    has_boolean_bounds: bool = False
    #: `items` may be a list, with `additionalItems`; `dependencies` holds two keywords of later
    has_item_lists: bool = False
    #: keywords that came later and say nothing yet
    unknown: frozenset[str] = frozenset()


OAS_30 = Dialect(_PLAIN_30, is_30=True, has_lone_references=True, has_boolean_bounds=True)
#: also 3.2; their schemas are JSON Schema 2020-12
OAS_31 = Dialect()

_DRAFT_2019 = Dialect(has_item_lists=True, unknown=frozenset({"prefixItems"}))
_DRAFT_07 = Dialect(
    has_lone_references=True,
    has_item_lists=True,
    unknown=frozenset({"prefixItems"}) | _SINCE_2019,
)
_DRAFT_06 = Dialect(
    has_lone_references=True,
    has_item_lists=True,
    unknown=_DRAFT_07.unknown | {"if", "then", "else"},
)
_DRAFT_04 = Dialect(
    has_lone_references=True,
    has_boolean_bounds=True,
    has_item_lists=True,
    unknown=_DRAFT_06.unknown | _SINCE_06,
)

_OAS_DIALECT = re.compile(r"https?://spec\.openapis\.org/oas/3\.[12]/dialect/[^/?#]+")
#: without scheme and fragment
_JSON_SCHEMA: Mapping[str, Dialect] = {
    "json-schema.org/draft/2020-12/schema": OAS_31,
    "json-schema.org/draft/2019-09/schema": _DRAFT_2019,
    "json-schema.org/draft-07/schema": _DRAFT_07,
    "json-schema.org/draft-06/schema": _DRAFT_06,
    "json-schema.org/draft-04/schema": _DRAFT_04,
}


def dialect_at(address: Any) -> Dialect:
    """The dialect that `$schema` or `jsonSchemaDialect` names; ValueError if it is not read."""
    written = str(address).removesuffix("#")
    if _OAS_DIALECT.fullmatch(written):
        return OAS_31
    dialect = _JSON_SCHEMA.get(written.partition("://")[2])
    if dialect is None:
        raise ValueError(
            f"the dialect `{written[:100]}` is not read; name that of OAS, JSON Schema 2020-12, "
            "2019-09, or drafts 7, 6, 4"
        )
    return dialect


def dialect_of(document: Mapping[str, Any]) -> Dialect:
    """The dialect of a document's schemas that do not name their own; or ValueError."""
    if is_version_30(document):
        return OAS_30
    written = document.get("jsonSchemaDialect")
    return OAS_31 if written is None else dialect_at(written)


def is_version_30(document: Mapping[str, Any]) -> bool:
    """Whether a document is OAS 3.0, whose schemas are none of JSON Schema."""
    return str(document.get("openapi", "3.0")).startswith("3.0")
