"""The authorization code grant at the token endpoint (RFC 6749 s4.1.3), with PKCE (RFC 7636)."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode

from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, InvalidGrantError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant as ProtocolGrant

from token_service.entities import AuthorizationCode, GrantType, User
from token_service.grants.context import GrantContext
from token_service.grants.issue import (
    TokenBody,
    bought,
    end_what_was_bought,
    hash_token,
    issue_granted,
)
from token_service.grants.request import TokenRequest, client_of
from token_service.store.codes import family_of_code, find_code
from token_service.store.families import redeem_code
from token_service.store.users import find_user

#: RFC 7636 s4.1
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)


class CodeCredential(AuthorizationCodeMixin):
    """A code that may be spent, in the shape Authlib asks questions of."""

    def __init__(self, code: AuthorizationCode) -> None:
        self.code = code

    def get_redirect_uri(self) -> str | None:  # type: ignore[override]  # None: it was not sent
        """As the authorization request had it."""
        return self.code.redirect_uri

    def get_scope(self) -> str:
        """The scope that the user granted."""
        return self.code.scope


class AuthorizationCodeGrant(ProtocolGrant):
    """Authlib's order of checks: client, its right to the grant, code, redirect URI, user.

    Nothing is written before all of them hold; then `save_token` spends the code and stores what
    it buys in one transaction. A code that comes again ends what it bought (s4.1.2).
    """

    request: TokenRequest

    def query_authorization_code(self, code: str, client: ClientMixin) -> CodeCredential:
        """The code, if this client may spend it and proves that it asked for it."""
        del client  # the request has it in our own shape
        found = find_code(self._context.engine, hash_token(code))
        if found is None or found.client != client_of(self.request).id:
            raise InvalidGrantError()
        if found.is_used:
            raise self._end_what_it_bought(found)
        if found.expires_at <= self.request.now:
            raise InvalidGrantError()
        if not _proves(self.request.form.get("code_verifier"), found.code_challenge):
            raise InvalidGrantError()
        return CodeCredential(found)

    def authenticate_user(self, authorization_code: AuthorizationCodeMixin) -> User:
        """The user as he is now."""
        user = find_user(self._context.engine, _code(authorization_code).user)
        if user is None or not user.is_active:
            raise InvalidGrantError()
        return user

    def generate_token(
        self, user: User | None = None, scope: str | None = None, *_: object, **__: object
    ) -> TokenBody:
        """A token for what the user granted, as far as it can still be granted."""
        return issue_granted(
            self._context,
            self.request,
            GrantType.AUTHORIZATION_CODE,
            user=user,
            scope=scope or "",
            resource=_code(self.request.authorization_code).resource,
        )

    def save_token(self, token: TokenBody) -> None:
        """Spend the code and store what it buys; whoever comes second ends that."""
        context, code = self._context, _code(self.request.authorization_code)
        family, first = bought(
            context,
            self.request,
            token,
            grant_type=GrantType.AUTHORIZATION_CODE,
            resource=code.resource,
        )
        if not redeem_code(context.engine, code.id, family, first=first):
            raise self._end_what_it_bought(code)

    def delete_authorization_code(self, authorization_code: AuthorizationCodeMixin) -> None:
        """Nothing is left to do: `save_token` has spent it, and its reuse must be seen."""

    def _end_what_it_bought(self, code: AuthorizationCode) -> InvalidGrantError:
        # Asked again: it may have been spent while this request was under way.
        family = family_of_code(self._context.engine, code.id)
        return end_what_was_bought(self._context, self.request, family)

    @property
    def _context(self) -> GrantContext:
        context: GrantContext = self.server.context
        return context


def _code(credential: AuthorizationCodeMixin | None) -> AuthorizationCode:
    if not isinstance(credential, CodeCredential):
        raise TypeError("the authorization code is not authenticated yet")
    return credential.code


def _proves(verifier: str | None, challenge: str) -> bool:
    if verifier is None or not _VERIFIER.fullmatch(verifier):
        return False
    proven = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(proven, challenge.encode())
