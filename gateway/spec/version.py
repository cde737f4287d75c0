"""Which version of the OAS a document is written in, and which schema describes it."""

import re
from collections.abc import Mapping
from typing import NoReturn

from gateway.errors import DocumentError, Fault, Origin
from gateway.spec.nearest import did_you_mean
from gateway.spec.node import Document, MappingNode, ScalarNode, key_origin, origin_of

#: versions that are read, and the file with the schema of each
SCHEMAS: Mapping[str, str] = {"3.0": "oas-3.0.json"}

_KNOWN = ("3.1", "3.2")
_VERSION = re.compile(r"([0-9]+\.[0-9]+)\.[0-9]+(?:-.+)?")


def schema_of(document: Document) -> str:
    """Return the name of the schema for a document; raises DocumentError for any other version."""
    root = document.root
    if not isinstance(root, MappingNode):
        _refuse("an OpenAPI document is an object with `openapi`, `info`, `paths`", origin_of(root))
    if "openapi" not in root.entries:
        _refuse_nameless(root)
    version = root.entries["openapi"]
    origin = origin_of(version)
    if not isinstance(version, ScalarNode) or not isinstance(version.value, str):
        _refuse('`openapi` must be a text in quotes, as in `openapi: "3.0.3"`', origin)
    match = _VERSION.fullmatch(version.value)
    if match is None:
        _refuse(f'`{version.value[:20]}` is no version of the OAS; write "3.0.3" in full', origin)
    if match[1] not in SCHEMAS:
        still = " yet" if match[1] in _KNOWN else ""
        _refuse(f"OAS {match[1]} is not read{still}; {_readable()}", origin)
    return SCHEMAS[match[1]]


def _refuse_nameless(root: MappingNode) -> NoReturn:
    if "swagger" in root.entries:
        message = f"Swagger 2.0 is not read; convert the document, {_readable()}"
        _refuse(message, key_origin(root, "swagger"))
    offer = did_you_mean("openapi", root.entries)
    _refuse(f"`openapi` is missing, is this an OpenAPI document{offer or '?'}", origin_of(root))


def _readable() -> str:
    return f"OAS {', '.join(SCHEMAS)} is"


def _refuse(message: str, origin: Origin) -> NoReturn:
    raise DocumentError([Fault("version", message, origin)])
