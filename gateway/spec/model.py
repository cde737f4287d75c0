"""What a document says, as frozen values: operations, schemes, and every `security` as written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NewType

from gateway.errors import Fault, Origin

#: RFC 6749 s3.3: case-sensitive
Scope = NewType("Scope", str)
#: the name of a securityScheme in the entry document's components
SchemeName = NewType("SchemeName", str)
#: method and path template as written, `"GET /songs/{songId}"`: unique in a description
OperationKey = NewType("OperationKey", str)


class SchemeKind(StrEnum):
    """The kinds of security scheme that a decision tells apart."""

    OAUTH2 = "oauth2"
    OPENID_CONNECT = "openIdConnect"
    HTTP_BEARER = "http bearer"
    HTTP_BASIC = "http basic"
    API_KEY = "apiKey"
    MUTUAL_TLS = "mutualTLS"
    #: an http scheme other than basic and bearer: its alternatives can never be met
    UNSUPPORTED = "unsupported"


class KeyPlace(StrEnum):
    """Where an apiKey travels."""

    HEADER = "header"
    QUERY = "query"
    COOKIE = "cookie"


class SecuritySource(StrEnum):
    """Where the list that counts for an operation comes from."""

    OPERATION = "operation"
    ROOT = "root"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow of an oauth2 scheme: `grant` is OAS's name for it (`clientCredentials`, ...)."""

    grant: str
    #: scope -> the document's description of it
    scopes: Mapping[Scope, str]
    origin: Origin


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """One entry of components.securitySchemes."""

    name: SchemeName
    kind: SchemeKind
    origin: Origin
    flows: tuple[Flow, ...] = ()
    #: apiKey: where it travels and under which name
    place: KeyPlace | None = None
    parameter: str | None = None
    #: http: the auth-scheme in lower case
    http_scheme: str | None = None


@dataclass(frozen=True, slots=True)
class SchemeRequirement:
    """One scheme of a SecurityRequirement with the names it asks for: scopes, or roles."""

    scheme: SchemeName
    names: tuple[str, ...]
    origin: Origin
    #: the place of each name, in step with `names`
    name_origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class SecurityRequirement:
    """One object of a `security` list: all its schemes must hold; none is `{}`."""

    schemes: tuple[SchemeRequirement, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class SecurityDeclaration:
    """The `security` that counts for an operation.

    Source OPERATION or ROOT with no requirements is `security: []`: public on purpose.
    Source ABSENT is neither: nobody said anything, and `origin` is the operation's.
    """

    source: SecuritySource
    requirements: tuple[SecurityRequirement, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation that can be called. Plain values below are JSON-like, with local `$ref`s."""

    key: OperationKey
    #: as a request line has it: `GET`; those of `additionalOperations` as they are written
    method: str
    #: the template as written, without the base path
    path: str
    #: as written, if it was
    operation_id: str | None
    origin: Origin
    security: SecurityDeclaration
    summary: str = ""
    tags: tuple[str, ...] = ()
    deprecated: bool = False
    #: Parameter objects, those of the path item folded in, `$ref`s of parameters resolved
    parameters: tuple[Mapping[str, Any], ...] = ()
    #: the Request Body object, its own `$ref` resolved
    request_body: Mapping[str, Any] | None = None
    #: status -> Response object, each one's own `$ref` resolved
    responses: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: tolerated faults in what it needs; with any it must not be served: its values above hold
    #: stand-ins that no request and no answer meets
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class ApiDescription:
    """A document that loads. Whatever must not load never becomes one."""

    #: the entry file as the caller named it (`-` for standard input)
    file: str
    #: the `openapi` field
    openapi: str
    title: str
    version: str
    #: path of the first server URL, variables at their defaults, no trailing slash: "" or "/v2"
    base_path: str
    #: in the order written
    operations: tuple[Operation, ...]
    schemes: Mapping[SchemeName, SecurityScheme]
    #: the whole document as plain dicts and lists, files joined: every `$ref` in it is local
    document: Mapping[str, Any]
    #: what loads, but deserves a word (severity warning), all of `tolerated` included
    warnings: tuple[Fault, ...] = ()
    #: faults that touch neither security nor routing, let pass because the caller said so
    tolerated: tuple[Fault, ...] = ()
    #: the dialect of its schemas, a URI; None in OAS 3.0, which has one of its own
    json_schema_dialect: str | None = None
