"""One application put together: document, guard, Connexion, token service, handlers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from anyio import CapacityLimiter
from starlette.types import ASGIApp

from gateway.app.administration.mount import mount_administration
from gateway.app.composition import Composition
from gateway.app.credentials import LocalCredentials
from gateway.app.local_users import StoredUsers, with_local_users
from gateway.app.revocations import OwnRevocations
from gateway.app.serving import Serving
from gateway.app.tokens import open_tokens, session_cookie_of
from gateway.app.watching import watch_requests
from gateway.bearers import bind_keys, close_bearers
from gateway.bindings import Trusts
from gateway.edge.cors import Cors
from gateway.edge.doors import AdminListener, Doors
from gateway.edge.entry import Entry
from gateway.edge.trusted_peer import TrustedPeer
from gateway.errors import SettingsError
from gateway.guard import Guard
from gateway.load import LoadedDocument
from gateway.settings import Settings
from gateway.spec.model import OperationKey, SchemeName
from gateway.tokens.ports import CredentialSource
from gateway.tokens.prove import BearerBinding
from token_service.app import TokenService
from token_service.store.engine import Engine

#: threads that requests with a credential of the store may wait for the database in
SESSION_THREADS = 8


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
    #: how any document is served here
    serving: Serving


def _refuse_what_is_not_built(settings: Settings) -> None:
    """Stop rather than pass over a setting that people would rely on."""
    if settings.upstream:
        raise SettingsError(
            f"{settings.origins['upstream']}: this version does not serve `upstream`; leave it out"
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
    cookie = session_cookie_of(document)
    tokens = open_tokens(
        settings, engine, lambda: entry.served.ruleset.document, session_cookie=cookie
    )
    revocations = OwnRevocations(tokens.revocations)
    limiter = CapacityLimiter(SESSION_THREADS)
    watching = watch_requests(chosen, revocations, lambda: entry.served.ruleset.policy)
    guard = Guard(
        credentials=credentials or _local_credentials(settings, tokens, limiter),
        clock=chosen.clock,
        tokens=watching.metrics.tokens,
    )
    bind = partial(_bind, tokens, revocations, limiter, chosen.clock)
    serving = Serving(settings, chosen, guard, tokens, bind, watching)
    entry = _entry(serving, document, revocations)
    watching.metrics.loads.loaded(document.policy.digest)
    return Application(
        entry,
        document,
        tokens,
        served=_served(entry, settings, serving.doors),
        handled=serving.answered(document),
        serving=serving,
    )


def _entry(serving: Serving, document: LoadedDocument, revocations: OwnRevocations) -> Entry:
    """Where requests come in, with what begins and ends with it."""

    async def close_keys() -> None:
        await close_bearers(entry.served.ruleset.bearers)

    watching = serving.watching
    entry = Entry(
        serving.of(document),
        token_service=_with_administration(document, serving),
        on_startup=[revocations.start, watching.start],
        on_shutdown=[watching.end, revocations.stop, close_keys, watching.stop],
    )
    return entry


def _bind(
    tokens: TokenService,
    revocations: OwnRevocations,
    limiter: CapacityLimiter,
    clock: Callable[[], float],
    trusts: Trusts,
) -> Mapping[SchemeName, BearerBinding]:
    """Give each bearer scheme its keys; those of our own token service are at hand."""
    bound = bind_keys(trusts, embedded=tokens.keyring.jwks, clock=clock, revocations=revocations)
    return with_local_users(bound, StoredUsers(tokens.administration, limiter))


def _served(entry: Entry, settings: Settings, doors: Doors) -> ASGIApp:
    served: ASGIApp = entry
    if settings.cors_origins:
        served = Cors(entry, settings.cors_origins, entry.methods)
    if settings.trusted_proxies:
        served = TrustedPeer(served, settings.trusted_proxies)
    return served if doors.admin is None else AdminListener(served, doors)


def _with_administration(document: LoadedDocument, serving: Serving) -> ASGIApp | None:
    if not serving.settings.has_token_service:
        return None
    return mount_administration(
        serving.tokens,
        title=document.description.title,
        public_url=serving.settings.public_url,
        with_music=serving.composition.with_demo_handlers,
    )


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
