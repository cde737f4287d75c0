"""Which faults of a document touch neither security nor routing, as tables.

What is not in a table is never tolerated.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from difflib import get_close_matches

from gateway.spec.nearest import nearest

#: fields by kind that can be left out without a request being treated otherwise
DROPPABLE: Mapping[str, AbstractSet[str]] = {
    "OpenAPI": frozenset({"tags", "externalDocs", "webhooks"}),
    "Info": frozenset(
        {"title", "version", "summary", "description", "termsOfService", "contact", "license"}
    ),
    "PathItem": frozenset({"summary", "description", "servers"}),
    "Operation": frozenset(
        {"tags", "summary", "description", "externalDocs", "operationId", "deprecated"}
        | {"callbacks", "servers"}
    ),
    "Components": frozenset({"examples", "links", "callbacks"}),
    "Server": frozenset({"description", "name"}),
    "ServerVariable": frozenset({"description", "enum"}),
    "Parameter": frozenset({"description", "example", "examples", "deprecated"}),
    "Header": frozenset({"description", "example", "examples", "deprecated"}),
    "RequestBody": frozenset({"description"}),
    "Response": frozenset({"description", "summary", "links"}),
    "MediaType": frozenset({"example", "examples"}),
    "Schema": frozenset(
        {"title", "description", "example", "examples", "externalDocs", "xml", "deprecated"}
    ),
    "SecurityScheme": frozenset({"description", "bearerFormat", "openIdConnectUrl", "deprecated"}),
    "ImplicitOAuthFlow": frozenset({"authorizationUrl", "refreshUrl"}),
    "PasswordOAuthFlow": frozenset({"tokenUrl", "refreshUrl"}),
    "ClientCredentialsFlow": frozenset({"tokenUrl", "refreshUrl"}),
    "AuthorizationCodeOAuthFlow": frozenset({"authorizationUrl", "tokenUrl", "refreshUrl"}),
    "DeviceAuthorizationOAuthFlow": frozenset({"deviceAuthorizationUrl", "tokenUrl", "refreshUrl"}),
}

#: fields of a JSON Schema that describe and never decide: their faults are no more than a warning
ANNOTATIONS = frozenset({"title", "description", "example", "examples", "deprecated", "$comment"})

#: objects that can be left out as a whole; nothing can refer to one
OPTIONAL = frozenset({"Contact", "License", "ExternalDocumentation", "XML"})

#: objects whose faults say nothing of a request; something may refer to one
DATA = frozenset({"Example", "Link", "Callback"})

#: fields that are texts nothing depends on, which the OAS demands
TEXTS = frozenset(
    {"title", "version", "description", "openIdConnectUrl", "authorizationUrl", "tokenUrl"}
    | {"deviceAuthorizationUrl"}
)

#: kinds in whose place something can stand that admits nothing
REPLACEABLE = frozenset(
    {"Schema", "Parameter", "Header", "MediaType", "RequestBody", "Response", "Responses"}
)

#: fields by kind that decide who may call what; a name like one of these is no harmless slip
_COUNTED: Mapping[str, AbstractSet[str]] = {
    "SecurityScheme": frozenset({"type", "name", "in", "scheme", "flows"}),
    "Components": frozenset({"securitySchemes"}),
    "ImplicitOAuthFlow": frozenset({"scopes"}),
    "PasswordOAuthFlow": frozenset({"scopes"}),
    "ClientCredentialsFlow": frozenset({"scopes"}),
    "AuthorizationCodeOAuthFlow": frozenset({"scopes"}),
    "DeviceAuthorizationOAuthFlow": frozenset({"scopes"}),
}
_NEVER = frozenset({"Paths", "Responses", "OAuthFlows"})
#: an unknown field there may have been meant to ask for something: only what describes is a slip
_CLOSED = frozenset({"OpenAPI", "PathItem", "Operation"})

#: names that ask for validation, in JSON Schema, in the OAS, and in Swagger 2.0
_VALIDATING = frozenset(
    word
    for line in (
        "$anchor $defs $dynamicAnchor $dynamicRef $id $ref $schema additionalItems",
        "additionalProperties allOf allowEmptyValue allowReserved anyOf collectionFormat const",
        "contains content contentEncoding contentMediaType contentSchema default dependencies",
        "dependentRequired dependentSchemas discriminator else encoding enum exclusiveMaximum",
        "exclusiveMinimum explode format headers id if in items itemSchema maxContains maxItems",
        "maxLength maxProperties maximum minContains minItems minLength minProperties minimum",
        "multipleOf name not nullable oneOf pattern patternProperties prefixItems properties",
        "propertyNames readOnly required schema style then type unevaluatedItems",
        "unevaluatedProperties uniqueItems writeOnly",
    )
    for word in line.split()
)


#: names that describe, wherever they stand
_DESCRIBING = frozenset({"description", "example", "examples", "summary", "tags", "title"})
#: fields of other versions of the OAS that say nothing of a request we take
_OF_OTHER_VERSIONS = frozenset({"webhooks", "jsonSchemaDialect", "produces", "consumes"})
#: how like one of them a name must be to ask for validation: `maxLenght` is, `examples` is not
_LIKE = 0.75


def is_slip(kind: str, name: str) -> bool:
    """Whether an unknown field can be left out: nothing like it counts in its object."""
    if kind in _NEVER:
        return False
    if kind in _CLOSED:
        return name in _DESCRIBING | _OF_OTHER_VERSIONS
    if kind in _COUNTED:
        return nearest(name, _COUNTED[kind]) is None
    return name in _DESCRIBING or not get_close_matches(name, _VALIDATING, n=1, cutoff=_LIKE)
