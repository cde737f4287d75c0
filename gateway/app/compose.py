"""One application put together: document, guard, Connexion, token service, handlers."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from starlette.types import ASGIApp

import handlers.store
from gateway.app.accounts import TokenServiceAccounts
from gateway.app.handlers import demo_modules, handler_module
from gateway.app.tokens import open_tokens
from gateway.bearers import bind_keys
from gateway.edge.connexion_app import Endpoints, build_connexion
from gateway.edge.cors import Cors
from gateway.edge.endpoints import build_endpoints
from gateway.edge.entry import Entry
from gateway.edge.pages import own_pages
from gateway.edge.policy_middleware import DecisionSink
from gateway.edge.registry import Handler, marked_functions, match_handlers
from gateway.errors import HandlerError, SettingsError
from gateway.guard import Guard, build_ruleset
from gateway.load import LoadedDocument
from gateway.model import Proven, Refused, TokenFault
from gateway.settings import Settings
from gateway.spec.model import OperationKey, SchemeName
from gateway.tokens.ports import CredentialSource
from token_service.app import TokenService
from token_service.store.engine import Engine


@dataclass(frozen=True, slots=True)
class Composition:
    """What may be chosen when an application is put together."""

    #: the module that `--handlers` names
    handlers: str | None = None
    #: the demo's own handlers answer
    with_demo_handlers: bool = False
    #: operations without a handler answer with the documented example
    mocks: bool = False
    sinks: tuple[DecisionSink, ...] = ()
    clock: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True)
class Application:
    """An application that is ready to serve."""

    asgi: Entry
    document: LoadedDocument
    tokens: TokenService
    #: what a server runs: the entry, with CORS around it if origins are configured
    served: ASGIApp
    #: operations that a handler or an example answers
    handled: frozenset[OperationKey]


class NoCredentials:
    """A credential source without sessions, API keys and basic users: it knows nobody."""

    async def session(self, _cookie: str) -> None:
        """Know no session: a cookie is as if absent."""

    async def api_key(self, _scheme: SchemeName, _key: str) -> Proven | Refused:
        """Know no key."""
        return Refused(TokenFault.UNKNOWN_CREDENTIAL)

    async def basic(self, _user: str, _password: str) -> Proven | Refused:
        """Know no user."""
        return Refused(TokenFault.UNKNOWN_CREDENTIAL)


def _refuse_what_is_not_built(settings: Settings) -> None:
    """Stop rather than pass over a setting that people would rely on."""
    if settings.upstream or settings.admin_bind:
        name = "upstream" if settings.upstream else "admin_bind"
        raise SettingsError(
            f"{settings.origins[name]}: this version does not serve `{name}`; leave it out"
        )


def compose(
    document: LoadedDocument,
    settings: Settings,
    engine: Engine,
    *,
    composition: Composition | None = None,
    credentials: CredentialSource | None = None,
) -> Application:
    """Put an application together; whatever is wrong with document or handlers raises here."""
    _refuse_what_is_not_built(settings)
    chosen = composition or Composition()
    matched = _handlers(document, chosen)
    tokens = open_tokens(settings, engine, lambda: guard.ruleset.document)
    bearers = bind_keys(document.trusts, embedded=tokens.keyring.jwks, clock=chosen.clock)
    guard = Guard(
        build_ruleset(document, bearers),
        credentials=credentials or NoCredentials(),
        clock=chosen.clock,
    )
    resources = _resources(engine, tokens) if chosen.with_demo_handlers else {}
    endpoints = build_endpoints(
        document.description,
        matched,
        resources=resources,
        mocks=chosen.mocks,
        max_body_bytes=settings.body_max_bytes,
        timeout=settings.handler_timeout_seconds,
    )
    entry = _entry(document, settings, guard, tokens, endpoints=endpoints, sinks=chosen.sinks)
    served = Cors(entry, settings.cors_origins) if settings.cors_origins else entry
    answered = document.policy.rules if chosen.mocks else matched
    return Application(entry, document, tokens, served=served, handled=frozenset(answered))


def _entry(
    document: LoadedDocument,
    settings: Settings,
    guard: Guard,
    tokens: TokenService,
    *,
    endpoints: Endpoints,
    sinks: tuple[DecisionSink, ...],
) -> Entry:
    api = build_connexion(
        document.description.operations,
        endpoints,
        guard=guard,
        sinks=sinks,
        shows_detail=settings.denial_detail == "full",
    )
    pages = own_pages(
        document.description, _links(settings), shows_document=settings.docs == "public"
    )
    return Entry(guard, api, document.reserved, token_service=tokens.asgi, pages=pages)


def _handlers(document: LoadedDocument, composition: Composition) -> Mapping[OperationKey, Handler]:
    modules: list[ModuleType] = []
    if composition.with_demo_handlers:
        modules += demo_modules()
    if composition.handlers:
        modules.append(handler_module(composition.handlers))
    functions = [function for module in modules for function in marked_functions(module)]
    if composition.handlers and not marked_functions(modules[-1]):
        raise HandlerError(f"--handlers {composition.handlers}: no function is marked @operation")
    return match_handlers(functions, document.description.operations)


def _resources(engine: Engine, tokens: TokenService) -> Mapping[str, Any]:
    return {
        "store": handlers.store.Store(engine),
        "accounts": TokenServiceAccounts(tokens.administration),
    }


def _links(settings: Settings) -> Mapping[str, str]:
    public = settings.public_url
    return {
        "document": f"{public}/openapi.yaml",
        "document_json": f"{public}/openapi.json",
        "token": f"{public}/o/token/",
        "jwks": f"{public}/o/.well-known/jwks.json",
        "metadata": f"{public}/.well-known/oauth-authorization-server/o",
        "health": f"{public}/-/health",
    }
