"""The revocation endpoint's protocol (RFC 7009): a client takes back a token of its own."""

from authlib.oauth2.rfc6749 import ClientMixin, InvalidGrantError
from authlib.oauth2.rfc7009 import RevocationEndpoint as ProtocolEndpoint

from token_service.access_tokens import IssuedToken, read_access_token
from token_service.audit import AuditEvent, AuditRecord, write_audit
from token_service.entities import PresentedToken, RevocationKind
from token_service.grants.context import GrantContext
from token_service.grants.issue import hash_token
from token_service.grants.request import TokenRequest, client_of
from token_service.store.families import find_refresh_token, revoke_family
from token_service.store.revocations import is_revoked, revoke_token

OwnToken = IssuedToken | PresentedToken


class RevocationEndpoint(ProtocolEndpoint):
    """An access token is revoked alone, a refresh token with its family and all it bought.

    What is no token of ours, or none any more, is answered like a success (s2.2). A token of
    another client stays as it is and is told to be none of the caller's: `invalid_grant` (s2.1).
    """

    def authenticate_token(self, request: TokenRequest, client: ClientMixin) -> OwnToken | None:
        """The token, if it is the client's; the hint plays no part (s2.1), its form tells all."""
        del client  # the request has it in our own shape
        caller, text = client_of(request), request.form["token"]
        refresh = find_refresh_token(self._context.engine, hash_token(text))
        if refresh is not None:
            return _owned(refresh, is_own=refresh.client == caller.id)
        access = read_access_token(text, self._context.keyring)
        if access is None or access.expires_at <= request.now:
            return None
        return _owned(access, is_own=access.client_id == caller.client_id)

    def revoke_token(self, token: OwnToken, request: TokenRequest) -> None:
        """End the token, once; what was ended before needs no second line."""
        engine = self._context.engine
        if isinstance(token, PresentedToken):
            if not token.is_revoked:
                revoke_family(engine, token.family_id, now=request.now)
                _audit(request, grant_id=token.grant_id)
        elif not is_revoked(engine, [(RevocationKind.JTI, token.jti, token.issued_at)]):
            revoke_token(engine, token.jti, expires_at=token.expires_at)
            _audit(request, jti=token.jti, grant_id=token.grant_id)

    @property
    def _context(self) -> GrantContext:
        context: GrantContext = self.server.context
        return context


def _owned(token: OwnToken, *, is_own: bool) -> OwnToken:
    if not is_own:
        raise InvalidGrantError()
    return token


def _audit(request: TokenRequest, *, jti: str | None = None, grant_id: str | None = None) -> None:
    write_audit(
        AuditRecord(
            event=AuditEvent.REVOKED,
            time=request.now,
            client_id=client_of(request).client_id,
            jti=jti,
            grant_id=grant_id,
        )
    )
