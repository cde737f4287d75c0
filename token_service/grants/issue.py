"""Making the tokens of an answer: what may be granted, the claims, the signature, the refresh."""

import hashlib
import secrets

from token_service.claims import AccessTokenClaims
from token_service.entities import Client, GrantType, User
from token_service.grants.context import GrantContext
from token_service.grants.request import TokenRequest, client_of
from token_service.store.families import NewRefreshToken

TokenBody = dict[str, str | int]


def allowed_scopes(
    context: GrantContext, grant: GrantType, *, client: Client, user: User | None
) -> frozenset[str]:
    """Every scope that the grant may give this client and user now."""
    declared = client.ceiling.narrow(context.declared.for_grant(grant.value))
    return user.ceiling.narrow(declared) if user else declared


def issue_tokens(
    context: GrantContext, request: TokenRequest, *, user: User | None, scope: str, refresh: bool
) -> TokenBody:
    """The body of a token answer (RFC 6749 s5.1); the refresh token is not stored yet."""
    client = client_of(request)
    lifetime = context.settings.access_token_seconds
    claims = AccessTokenClaims(
        issuer=context.settings.issuer,
        audience=context.settings.audience,
        subject=user.subject if user else client.subject,
        client_id=client.client_id,
        scope=scope,
        jti=request.jti,
        issued_at=request.now,
        lifetime=lifetime,
    )
    body: TokenBody = {
        "access_token": context.keyring.sign(claims.to_payload()),
        "token_type": "Bearer",
        "expires_in": lifetime,
        "scope": scope,
    }
    if refresh and client.may_use(GrantType.REFRESH_TOKEN):
        body["refresh_token"] = secrets.token_urlsafe(32)
    return body


def hash_token(token: str) -> str:
    """The form in which a random token is stored; being random it needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def stored_form(
    context: GrantContext, request: TokenRequest, body: TokenBody, *, scope: str
) -> NewRefreshToken:
    """The refresh token of an answer as the store takes it."""
    return NewRefreshToken(
        token_hash=hash_token(str(body["refresh_token"])),
        scope=scope,
        issued_at=request.now,
        expires_at=request.now + context.settings.refresh_token_seconds,
    )
