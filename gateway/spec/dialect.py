"""Which JSON Schema the schemas of a document are written in."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.errors import Fault
from gateway.spec.nearest import did_you_mean
from gateway.spec.node import MappingNode, ScalarNode, origin_of
from gateway.spec.version import Version

_DRAFT_2020_12 = "https://json-schema.org/draft/2020-12/schema"

#: the dialects of OAS 3.1 and 3.2, all of them JSON Schema 2020-12
_OF_THE_OAS = re.compile(r"https?://spec\.openapis\.org/oas/3\.[12]/dialect/[^/?#]+")
#: dialects whose schemas are first looked at when requests are to be checked with them
_OLDER = frozenset(
    {
        "https://json-schema.org/draft/2019-09/schema",
        "http://json-schema.org/draft-07/schema",
        "http://json-schema.org/draft-06/schema",
        "http://json-schema.org/draft-04/schema",
    }
)
_DEFAULTS: Mapping[str, str] = {
    "3.1": "https://spec.openapis.org/oas/3.1/dialect/base",
    "3.2": "https://spec.openapis.org/oas/3.2/dialect/2025-09-17",
}


def dialect_of(root: MappingNode, version: Version) -> str | None:
    """Return the dialect of a document's schemas, None in OAS 3.0, which has one of its own."""
    default = _DEFAULTS.get(version.name)
    written = root.entries.get("jsonSchemaDialect") if default is not None else None
    is_text = isinstance(written, ScalarNode) and isinstance(written.value, str)
    return str(written.value) if is_text and isinstance(written, ScalarNode) else default


def dialect_warnings(root: MappingNode, version: Version) -> Iterator[Fault]:
    """Name a dialect that is not known: its schemas cannot be checked."""
    dialect = dialect_of(root, version)
    if dialect is not None and not _is_checked(dialect) and dialect.rstrip("#") not in _OLDER:
        offer = did_you_mean(dialect, {_DRAFT_2020_12, *_OLDER})
        message = f"the dialect `{dialect[:80]}` is not known, its schemas are not checked{offer}"
        yield Fault("dialect", message, origin_of(root.entries["jsonSchemaDialect"]))


def with_schemas_checked(schema: dict[str, Any], dialect: str) -> dict[str, Any]:
    """Return the schema of the OAS with each Schema Object held to its dialect."""
    if not _is_checked(dialect):
        return schema
    checked = {"$dynamicAnchor": "meta", "$ref": _DRAFT_2020_12}
    return {**schema, "$defs": {**schema["$defs"], "schema": checked}}


def _is_checked(dialect: str) -> bool:
    return dialect.rstrip("#") == _DRAFT_2020_12 or _OF_THE_OAS.fullmatch(dialect) is not None
