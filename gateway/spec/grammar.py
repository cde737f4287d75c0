"""Which fields of which OAS 3.0 object hold further objects, and may hold a `$ref` to one.

Kinds are the names of the definitions in the OAS schema. What is not listed is data: a `$ref` or a
`security` in an example, a default or an extension means nothing.
"""

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import NamedTuple

from gateway.spec.node import MappingNode, Node, SequenceNode

#: a document as a whole
DOCUMENT = "OpenAPI"

#: the fields of a path item that are operations
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


class Shape(Enum):
    """How a field holds its objects."""

    ONE = "the object itself"
    EACH = "a list of them"
    NAMED = "a map from names to them"


class Field(NamedTuple):
    """What a field holds."""

    kind: str
    shape: Shape


def _one(kind: str) -> Field:
    return Field(kind, Shape.ONE)


def _each(kind: str) -> Field:
    return Field(kind, Shape.EACH)


def _named(kind: str) -> Field:
    return Field(kind, Shape.NAMED)


#: kinds of which a document, or an object, has just one, called like its field
_SINGLE = frozenset({"Info", "Paths", "Components", "Responses"})
_INNER_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")

#: stands for every field that is neither listed nor an extension
REST = "*"

_CONTENT = {
    "schema": _one("Schema"),
    "content": _named("MediaType"),
    "examples": _named("Example"),
}

#: the kinds that components hold, by section
SECTIONS: Mapping[str, str] = {
    "schemas": "Schema",
    "responses": "Response",
    "parameters": "Parameter",
    "examples": "Example",
    "requestBodies": "RequestBody",
    "headers": "Header",
    "securitySchemes": "SecurityScheme",
    "links": "Link",
    "callbacks": "Callback",
}

#: the section of components for each kind
SECTION_OF: Mapping[str, str] = {kind: section for section, kind in SECTIONS.items()}

#: where a Reference Object, or the `$ref` of a path item, may stand
REFERABLE = frozenset({*SECTION_OF, "PathItem"})

GRAMMAR: Mapping[str, Mapping[str, Field]] = {
    DOCUMENT: {
        "info": _one("Info"),
        "servers": _each("Server"),
        "paths": _one("Paths"),
        "components": _one("Components"),
        "tags": _each("Tag"),
        "externalDocs": _one("ExternalDocumentation"),
    },
    "Info": {"contact": _one("Contact"), "license": _one("License")},
    "Contact": {},
    "License": {},
    "Server": {"variables": _named("ServerVariable")},
    "ServerVariable": {},
    "Tag": {"externalDocs": _one("ExternalDocumentation")},
    "ExternalDocumentation": {},
    "Components": {section: _named(kind) for section, kind in SECTIONS.items()},
    "Paths": {REST: _one("PathItem")},
    "PathItem": {
        "parameters": _each("Parameter"),
        "servers": _each("Server"),
        **dict.fromkeys(METHODS, _one("Operation")),
    },
    "Operation": {
        "parameters": _each("Parameter"),
        "requestBody": _one("RequestBody"),
        "responses": _one("Responses"),
        "callbacks": _named("Callback"),
        "servers": _each("Server"),
        "externalDocs": _one("ExternalDocumentation"),
    },
    "Responses": {REST: _one("Response")},
    "Response": {
        "headers": _named("Header"),
        "content": _named("MediaType"),
        "links": _named("Link"),
    },
    "Callback": {REST: _one("PathItem")},
    "Parameter": _CONTENT,
    "Header": _CONTENT,
    "RequestBody": {"content": _named("MediaType")},
    "MediaType": {
        "schema": _one("Schema"),
        "examples": _named("Example"),
        "encoding": _named("Encoding"),
    },
    "Encoding": {"headers": _named("Header")},
    "Example": {},
    "Link": {"server": _one("Server")},
    "SecurityScheme": {"flows": _one("OAuthFlows")},
    "OAuthFlows": {
        "implicit": _one("ImplicitOAuthFlow"),
        "password": _one("PasswordOAuthFlow"),
        "clientCredentials": _one("ClientCredentialsFlow"),
        "authorizationCode": _one("AuthorizationCodeOAuthFlow"),
    },
    "ImplicitOAuthFlow": {},
    "PasswordOAuthFlow": {},
    "ClientCredentialsFlow": {},
    "AuthorizationCodeOAuthFlow": {},
    "Schema": {
        "properties": _named("Schema"),
        "items": _one("Schema"),
        "additionalProperties": _one("Schema"),
        "not": _one("Schema"),
        "allOf": _each("Schema"),
        "oneOf": _each("Schema"),
        "anyOf": _each("Schema"),
        "discriminator": _one("Discriminator"),
        "xml": _one("XML"),
        "externalDocs": _one("ExternalDocumentation"),
    },
    "Discriminator": {},
    "XML": {},
}


class Found(NamedTuple):
    """An object of a document, and what it is."""

    node: MappingNode
    kind: str


def field_of(kind: str, name: str) -> Field | None:
    """Return what the field `name` of an object holds, None if it holds data."""
    fields = GRAMMAR[kind]
    field = fields.get(name)
    if field is None and REST in fields and not name.startswith("x-"):
        return fields[REST]
    return field


def is_reference(node: MappingNode, kind: str) -> bool:
    """Whether an object only points to the one that is meant."""
    return "$ref" in node.entries and kind in REFERABLE


def walk(node: Node, kind: str) -> Iterator[Found]:
    """Yield an object and every object within it, in no order; references are not followed."""
    stack = [(node, kind)]
    while stack:
        node, kind = stack.pop()
        if not isinstance(node, MappingNode):
            continue
        yield Found(node, kind)
        if not is_reference(node, kind):
            for name, child in node.entries.items():
                stack.extend(_objects(child, field_of(kind, name)))


def _objects(child: Node, field: Field | None) -> list[tuple[Node, str]]:
    if field is None:
        return []
    if field.shape is Shape.ONE:
        return [(child, field.kind)]
    if field.shape is Shape.EACH and isinstance(child, SequenceNode):
        return [(item, field.kind) for item in child.items]
    if field.shape is Shape.NAMED and isinstance(child, MappingNode):
        return [(entry, field.kind) for entry in child.entries.values()]
    return []


def object_name(kind: str) -> str:
    """Return how to speak of a kind, with its article: `an Operation`, `a Path Item`."""
    if kind == DOCUMENT:
        return "the document"
    if kind in _SINGLE:
        return f"`{kind[0].lower()}{kind[1:]}`"
    for family in ("SecurityScheme", "Flow"):
        kind = family if kind.endswith(family) else kind
    name = _INNER_WORD.sub(" ", kind)
    return f"{'an' if name[0] in 'AEIOX' else 'a'} {name}"
