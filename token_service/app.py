"""The roof of the token service: puts its parts together and hands out what others need."""

import logging
import secrets
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp

from token_service.admin import Administration
from token_service.api_keys import ApiKeys
from token_service.audit import AuditEvent, AuditRecord, write_audit
from token_service.basic_users import BasicUsers
from token_service.claims import AccessTokenClaims
from token_service.device_authorization import DeviceAuthorization
from token_service.endpoints import (
    Endpoints,
    answer_fault,
    answer_http_error,
    answer_store_unavailable,
)
from token_service.errors import InvalidValueError, StoreUnavailableError
from token_service.grants.context import GrantContext
from token_service.keys import Keyring
from token_service.pages.applications import ApplicationPages
from token_service.pages.assets import asset_routes
from token_service.pages.authorized_tokens import AuthorizedTokenPages
from token_service.pages.consent_pages import ConsentPages
from token_service.pages.device import DevicePages
from token_service.pages.login import LoginPages
from token_service.pages.site import Site
from token_service.pages.visitor import Cookies
from token_service.passwords import SecretHasher
from token_service.ports import Clock, DeclaredScopes, OperationsOpenedBy
from token_service.revocation_feed import RevocationFeed
from token_service.revoking import Revoker
from token_service.scopes import join_scopes, parse_scopes
from token_service.sessions import Sessions
from token_service.settings import MAX_ACCESS_TOKEN_SECONDS, TokenServiceSettings
from token_service.store.engine import Engine
from token_service.throttle import Throttle

#: threads that pages may wait for the database in
PAGE_THREADS = 8


@dataclass(frozen=True, slots=True)
class TokenService:
    """A token service that is ready to answer."""

    #: answers every path under `/o/` and `/.well-known/oauth-authorization-server`
    asgi: ASGIApp
    keyring: Keyring
    administration: Administration
    sessions: Sessions
    #: keys of apiKey schemes, and users of basic ones, for whoever guards the API
    api_keys: ApiKeys
    basic_users: BasicUsers
    #: the origins of our own pages
    origins: frozenset[str]
    #: the name of the cookie that a login session travels in
    session_cookie: str
    #: which access tokens are revoked, for whoever verifies them
    revocations: RevocationFeed
    _settings: TokenServiceSettings = field(repr=False)
    _clock: Clock = field(repr=False)

    @property
    def revoker(self) -> Revoker:
        """Takes tokens back for an operator."""
        return Revoker(self.administration.engine, self.keyring, self._clock)

    def mint(self, subject: str, scopes: Collection[str], *, client_id: str, ttl: int) -> str:
        """A signed access token for any subject and scopes; `ttl` in seconds, audited.

        Nothing is looked up: whoever calls this holds the keys anyway. A life for longer than
        revocations are kept is an InvalidValueError.
        """
        if ttl > MAX_ACCESS_TOKEN_SECONDS:
            raise InvalidValueError(
                "ttl",
                f"an access token lives for {MAX_ACCESS_TOKEN_SECONDS} seconds (31 days) at most,"
                " so long it can be revoked",
            )
        scope = join_scopes(parse_scopes(join_scopes(scopes))) if scopes else ""
        now, jti = int(self._clock()), secrets.token_urlsafe(16)
        claims = AccessTokenClaims(
            issuer=self._settings.issuer,
            audience=self._settings.audience,
            subject=subject,
            client_id=client_id,
            scope=scope,
            jti=jti,
            issued_at=now,
            lifetime=ttl,
        )
        token = self.keyring.sign(claims.to_payload())
        write_audit(
            AuditRecord(
                event=AuditEvent.MINTED,
                time=now,
                client_id=client_id,
                subject=subject,
                scope=scope,
                jti=jti,
            )
        )
        return token


def create_token_service(
    settings: TokenServiceSettings,
    *,
    engine: Engine,
    keyring: Keyring,
    declared: DeclaredScopes,
    words: OperationsOpenedBy,
    clock: Clock = time.time,
) -> TokenService:
    """Put a token service together; the database has been migrated, the engine is shared."""
    # Authlib writes issued tokens to its logger at DEBUG.
    logging.getLogger("authlib").setLevel(logging.WARNING)
    hasher = SecretHasher(settings.argon2)
    context = GrantContext(
        settings=settings,
        engine=engine,
        keyring=keyring,
        declared=declared,
        hasher=hasher,
        throttle=Throttle(engine),
        clock=clock,
    )
    sessions = Sessions(engine, clock)
    administration = Administration(
        engine, hasher=hasher, clock=clock, insecure_http=settings.insecure_http
    )
    site, feed = _site(context, sessions, words), _revocations(context)
    return TokenService(
        asgi=_application(_routes(context, site, administration, feed)),
        keyring=keyring,
        administration=administration,
        sessions=sessions,
        api_keys=ApiKeys(engine, clock),
        basic_users=BasicUsers(engine, hasher, context.throttle, clock),
        origins=settings.origins,
        session_cookie=settings.session_cookie,
        revocations=feed,
        _settings=settings,
        _clock=clock,
    )


def _site(context: GrantContext, sessions: Sessions, words: OperationsOpenedBy) -> Site:
    settings = context.settings
    cookies = Cookies(settings.session_cookie, secure=settings.is_https, origins=settings.origins)
    limiter = CapacityLimiter(PAGE_THREADS)
    return Site(context, sessions=sessions, words=words, cookies=cookies, limiter=limiter)


def _routes(
    context: GrantContext, site: Site, administration: Administration, revocations: RevocationFeed
) -> list[Route]:
    return [
        *Endpoints(context, on_revoked=revocations.glance).routes(),
        *DeviceAuthorization(context).routes(),
        *asset_routes(),
        *LoginPages(site).routes(),
        *ConsentPages(site).routes(),
        *DevicePages(site).routes(),
        *ApplicationPages(site, administration).routes(),
        *AuthorizedTokenPages(site).routes(),
    ]


def _revocations(context: GrantContext) -> RevocationFeed:
    staleness = context.settings.revocation_staleness_seconds
    return RevocationFeed(context.engine, staleness_seconds=staleness, clock=context.clock)


def _application(routes: Sequence[Route]) -> ASGIApp:
    application = Starlette(
        routes=routes,
        exception_handlers={
            HTTPException: answer_http_error,
            StoreUnavailableError: answer_store_unavailable,
            Exception: answer_fault,
        },
    )
    # A redirect would repeat the Host that the sender chose.
    application.router.redirect_slashes = False
    return application
