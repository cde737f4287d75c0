"""The refresh token grant (RFC 6749 s6): each token works once, and its reuse ends the family."""

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidScopeError, TokenMixin
from authlib.oauth2.rfc6749.grants import RefreshTokenGrant as ProtocolGrant

from token_service.entities import PresentedToken, User
from token_service.errors import ScopeError
from token_service.grants.context import GrantContext
from token_service.grants.issue import (
    TokenBody,
    access_expiry,
    allowed_resource,
    allowed_scopes,
    hash_token,
    issue_tokens,
    stored_form,
)
from token_service.grants.request import ProvenClient, TokenRequest, client_of
from token_service.scopes import join_scopes, parse_scopes
from token_service.store.families import find_refresh_token, revoke_family, rotate
from token_service.store.users import find_user


class RefreshCredential(TokenMixin):
    """A refresh token that may be spent, in the shape Authlib asks questions of."""

    def __init__(self, presented: PresentedToken) -> None:
        self.presented = presented

    def check_client(self, client: ProvenClient) -> bool:
        """Whether it was issued to the client."""
        return self.presented.client == client.client.id

    def get_scope(self) -> str:
        """The scope granted at first."""
        return self.presented.scope


class RefreshTokenGrant(ProtocolGrant):
    """Authlib's order of checks: client, its right to the grant, token, scope, user.

    Nothing is written before all of them hold; then `save_token` spends the token and stores its
    successor in one transaction, so that a request that fails on the way can be sent again.
    """

    INCLUDE_NEW_REFRESH_TOKEN = True
    request: TokenRequest

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshCredential:
        """The token, if this client may spend it; a spent one ends its family."""
        client = client_of(self.request)
        presented = find_refresh_token(self._context.engine, hash_token(refresh_token))
        if presented is None or presented.client != client.id:
            raise InvalidGrantError()
        if presented.is_used or not client.is_active:
            raise self._end_family(presented)
        if presented.is_revoked or presented.expires_at <= self.request.now:
            raise InvalidGrantError()
        return RefreshCredential(presented)

    def authenticate_user(self, refresh_token: TokenMixin) -> User:
        """The user as he is now; one who is gone or disabled ends the family."""
        presented = _presented(refresh_token)
        user = None if presented.user is None else find_user(self._context.engine, presented.user)
        if user is None or not user.is_active:
            raise self._end_family(presented)
        self.request.user = user
        return user

    def issue_token(self, user: User, refresh_token: TokenMixin) -> TokenBody:
        """A token for the scope asked or granted, as far as it can still be granted."""
        presented, client = _presented(refresh_token), client_of(self.request)
        try:
            wanted = parse_scopes(self.request.payload.scope or presented.scope)
        except ScopeError as error:
            raise InvalidScopeError() from error
        allowed = allowed_scopes(self._context, presented.grant_type, client=client, user=user)
        granted = [scope for scope in wanted if scope in allowed]
        if not granted:
            raise self._end_family(presented)
        asked = self.request.form.get("resource")
        # What was granted for our own API is not good for another one.
        granted_for = presented.resource or self._context.settings.audience
        return issue_tokens(
            self._context,
            self.request,
            user=user,
            scope=join_scopes(granted),
            refresh=True,
            grant_id=presented.grant_id,
            resource=allowed_resource(self._context, asked, granted=granted_for),
        )

    def save_token(self, token: TokenBody) -> None:
        """Spend the token and store its successor; whoever comes second ends the family."""
        presented, context = _presented(self.request.refresh_token), self._context
        successor = stored_form(context, self.request, token, scope=presented.scope)
        if successor is None:
            raise TypeError("a refresh is answered with a successor")
        rotated = rotate(
            context.engine,
            presented.id,
            family_id=presented.family_id,
            successor=successor,
            access_expires_at=access_expiry(context, self.request),
        )
        if not rotated:
            raise self._end_family(presented)

    def revoke_old_credential(self, refresh_token: TokenMixin) -> None:
        """Nothing is left to do: `save_token` has spent it."""

    def _end_family(self, presented: PresentedToken) -> InvalidGrantError:
        revoke_family(self._context.engine, presented.family_id, now=self.request.now)
        return InvalidGrantError()

    @property
    def _context(self) -> GrantContext:
        context: GrantContext = self.server.context
        return context


def _presented(token: TokenMixin | None) -> PresentedToken:
    if not isinstance(token, RefreshCredential):
        raise TypeError("the refresh token is not authenticated yet")
    return token.presented
