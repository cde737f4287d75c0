"""The resource owner password credentials grant (RFC 6749 s4.3), for confidential clients."""

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidScopeError
from authlib.oauth2.rfc6749.grants import ResourceOwnerPasswordCredentialsGrant

from token_service.entities import GrantType, Login, User, normalise_username
from token_service.errors import ScopeError
from token_service.grants.context import GrantContext
from token_service.grants.issue import (
    TokenBody,
    allowed_resource,
    allowed_scopes,
    issue_tokens,
    new_family,
    stored_form,
)
from token_service.grants.request import TokenRequest, client_of
from token_service.scopes import choose_scopes, join_scopes
from token_service.store.families import begin_family
from token_service.store.users import find_login
from token_service.throttle import ADDRESS_WAITS, address_key, password_key


class PasswordGrant(ResourceOwnerPasswordCredentialsGrant):
    """Authlib's order of checks: client, its right to the grant, user, scope."""

    request: TokenRequest
    #: whose password was found right, and against which hash
    _checked: Login | None = None

    def authenticate_user(self, username: str, password: str) -> User:
        """The user, if name and password are his; an unknown name costs as much as a known one."""
        context, now = self._context, self.request.now
        key = password_key(username, client_id=client_of(self.request).client_id)
        address = address_key(self.request.peer)
        for each in (key, address):
            context.throttle.admit(each, now=now)
        login = find_login(context.engine, normalise_username(username))
        proven = context.hasher.matches(login.password_hash if login else None, password)
        if login is None or not proven or not login.user.is_active:
            context.throttle.fail(key, now=now)
            context.throttle.fail(address, now=now, waits=ADDRESS_WAITS)
            raise InvalidGrantError()
        context.throttle.succeed(key, now=now)
        self._checked = login
        return login.user

    def validate_requested_scope(self) -> None:
        """Put the scope that is granted in place of the one asked."""
        user, client = self.request.user, client_of(self.request)
        allowed = allowed_scopes(self._context, GrantType.PASSWORD, client=client, user=user)
        try:
            chosen = choose_scopes(self.request.payload.scope, allowed=allowed)
        except ScopeError as error:
            raise InvalidScopeError() from error
        self.request.payload = self.request.payload.with_scope(join_scopes(chosen))

    def generate_token(
        self, user: User | None = None, scope: str | None = None, *_: object, **__: object
    ) -> TokenBody:
        """An access token, and a refresh token if the client may use one."""
        return issue_tokens(
            self._context,
            self.request,
            user=user,
            scope=scope or "",
            refresh=True,
            grant_id=self.request.grant_id,
            resource=self._resource(),
        )

    def save_token(self, token: TokenBody) -> None:
        """Begin a family."""
        context, user, checked = self._context, self.request.user, self._checked
        if user is None or checked is None:
            raise TypeError("the user is not authenticated yet")
        family = new_family(
            context,
            self.request,
            token,
            user=user,
            grant_type=GrantType.PASSWORD,
            resource=self._resource(),
        )
        first = stored_form(context, self.request, token, scope=str(token["scope"]))
        hashed = checked.password_hash
        if not begin_family(context.engine, family, first=first, password_hash=hashed):
            raise InvalidGrantError()

    def _resource(self) -> str | None:
        return allowed_resource(self._context, self.request.form.get("resource"))

    @property
    def _context(self) -> GrantContext:
        context: GrantContext = self.server.context
        return context
