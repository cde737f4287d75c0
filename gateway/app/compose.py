"""One application put together: document, guard, Connexion, token service, handlers."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import ModuleType
from typing import Any

from anyio import CapacityLimiter
from starlette.types import ASGIApp

import handlers.store
from gateway.app.accounts import TokenServiceAccounts
from gateway.app.administration.mount import mount_administration
from gateway.app.credentials import LocalCredentials
from gateway.app.handlers import demo_modules, handler_module
from gateway.app.local_users import StoredUsers, with_local_users
from gateway.app.revocations import OwnRevocations
from gateway.app.tokens import open_tokens, session_cookie_of
from gateway.bearers import bind_keys, close_bearers
from gateway.edge.connexion_app import Endpoints, build_connexion
from gateway.edge.cors import Cors
from gateway.edge.endpoints import build_endpoints
from gateway.edge.entry import Entry
from gateway.edge.nowhere import nowhere
from gateway.edge.pages import OwnPages, Page, own_pages, page
from gateway.edge.policy_middleware import DecisionSink
from gateway.edge.registry import Handler, marked_functions, match_handlers
from gateway.edge.resource_metadata import PATH as RESOURCE_METADATA
from gateway.edge.resource_metadata import resource_metadata
from gateway.edge.trusted_peer import TrustedPeer
from gateway.errors import HandlerError, SettingsError
from gateway.guard import Guard, build_ruleset
from gateway.load import LoadedDocument
from gateway.settings import Settings
from gateway.spec.model import OperationKey
from gateway.tokens.ports import CredentialSource
from token_service.app import TokenService
from token_service.store.engine import Engine

#: threads that requests with a credential of the store may wait for the database in
SESSION_THREADS = 8


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
    cookie = session_cookie_of(document)
    tokens = open_tokens(settings, engine, lambda: guard.ruleset.document, session_cookie=cookie)
    revocations = OwnRevocations(tokens.revocations)
    limiter = CapacityLimiter(SESSION_THREADS)
    bound = bind_keys(
        document.trusts,
        embedded=tokens.keyring.jwks,
        clock=chosen.clock,
        revocations=revocations,
    )
    bearers = with_local_users(bound, StoredUsers(tokens.administration, limiter))
    guard = Guard(
        build_ruleset(document, bearers),
        credentials=credentials or _local_credentials(settings, tokens, limiter),
        clock=chosen.clock,
    )
    entry = replace(
        _half(document, settings, guard, tokens=tokens, matched=matched, chosen=chosen),
        token_service=_with_administration(document, settings, tokens, chosen)
        if settings.has_token_service
        else None,
        on_startup=[revocations.start],
        on_shutdown=[revocations.stop, partial(close_bearers, bearers)],
    )
    answered = frozenset(document.policy.rules if chosen.mocks else matched)
    served = _served(entry, settings)
    return Application(entry, document, tokens, served=served, handled=answered)


def _served(entry: Entry, settings: Settings) -> ASGIApp:
    served: ASGIApp = entry
    if settings.cors_origins:
        served = Cors(entry, settings.cors_origins, entry.methods)
    return TrustedPeer(served, settings.trusted_proxies) if settings.trusted_proxies else served


def _half(
    document: LoadedDocument,
    settings: Settings,
    guard: Guard,
    *,
    tokens: TokenService,
    matched: Mapping[OperationKey, Handler],
    chosen: Composition,
) -> Entry:
    """The gateway's half; where the token service is served alone, no operation answers."""
    if settings.only == "tokens":
        return Entry(guard, nowhere, document.reserved)
    endpoints = _endpoints(document, settings, tokens, matched, chosen=chosen)
    return _entry(document, settings, guard, endpoints=endpoints, sinks=chosen.sinks)


def _endpoints(
    document: LoadedDocument,
    settings: Settings,
    tokens: TokenService,
    matched: Mapping[OperationKey, Handler],
    *,
    chosen: Composition,
) -> Endpoints:
    return build_endpoints(
        document.description,
        matched,
        resources=_resources(tokens) if chosen.with_demo_handlers else {},
        mocks=chosen.mocks,
        max_body_bytes=settings.body_max_bytes,
        timeout=settings.handler_timeout_seconds,
        response_validation=settings.response_validation,
        tolerates=settings.tolerate,
    )


def _entry(
    document: LoadedDocument,
    settings: Settings,
    guard: Guard,
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
        resource_metadata=settings.public_url + RESOURCE_METADATA,
    )
    pages = own_pages(
        document.description, _links(settings), shows_document=settings.docs == "public"
    )
    return Entry(
        guard,
        api,
        document.reserved,
        pages=pages,
        own=OwnPages({RESOURCE_METADATA: _resource_page(document, settings)}),
    )


def _with_administration(
    document: LoadedDocument, settings: Settings, tokens: TokenService, chosen: Composition
) -> ASGIApp:
    return mount_administration(
        tokens,
        title=document.description.title,
        public_url=settings.public_url,
        with_music=chosen.with_demo_handlers,
    )


def _resource_page(document: LoadedDocument, settings: Settings) -> Page:
    public = settings.public_url
    documentation = f"{public}/openapi.yaml" if settings.docs == "public" else None
    metadata = resource_metadata(document, public_url=public, documentation=documentation)
    return page("application/json", json.dumps(metadata).encode())


def _local_credentials(
    settings: Settings, tokens: TokenService, limiter: CapacityLimiter
) -> LocalCredentials:
    return LocalCredentials(
        tokens.sessions,
        tokens.api_keys,
        tokens.basic_users,
        issuer=settings.issuer,
        origins=tokens.origins,
        limiter=limiter,
    )


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


def _resources(tokens: TokenService) -> Mapping[str, Any]:
    return {
        "store": handlers.store.Store(tokens.administration.engine),
        "accounts": TokenServiceAccounts(tokens.administration),
    }


def _links(settings: Settings) -> Mapping[str, str]:
    public = settings.public_url
    tokens = {
        "token": f"{public}/o/token/",
        "jwks": f"{public}/o/.well-known/jwks.json",
        "metadata": f"{public}/.well-known/oauth-authorization-server/o",
    }
    return {
        "document": f"{public}/openapi.yaml",
        "document_json": f"{public}/openapi.json",
        **(tokens if settings.has_token_service else {}),
        "health": f"{public}/-/health",
    }
