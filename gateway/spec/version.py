"""Which version of the OAS a document is written in, and what describes that version."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from gateway.errors import DocumentError, Fault, Origin
from gateway.spec.grammar import OAS_3_0, OAS_3_1, OAS_3_2, Grammar
from gateway.spec.nearest import did_you_mean
from gateway.spec.node import Document, MappingNode, ScalarNode, key_origin, origin_of


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the OAS that is read."""

    #: without its patch: "3.0"
    name: str
    #: the file with its JSON Schema
    schema_file: str
    grammar: Grammar


_VERSIONS: Mapping[str, Version] = {
    "3.0": Version("3.0", "oas-3.0.json", OAS_3_0),
    "3.1": Version("3.1", "oas-3.1.json", OAS_3_1),
    "3.2": Version("3.2", "oas-3.2.json", OAS_3_2),
}
_WRITTEN = re.compile(r"([0-9]+\.[0-9]+)\.[0-9]+(?:-.+)?")


def version_of(document: Document) -> Version:
    """Return the version of a document; raises DocumentError for any that is not read."""
    root = document.root
    if not isinstance(root, MappingNode):
        _refuse("an OpenAPI document is an object with `openapi`, `info`, `paths`", origin_of(root))
    if "openapi" not in root.entries:
        _refuse_nameless(root)
    written = root.entries["openapi"]
    origin = origin_of(written)
    if not isinstance(written, ScalarNode) or not isinstance(written.value, str):
        _refuse('`openapi` must be a text in quotes, as in `openapi: "3.0.3"`', origin)
    match = _WRITTEN.fullmatch(written.value)
    if match is None:
        _refuse(f'`{written.value[:20]}` is no version of the OAS; write "3.0.3" in full', origin)
    if match[1] not in _VERSIONS:
        _refuse(f"OAS {match[1]} is not read; {_readable()}", origin)
    return _VERSIONS[match[1]]


def _refuse_nameless(root: MappingNode) -> NoReturn:
    if "swagger" in root.entries:
        message = f"Swagger 2.0 is not read; convert the document, {_readable()}"
        _refuse(message, key_origin(root, "swagger"))
    offer = did_you_mean("openapi", root.entries)
    _refuse(f"`openapi` is missing, is this an OpenAPI document{offer or '?'}", origin_of(root))


def _readable() -> str:
    return f"OAS {', '.join(_VERSIONS)} are"


def _refuse(message: str, origin: Origin) -> NoReturn:
    raise DocumentError([Fault("version", message, origin)])
