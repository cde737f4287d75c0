"""A gateway in process around a document made in the test: no database, no token service."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp

from gateway.edge.document.readers import Readers
from gateway.edge.endpoints import Unhandled, build_endpoints
from gateway.edge.entry import Entry
from gateway.edge.published import published_pages
from gateway.edge.registry import match_handlers
from gateway.edge.served import Served, serve_document
from gateway.edge.start.application import Places
from gateway.edge.start.view import Link
from gateway.edge.verdict import Settle
from gateway.guard import Guard, Ruleset, build_ruleset
from gateway.load import LoadedDocument, load_document
from gateway.model import Decision, Proven, Refused, TokenFault, Uncheckable
from gateway.settings import Settings, load_settings
from gateway.spec.model import ApiDescription, SchemeName
from gateway.spec.read import read_description
from gateway.tokens.csrf import CsrfEvidence
from gateway.tokens.ports import CredentialSource, KeySource
from gateway.tokens.prove import BearerBinding
from gateway.watch import Sinks, Watched
from tests.unit.tokens.minting import AUDIENCE, ISSUER, NOW, FixedKeys, mint

OAUTH = {
    "type": "oauth2",
    "flows": {
        "clientCredentials": {
            "tokenUrl": "/o/token/",
            "scopes": {"read": "see", "write": "change", "admin": "everything"},
        }
    },
}
OK = {"200": {"description": "ok"}}


def operation(security: Any = None, **members: Any) -> dict[str, Any]:
    """An Operation object; without `security` it is public on purpose."""
    return {"security": security or [], "responses": OK, **members}


def document(paths: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A whole document; `schemes` are its security schemes."""
    schemes = more.pop("schemes", {"oauth": OAUTH})
    return {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": paths,
        "components": {"securitySchemes": schemes, **more.pop("components", {})},
        **more,
    }


def read(text: Mapping[str, Any]) -> ApiDescription:
    """Read a document as from standard input."""
    return read_description("-", stdin=lambda: json.dumps(text).encode())


def settings_of(schemes: Mapping[str, Any] | None = None, **flags: str) -> Settings:
    """Settings whose own issuer is the one that test tokens name."""
    return load_settings(
        flags={"issuer": ISSUER, "audience": AUDIENCE, **flags},
        environment={},
        file={"schemes": schemes or {}},
    )


def loaded(text: Mapping[str, Any], settings: Settings | None = None) -> LoadedDocument:
    """Load a document."""
    return load_document(read(text), settings or settings_of())


class NobodyKnown:
    """A credential source that knows nobody, and counts who asks."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def session(
        self, _cookie: str, _evidence: CsrfEvidence
    ) -> Proven | Refused | Uncheckable | None:
        self.asked.append("session")
        return None

    async def api_key(
        self, _scheme: SchemeName, _key: str, *, evidence: CsrfEvidence | None
    ) -> Proven | Refused | Uncheckable:
        self.asked.append("api_key")
        return Refused(TokenFault.UNKNOWN_CREDENTIAL)

    async def basic(
        self, _user: str, _password: str, *, address: str
    ) -> Proven | Refused | Uncheckable:
        self.asked.append("basic")
        return Refused(TokenFault.UNKNOWN_CREDENTIAL)


def ruleset_of(document_: LoadedDocument, keys: KeySource | None = None) -> Ruleset:
    """A ruleset whose bearer schemes all take keys from one source."""
    source = keys or FixedKeys()
    return build_ruleset(
        document_,
        {name: BearerBinding(trust, source) for name, trust in document_.trusts.bearers.items()},
    )


@dataclass(frozen=True, slots=True)
class Gateway:
    """An application, the guard that judges for it, and how a document is served by it."""

    app: Entry
    guard: Guard
    serve: Callable[[Ruleset], Served]

    @property
    def ruleset(self) -> Ruleset:
        """What rules at this moment."""
        return self.app.served.ruleset

    def swap(self, ruleset: Ruleset) -> None:
        """Let another ruleset rule, by one assignment."""
        self.app.served = self.serve(ruleset)


@dataclass
class Decisions:
    """A sink that remembers what it was told."""

    told: list[Decision] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    unrouted_statuses: list[int] = field(default_factory=list)

    def watch(self, decision: Decision) -> "Remembered":
        return Remembered(decision, self)

    def unrouted(self, _request: Watched, status: int) -> None:
        self.unrouted_statuses.append(status)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is remembered of one decision."""

    decision: Decision
    by: Decisions

    def decided(self, _request: Watched) -> None:
        self.by.told.append(self.decision)

    def answered(self, _request: Watched, status: int, _seconds: float) -> None:
        self.by.statuses.append(status)


DOCUMENT = Link("document", "the document", "/openapi.yaml", "", is_page=False)
PLACES = Places("http://localhost:8000", links=(), of_document=(DOCUMENT,))


def gateway(
    text: Mapping[str, Any],
    *handlers: Callable[..., Any],
    keys: KeySource | None = None,
    credentials: CredentialSource | None = None,
    sinks: Sinks = (),
    resources: Mapping[str, Any] | None = None,
    mocks: bool = False,
    timeout: float = 5.0,
    response_validation: str = "off",
    settings: Settings | None = None,
    max_body_bytes: int = 10_000,
    shows_detail: bool = True,
    token_service: ASGIApp | None = None,
    on_shutdown: Sequence[Any] = (),
    through_frame: bool = False,
) -> Gateway:
    """Put a gateway together as the roof does."""
    guard = Guard(credentials=credentials or NobodyKnown(), clock=lambda: NOW)

    def serve(ruleset: Ruleset) -> Served:
        description = ruleset.document.description
        endpoints = build_endpoints(
            description,
            match_handlers(handlers, description.operations),
            resources=resources or {},
            otherwise=Unhandled.EXAMPLE if mocks else Unhandled.NOBODY,
            max_body_bytes=max_body_bytes,
            timeout=timeout,
            response_validation=response_validation,
        )
        return serve_document(
            ruleset,
            endpoints,
            guard=guard,
            settle=Settle(sinks, shows_detail=shows_detail),
            pages=published_pages(Readers(ruleset, guard), PLACES),
            through_frame=through_frame,
        )

    first = serve(ruleset_of(loaded(text, settings), keys))
    entry = Entry(first, token_service=token_service, on_shutdown=on_shutdown)
    return Gateway(entry, guard, serve)


def bearer(scope: str = "", **claims: Any) -> dict[str, str]:
    """The header of a caller with a valid token."""
    return {"authorization": f"Bearer {mint(scope=scope, **claims)}"}
