"""Making the tokens of an answer: what may be granted, the claims, the signature, the refresh."""

import hashlib
import secrets

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidGrantError

from token_service.claims import AccessTokenClaims
from token_service.entities import Client, GrantType, User
from token_service.grants.context import GrantContext
from token_service.grants.request import TokenRequest, client_of
from token_service.scopes import join_scopes, parse_scopes
from token_service.store.clients import resources, touch_client
from token_service.store.families import NewFamily, NewRefreshToken, revoke_family

TokenBody = dict[str, str | int]


class InvalidTargetError(OAuth2Error):
    """The resource is unknown, or not the one that was granted (RFC 8707 s2)."""

    error = "invalid_target"


def allowed_scopes(
    context: GrantContext, grant: GrantType, *, client: Client, user: User | None
) -> frozenset[str]:
    """Every scope that the grant may give this client and user now."""
    declared = client.ceiling.narrow(context.declared.for_grant(grant.value))
    return user.ceiling.narrow(declared) if user else declared


def allowed_resource(
    context: GrantContext, asked: str | None, *, granted: str | None = None
) -> str | None:
    """The audience to put into a token, None for our own (RFC 8707 s2).

    `granted` is what was asked when the grant was made: a token request may repeat it, and no
    more. Raises InvalidTargetError for an audience that is neither ours nor a resource server's.
    """
    if asked is None:
        return granted
    own = context.settings.audience
    if granted is not None and asked != granted:
        raise InvalidTargetError()
    if asked == own:
        return None
    if asked not in resources(context.engine):
        raise InvalidTargetError()
    return asked


def issue_tokens(
    context: GrantContext,
    request: TokenRequest,
    *,
    user: User | None,
    scope: str,
    refresh: bool,
    grant_id: str | None = None,
    resource: str | None = None,
) -> TokenBody:
    """The body of a token answer (RFC 6749 s5.1); the refresh token is not stored yet."""
    client = client_of(request)
    lifetime = context.settings.access_token_seconds
    touch_client(context.engine, client, now=request.now)
    claims = AccessTokenClaims(
        issuer=context.settings.issuer,
        audience=resource or context.settings.audience,
        subject=user.subject if user else client.subject,
        grant_id=grant_id,
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


def issue_granted(
    context: GrantContext,
    request: TokenRequest,
    grant: GrantType,
    *,
    user: User | None,
    scope: str,
    resource: str | None,
) -> TokenBody:
    """A token for what a user granted a while ago, as far as it can still be granted.

    `resource` is what he granted it for, None for our own API; nothing left: InvalidGrantError.
    """
    allowed = allowed_scopes(context, grant, client=client_of(request), user=user)
    granted = [each for each in parse_scopes(scope) if each in allowed]
    if not granted:
        raise InvalidGrantError()
    # What was granted for our own API is not good for another one.
    granted_for = resource or context.settings.audience
    return issue_tokens(
        context,
        request,
        user=user,
        scope=join_scopes(granted),
        refresh=True,
        grant_id=request.grant_id,
        resource=allowed_resource(context, request.form.get("resource"), granted=granted_for),
    )


def bought(
    context: GrantContext,
    request: TokenRequest,
    body: TokenBody,
    *,
    grant_type: GrantType,
    resource: str | None,
) -> tuple[NewFamily, NewRefreshToken | None]:
    """What a code buys, as the store takes it: the family, and its first refresh token."""
    if request.user is None:
        raise TypeError("the user is not authenticated yet")
    family = new_family(
        context, request, body, user=request.user, grant_type=grant_type, resource=resource
    )
    return family, stored_form(context, request, body, scope=str(body["scope"]))


def end_what_was_bought(
    context: GrantContext, request: TokenRequest, family: int | None
) -> InvalidGrantError:
    """End the family that a code bought which came again (RFC 6749 s4.1.2); the error to raise."""
    if family is not None:
        revoke_family(context.engine, family, now=request.now)
    return InvalidGrantError()


def hash_token(token: str) -> str:
    """The form in which a random token is stored; being random it needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def stored_form(
    context: GrantContext, request: TokenRequest, body: TokenBody, *, scope: str
) -> NewRefreshToken | None:
    """The refresh token of an answer as the store takes it; None if it has none."""
    if "refresh_token" not in body:
        return None
    return NewRefreshToken(
        token_hash=hash_token(str(body["refresh_token"])),
        scope=scope,
        issued_at=request.now,
        expires_at=request.now + context.settings.refresh_token_seconds,
    )


def new_family(
    context: GrantContext,
    request: TokenRequest,
    body: TokenBody,
    *,
    user: User,
    grant_type: GrantType,
    resource: str | None = None,
) -> NewFamily:
    """The grant that an answer begins, as the store takes it."""
    return NewFamily(
        client=client_of(request).id,
        user=user.id,
        grant_type=grant_type,
        public_id=request.grant_id,
        scope=str(body["scope"]),
        resource=resource,
        created_at=request.now,
        access_expires_at=access_expiry(context, request),
    )


def access_expiry(context: GrantContext, request: TokenRequest) -> int:
    """When the access token of a request's answer expires, in Unix seconds."""
    return request.now + context.settings.access_token_seconds
