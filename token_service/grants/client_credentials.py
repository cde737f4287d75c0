"""The client credentials grant (RFC 6749 s4.4): a token of the client's own, never refreshed."""

from authlib.oauth2.rfc6749 import InvalidScopeError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant as ProtocolGrant

from token_service.entities import GrantType, User
from token_service.errors import ScopeError
from token_service.grants.context import GrantContext
from token_service.grants.issue import (
    TokenBody,
    allowed_resource,
    allowed_scopes,
    issue_tokens,
)
from token_service.grants.request import TokenRequest, client_of
from token_service.scopes import choose_scopes, join_scopes


class ClientCredentialsGrant(ProtocolGrant):
    """Authlib's order of checks: client, its right to the grant, scope."""

    request: TokenRequest

    def validate_requested_scope(self) -> None:
        """Put the scope that is granted in place of the one asked."""
        client = client_of(self.request)
        grant = GrantType.CLIENT_CREDENTIALS
        allowed = allowed_scopes(self._context, grant, client=client, user=None)
        try:
            chosen = choose_scopes(self.request.payload.scope, allowed=allowed)
        except ScopeError as error:
            raise InvalidScopeError() from error
        self.request.payload = self.request.payload.with_scope(join_scopes(chosen))

    def generate_token(
        self,
        user: User | None = None,  # noqa: ARG002 -- Authlib's signature; there is no user
        scope: str | None = None,
        *_: object,
        **__: object,
    ) -> TokenBody:
        """An access token alone."""
        resource = allowed_resource(self._context, self.request.form.get("resource"))
        return issue_tokens(
            self._context,
            self.request,
            user=None,
            scope=scope or "",
            refresh=False,
            resource=resource,
        )

    def save_token(self, token: TokenBody) -> None:
        """Nothing is kept: the token carries all there is to know."""

    @property
    def _context(self) -> GrantContext:
        context: GrantContext = self.server.context
        return context
