"""What a document says, as frozen values: operations, schemes, and every `security` as written."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NewType, Self

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


#: the schemes of a requirement, each with its names
AskedTogether = tuple[tuple[SchemeName, tuple[str, ...]], ...]
_PLACE = struct.Struct("<II")


@dataclass(frozen=True, slots=True)
class SecurityDeclaration:
    """The `security` that counts for an operation.

    Source OPERATION or ROOT with no requirements is `security: []`: public on purpose.
    Source ABSENT is neither: nobody said anything, and `origin` is the operation's.

    Its values can be shared by all that ask for the same. Only the places are its own, and they
    are packed: as objects they would be a fifth of what a large description takes.
    """

    source: SecuritySource
    #: what each requirement asks for
    asked: tuple[AskedTogether, ...]
    origin: Origin
    #: line and column of each requirement, then of each scheme and of each of its names, in the
    #: order written; the file is that of `origin`, for a list stands in one file
    places: bytes = b""

    @classmethod
    def of(
        cls, source: SecuritySource, requirements: tuple[SecurityRequirement, ...], origin: Origin
    ) -> Self:
        """The declaration of requirements that stand in the file of `origin`."""
        asked = tuple(
            tuple((scheme.scheme, scheme.names) for scheme in one.schemes) for one in requirements
        )
        places = b"".join(
            _PLACE.pack(place.line, place.column)
            for requirement in requirements
            for place in _places_of(requirement)
        )
        return cls(source, asked, origin, places)

    @property
    def requirements(self) -> tuple[SecurityRequirement, ...]:
        """Each requirement with all its places, made anew."""
        places = (Origin(self.origin.file, *place) for place in _PLACE.iter_unpack(self.places))
        return tuple(_requirement(together, places) for together in self.asked)

    def each(self) -> Iterator[tuple[AskedTogether, Origin]]:
        """What each requirement asks for, and where it stands."""
        offset = 0
        for together in self.asked:
            place = _PLACE.unpack_from(self.places, offset)
            yield together, Origin(self.origin.file, *place)
            offset += _PLACE.size * (1 + sum(1 + len(names) for _, names in together))


def _places_of(requirement: SecurityRequirement) -> Iterator[Origin]:
    yield requirement.origin
    for scheme in requirement.schemes:
        yield scheme.origin
        yield from scheme.name_origins


def _requirement(together: AskedTogether, places: Iterator[Origin]) -> SecurityRequirement:
    origin = next(places)
    schemes = tuple(
        SchemeRequirement(scheme, names, next(places), tuple(next(places) for _ in names))
        for scheme, names in together
    )
    return SecurityRequirement(schemes, origin)


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
