"""Which fields of which OAS object hold further objects, one table a version of the OAS.

Kinds are the names of the objects in the specification. What is not listed is data: a `$ref` or a
`security` in an example, a default or an extension means nothing.
"""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

#: a document as a whole
DOCUMENT = "OpenAPI"

#: stands for every field that is neither listed nor an extension
REST = "*"


class Shape(Enum):
    """How a field holds its objects."""

    ONE = "the object itself"
    EACH = "a list of them"
    NAMED = "a map from names to them"


class Field(NamedTuple):
    """What a field holds."""

    kind: str
    shape: Shape


Fields = Mapping[str, Field]
Kinds = Mapping[str, Fields]


def _one(kind: str) -> Field:
    return Field(kind, Shape.ONE)


def _each(kind: str) -> Field:
    return Field(kind, Shape.EACH)


def _named(kind: str) -> Field:
    return Field(kind, Shape.NAMED)


def sections_of(kinds: Kinds) -> Mapping[str, str]:
    """Return the kind that each section of `components` holds."""
    return {name: field.kind for name, field in kinds["Components"].items()}


METHODS_3_0 = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
METHODS_3_2 = METHODS_3_0 | {"query"}

_SECTIONS_3_0: Fields = {
    "schemas": _named("Schema"),
    "responses": _named("Response"),
    "parameters": _named("Parameter"),
    "examples": _named("Example"),
    "requestBodies": _named("RequestBody"),
    "headers": _named("Header"),
    "securitySchemes": _named("SecurityScheme"),
    "links": _named("Link"),
    "callbacks": _named("Callback"),
}

_CONTENT: Fields = {
    "schema": _one("Schema"),
    "content": _named("MediaType"),
    "examples": _named("Example"),
}

_PATH_ITEM: Fields = {
    "parameters": _each("Parameter"),
    "servers": _each("Server"),
    **dict.fromkeys(sorted(METHODS_3_0), _one("Operation")),
}

_SCHEMA_3_0: Fields = {
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
}

_MEDIA_TYPE: Fields = {
    "schema": _one("Schema"),
    "examples": _named("Example"),
    "encoding": _named("Encoding"),
}

_FLOWS: Fields = {
    "implicit": _one("ImplicitOAuthFlow"),
    "password": _one("PasswordOAuthFlow"),
    "clientCredentials": _one("ClientCredentialsFlow"),
    "authorizationCode": _one("AuthorizationCodeOAuthFlow"),
}

_DOCUMENT: Fields = {
    "info": _one("Info"),
    "servers": _each("Server"),
    "paths": _one("Paths"),
    "components": _one("Components"),
    "tags": _each("Tag"),
    "externalDocs": _one("ExternalDocumentation"),
}

KINDS_3_0: Kinds = {
    DOCUMENT: _DOCUMENT,
    "Info": {"contact": _one("Contact"), "license": _one("License")},
    "Contact": {},
    "License": {},
    "Server": {"variables": _named("ServerVariable")},
    "ServerVariable": {},
    "Tag": {"externalDocs": _one("ExternalDocumentation")},
    "ExternalDocumentation": {},
    "Components": _SECTIONS_3_0,
    "Paths": {REST: _one("PathItem")},
    "PathItem": _PATH_ITEM,
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
    "MediaType": _MEDIA_TYPE,
    "Encoding": {"headers": _named("Header")},
    "Example": {},
    "Link": {"server": _one("Server")},
    "SecurityScheme": {"flows": _one("OAuthFlows")},
    "OAuthFlows": _FLOWS,
    "ImplicitOAuthFlow": {},
    "PasswordOAuthFlow": {},
    "ClientCredentialsFlow": {},
    "AuthorizationCodeOAuthFlow": {},
    "Schema": _SCHEMA_3_0,
    "Discriminator": {},
    "XML": {},
}

#: with what JSON Schema 2020-12 adds, and what draft-07 calls otherwise
_SCHEMA_3_1: Fields = {
    **_SCHEMA_3_0,
    "prefixItems": _each("Schema"),
    **dict.fromkeys(
        ("$defs", "definitions", "patternProperties", "dependentSchemas", "dependencies"),
        _named("Schema"),
    ),
    **dict.fromkeys(
        (
            "contains",
            "propertyNames",
            "if",
            "then",
            "else",
            "unevaluatedItems",
            "unevaluatedProperties",
            "additionalItems",
            "contentSchema",
        ),
        _one("Schema"),
    ),
}

KINDS_3_1: Kinds = {
    **KINDS_3_0,
    DOCUMENT: {**_DOCUMENT, "webhooks": _named("PathItem")},
    "Components": {**_SECTIONS_3_0, "pathItems": _named("PathItem")},
    "Schema": _SCHEMA_3_1,
}

KINDS_3_2: Kinds = {
    **KINDS_3_1,
    "Components": {**KINDS_3_1["Components"], "mediaTypes": _named("MediaType")},
    "PathItem": {
        **_PATH_ITEM,
        "query": _one("Operation"),
        "additionalOperations": _named("Operation"),
    },
    "MediaType": {
        **_MEDIA_TYPE,
        "itemSchema": _one("Schema"),
        "prefixEncoding": _each("Encoding"),
        "itemEncoding": _one("Encoding"),
    },
    "Encoding": {
        "headers": _named("Header"),
        "encoding": _named("Encoding"),
        "prefixEncoding": _each("Encoding"),
        "itemEncoding": _one("Encoding"),
    },
    "OAuthFlows": {**_FLOWS, "deviceAuthorization": _one("DeviceAuthorizationOAuthFlow")},
    "DeviceAuthorizationOAuthFlow": {},
}
