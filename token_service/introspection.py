"""The introspection endpoint's protocol (RFC 7662): what a token is worth, to whom it concerns."""

from authlib.oauth2.rfc6749 import ClientMixin, InvalidClientError
from authlib.oauth2.rfc7662 import IntrospectionEndpoint as ProtocolEndpoint

from token_service.access_tokens import IssuedToken, read_access_token
from token_service.entities import Client, ClientType, RevocationKind
from token_service.grants.context import GrantContext
from token_service.grants.request import TokenRequest, client_of
from token_service.store.clients import find_client
from token_service.store.engine import Engine
from token_service.store.revocations import is_revoked
from token_service.store.users import find_user_by_subject

Answer = dict[str, str | int]

_USER = "user:"
#: s2.2: nothing else is said, whatever the reason
_INACTIVE: Answer = {"active": False}


class IntrospectionEndpoint(ProtocolEndpoint):
    """Access tokens alone are told of, to their own client and to the server they are meant for.

    The database itself is asked whether a token was revoked. A token whose client or user the
    store does not know, or has disabled, is not active; a refresh token never is.
    """

    def authenticate_token(self, request: TokenRequest, client: ClientMixin) -> Answer | None:
        """What the caller may know of the token; None if that is nothing."""
        del client  # the request has it in our own shape
        caller = client_of(request)
        if caller.type is not ClientType.CONFIDENTIAL:
            raise InvalidClientError()
        context = self._context
        token = read_access_token(request.form["token"], context.keyring)
        if token is None or not _concerns(token, caller):
            return None
        is_ours = token.issuer == context.settings.issuer
        if not is_ours or token.expires_at <= request.now or _was_revoked(token, context.engine):
            return None
        return _describe(token, context.engine)

    def create_introspection_payload(self, token: Answer | None) -> Answer:
        """The answer (s2.2)."""
        return token or _INACTIVE

    @property
    def _context(self) -> GrantContext:
        context: GrantContext = self.server.context
        return context


def _concerns(token: IssuedToken, caller: Client) -> bool:
    """Whether the token was issued to the caller, or for it."""
    is_for_caller = caller.resource is not None and caller.resource == token.audience
    return is_for_caller or token.client_id == caller.client_id


def _was_revoked(token: IssuedToken, engine: Engine) -> bool:
    named = [
        (RevocationKind.JTI, token.jti),
        (RevocationKind.CLIENT, token.client_id),
        (RevocationKind.SUBJECT, token.subject),
    ]
    if token.grant_id is not None:
        named.append((RevocationKind.GRANT, token.grant_id))
    return is_revoked(engine, [(kind, value, token.issued_at) for kind, value in named])


def _describe(token: IssuedToken, engine: Engine) -> Answer | None:
    """The token as it is, if client and user are still there and may have it."""
    client = find_client(engine, token.client_id)
    if client is None or not client.is_active:
        return None
    described: Answer = {
        "active": True,
        **({"scope": token.scope} if token.scope else {}),
        "client_id": token.client_id,
        "token_type": "Bearer",
        "exp": token.expires_at,
        "iat": token.issued_at,
        "sub": token.subject,
        "aud": token.audience,
        "iss": token.issuer,
        "jti": token.jti,
    }
    if not token.subject.startswith(_USER):
        return described
    user = find_user_by_subject(engine, token.subject.removeprefix(_USER))
    return {**described, "username": user.username} if user and user.is_active else None
