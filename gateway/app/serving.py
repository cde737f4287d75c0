"""How this application serves a document: the same way at the start and at each reload."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from starlette.types import ASGIApp

import handlers.store
from gateway.app.accounts import TokenServiceAccounts
from gateway.app.composition import Composition
from gateway.app.docs_client import login_of
from gateway.app.editing import editor_pages
from gateway.app.handlers import demo_modules, handler_module
from gateway.app.operator import doors_of, operator_pages
from gateway.app.published import places_of, readers_of
from gateway.app.tokens import session_cookie_of
from gateway.app.watching import Watching
from gateway.bearers import kept_bearers
from gateway.bindings import Trusts
from gateway.edge.connexion_app import Endpoints
from gateway.edge.doors import Doors
from gateway.edge.editor.desk import Desk
from gateway.edge.elsewhere import Elsewhere
from gateway.edge.endpoints import Otherwise, Unhandled, build_endpoints, handler_threads
from gateway.edge.matrix.application import MatrixPage
from gateway.edge.matrix.form import PATH as MATRIX
from gateway.edge.pages import AnyPage, OwnPages, Page, page
from gateway.edge.proxy.door import UpstreamDoor, upstream_door
from gateway.edge.proxy.pool import Pool
from gateway.edge.published import published_pages
from gateway.edge.registry import Handler, marked_functions, match_handlers
from gateway.edge.resource_metadata import PATH as RESOURCE_METADATA
from gateway.edge.resource_metadata import resource_metadata
from gateway.edge.served import Served, serve_document, serve_nothing
from gateway.edge.threads import HandlerThreads
from gateway.edge.verdict import Settle
from gateway.errors import HandlerError
from gateway.guard import Guard, Ruleset, build_ruleset
from gateway.load import LoadedDocument
from gateway.settings import Settings
from gateway.spec.model import OperationKey, SchemeName
from gateway.tokens.prove import BearerBinding
from gateway.watch import Sinks
from token_service.app import TokenService

Bind = Callable[[Trusts], Mapping[SchemeName, BearerBinding]]


@dataclass(frozen=True, slots=True)
class Serving:
    """What stays the same whatever document is served."""

    settings: Settings
    composition: Composition
    guard: Guard
    tokens: TokenService
    #: gives each bearer scheme its keys
    bind: Bind
    watching: Watching
    #: the connections to the upstream, whatever document is served; None: there is none
    pool: Pool | None = None
    #: plain handlers run in them, whatever document is served
    threads: HandlerThreads = field(default_factory=handler_threads)
    #: where the document is edited; None: there is no editor
    desk: Desk | None = None

    @property
    def doors(self) -> Doors:
        """Who may see what is for the operator."""
        return doors_of(self.settings)

    def of(self, document: LoadedDocument, *, after: Ruleset | None = None) -> Served:
        """What serves a document; whatever is wrong with it or its handlers raises here.

        Schemes whose trust is that of the ruleset before keep their keys and revocations.
        """
        bearers = self.bind(document.trusts)
        if after is not None:
            bearers = kept_bearers(
                document.trusts, bearers, before=after.document.trusts, kept=after.bearers
            )
        return self.under(build_ruleset(document, bearers))

    def under(self, ruleset: Ruleset) -> Served:
        """What serves the document of a ruleset.

        Where the token service is served alone, no operation answers.
        """
        settings, document = self.settings, ruleset.document
        if settings.only == "tokens":
            return serve_nothing(ruleset, guard=self.guard, own=self._own({}, document))
        readers = readers_of(ruleset, settings, guard=self.guard, tokens=self.tokens)
        places = places_of(settings, self.doors, edits=self.desk is not None)
        editor = editor_pages(self.desk, document, self.doors)
        return serve_document(
            ruleset,
            self._endpoints(document),
            guard=self.guard,
            settle=Settle(
                self._sinks(document),
                shows_detail=settings.denial_detail == "full",
                resource_metadata=settings.public_url + RESOURCE_METADATA,
                observes=settings.observe,
            ),
            pages={**published_pages(readers, places, login=login_of(settings)), **editor.at_path},
            own=self._own({**_own_pages(document, settings, self.doors), **editor.below}, document),
            through_frame=self.composition.through_frame,
            elsewhere=self._elsewhere(document),
        )

    def answered(self, document: LoadedDocument) -> frozenset[OperationKey]:
        """The operations that a handler, the upstream or an example answers."""
        chosen = self.composition
        are_all = chosen.mocks or self.pool is not None
        return frozenset(document.policy.rules if are_all else _handlers(document, chosen))

    async def close(self) -> None:
        """End the connections that wait for requests to the upstream."""
        if self.pool is not None:
            await self.pool.close()

    def _own(self, pages: Mapping[str, AnyPage], document: LoadedDocument) -> ASGIApp:
        """What answers below `/-/` and at the well-known names."""
        for_operator = operator_pages(document, self.watching, self.doors)
        return self.doors.around(OwnPages({**pages, **for_operator}))

    def _endpoints(self, document: LoadedDocument) -> Endpoints:
        settings, chosen = self.settings, self.composition
        return build_endpoints(
            document.description,
            _handlers(document, chosen),
            resources=_resources(self.tokens) if chosen.with_demo_handlers else {},
            otherwise=self._otherwise(document),
            max_body_bytes=settings.body_max_bytes,
            timeout=settings.handler_timeout_seconds,
            response_validation="warn"
            if _would_enforce(settings)
            else settings.response_validation,
            tolerates=settings.tolerate,
            threads=self.threads,
        )

    def _otherwise(self, document: LoadedDocument) -> Otherwise:
        """Who answers where no handler does."""
        if self.pool is not None:
            return self._door(document, self.pool)
        return Unhandled.EXAMPLE if self.composition.mocks else Unhandled.NOBODY

    def _elsewhere(self, document: LoadedDocument) -> Elsewhere | None:
        """What takes requests for which there is no operation; None: they are refused."""
        if self.pool is None or not self.settings.observe:
            return None
        door = self._door(document, self.pool)
        return Elsewhere(door.unread_endpoint(""), self._sinks(document))

    def _sinks(self, document: LoadedDocument) -> Sinks:
        return (*self.watching.sinks, *self.composition.sinks_for(document))

    def _door(self, document: LoadedDocument, pool: Pool) -> UpstreamDoor:
        cookie = session_cookie_of(document)
        return upstream_door(document, self.settings, pool, session_cookie=cookie)


def _would_enforce(settings: Settings) -> bool:
    """Whether answers would be held back, if nothing were to be refused."""
    return settings.observe and settings.response_validation == "enforce"


def _own_pages(document: LoadedDocument, settings: Settings, doors: Doors) -> Mapping[str, AnyPage]:
    matrix = dict.fromkeys((MATRIX, f"{MATRIX}/"), MatrixPage(document))
    return {RESOURCE_METADATA: _resource_page(document, settings), **doors.behind(matrix)}


def _resource_page(document: LoadedDocument, settings: Settings) -> Page:
    public = settings.public_url
    documentation = f"{public}/openapi.yaml" if settings.docs == "public" else None
    metadata = resource_metadata(document, public_url=public, documentation=documentation)
    return page("application/json", json.dumps(metadata).encode())


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
