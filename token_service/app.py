"""The roof of the token service: puts its parts together and hands out what others need."""

import logging
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from token_service.admin import Administration
from token_service.audit import AuditEvent, AuditRecord, write_audit
from token_service.claims import AccessTokenClaims
from token_service.endpoints import (
    Endpoints,
    answer_fault,
    answer_http_error,
    answer_store_unavailable,
)
from token_service.errors import StoreUnavailableError
from token_service.grants.context import GrantContext
from token_service.keys import Keyring
from token_service.passwords import SecretHasher
from token_service.ports import Clock, DeclaredScopes
from token_service.scopes import join_scopes, parse_scopes
from token_service.settings import TokenServiceSettings
from token_service.store.engine import Engine
from token_service.throttle import Throttle


@dataclass(frozen=True, slots=True)
class TokenService:
    """A token service that is ready to answer."""

    #: answers every path under `/o/` and `/.well-known/oauth-authorization-server`
    asgi: ASGIApp
    keyring: Keyring
    administration: Administration
    _settings: TokenServiceSettings = field(repr=False)
    _clock: Clock = field(repr=False)

    def mint(self, subject: str, scopes: Collection[str], *, client_id: str, ttl: int) -> str:
        """A signed access token for any subject and scopes; `ttl` in seconds, audited.

        Nothing is looked up: whoever calls this holds the keys anyway.
        """
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
    return TokenService(
        asgi=_application(Endpoints(context)),
        keyring=keyring,
        administration=Administration(engine, hasher=hasher, clock=clock),
        _settings=settings,
        _clock=clock,
    )


def _application(endpoints: Endpoints) -> ASGIApp:
    application = Starlette(
        routes=endpoints.routes(),
        exception_handlers={
            HTTPException: answer_http_error,
            StoreUnavailableError: answer_store_unavailable,
            Exception: answer_fault,
        },
    )
    # A redirect would repeat the Host that the sender chose.
    application.router.redirect_slashes = False
    return application
