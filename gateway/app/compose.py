"""One application put together: document, guard, Connexion, token service, handlers."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from anyio import CapacityLimiter
from starlette.types import ASGIApp

from gateway.app.administration.mount import mount_administration
from gateway.app.composition import Composition
from gateway.app.docs_client import keeping_client
from gateway.app.editing import desk_of
from gateway.app.proving import SESSION_THREADS, bind_with_store, local_credentials
from gateway.app.reloading import Reloading
from gateway.app.revocations import OwnRevocations
from gateway.app.serving import Serving
from gateway.app.tokens import open_tokens, session_cookie_of
from gateway.app.watching import watch_requests
from gateway.bearers import close_bearers
from gateway.edge.cors import Cors
from gateway.edge.doors import AdminListener, Doors
from gateway.edge.entry import Entry
from gateway.edge.proxy.door import upstream_pool
from gateway.edge.trusted_peer import TrustedPeer
from gateway.errors import UsageError
from gateway.guard import Guard
from gateway.load import LoadedDocument
from gateway.settings import Settings
from gateway.spec.model import OperationKey
from gateway.tokens.ports import CredentialSource
from token_service.app import TokenService
from token_service.store.engine import Engine


@dataclass(frozen=True, slots=True)
class Application:
    """An application that is ready to serve."""

    asgi: Entry
    document: LoadedDocument
    tokens: TokenService
    #: what a server runs: the entry, with CORS around it if origins are configured
    served: ASGIApp
    #: how any document is served here
    serving: Serving
    #: how another one takes its place
    reloading: Reloading

    @property
    def handled(self) -> frozenset[OperationKey]:
        """The operations that a handler, the upstream or an example answers."""
        return self.serving.answered(self.document)


def _refuse(settings: Settings, chosen: Composition) -> None:
    """Stop rather than pass over what people would rely on."""
    if settings.upstream and chosen.mocks:
        raise UsageError("--mock and --upstream both answer what no handler does; leave out one")
    if settings.observe and (chosen.handlers or chosen.with_demo_handlers):
        whose = f"--handlers {chosen.handlers}" if chosen.handlers else "the demo's handlers"
        raise UsageError(f"--observe: {whose} would answer what is only looked at; leave out one")


def compose(
    document: LoadedDocument,
    settings: Settings,
    engine: Engine,
    *,
    composition: Composition | None = None,
    credentials: CredentialSource | None = None,
) -> Application:
    """Put an application together; whatever is wrong with document or handlers raises here."""
    chosen = composition or Composition()
    _refuse(settings, chosen)
    tokens = open_tokens(
        settings,
        engine,
        lambda: entry.served.ruleset.document,
        session_cookie=session_cookie_of(document),
    )
    revocations = OwnRevocations(tokens.revocations)
    limiter = CapacityLimiter(SESSION_THREADS)
    watching = watch_requests(
        chosen, revocations, lambda: reloading.ruling.policy, observes=settings.observe
    )
    guard = Guard(
        credentials=credentials or local_credentials(settings, tokens, limiter),
        clock=chosen.clock,
        tokens=watching.metrics.tokens,
    )
    bind = partial(bind_with_store, tokens, revocations, limiter, chosen.clock)
    serving = Serving(settings, chosen, guard, tokens, bind, watching, upstream_pool(settings))
    serving = _with_desk(serving, limiter)
    entry, reloading = _entry(serving, document, revocations)
    return Application(
        entry,
        document,
        tokens,
        served=_served(entry, settings, serving.doors),
        serving=serving,
        reloading=reloading,
    )


def _with_desk(serving: Serving, limiter: CapacityLimiter) -> Serving:
    """With the desk at which its document is edited, if it may be."""
    edited, settings = serving.composition.edited, serving.settings
    desk = desk_of(edited, settings, serving.tokens, limiter, serving.answered)
    return replace(serving, desk=desk)


def _entry(
    serving: Serving, document: LoadedDocument, revocations: OwnRevocations
) -> tuple[Entry, Reloading]:
    """Where requests come in, with what begins and ends with it."""

    async def close_keys() -> None:
        await close_bearers(entry.served.ruleset.bearers)

    async def start_reloading() -> None:
        await reloading.start()

    async def stop_reloading() -> None:
        await reloading.stop()

    watching = serving.watching
    watching.metrics.loads.loaded(document.policy.digest)
    keep_docs_client = keeping_client(serving.settings, serving.tokens.administration)
    entry = Entry(
        serving.of(document),
        token_service=_with_administration(serving, lambda: reloading.ruling.description.title),
        on_startup=[start_reloading, revocations.start, watching.start, keep_docs_client],
        on_shutdown=[
            watching.end,
            revocations.stop,
            stop_reloading,
            close_keys,
            serving.close,
            watching.stop,
        ],
    )
    reloading = Reloading(entry, serving)
    return entry, reloading


def _served(entry: Entry, settings: Settings, doors: Doors) -> ASGIApp:
    served: ASGIApp = entry
    if settings.cors_origins:
        served = Cors(entry, settings.cors_origins, entry.methods)
    if settings.trusted_proxies:
        served = TrustedPeer(served, settings.trusted_proxies)
    return served if doors.admin is None else AdminListener(served, doors)


def _with_administration(serving: Serving, title: Callable[[], str]) -> ASGIApp | None:
    if not serving.settings.has_token_service:
        return None
    return mount_administration(
        serving.tokens,
        title=title,
        public_url=serving.settings.public_url,
        with_music=serving.composition.with_demo_handlers,
    )
