"""Authlib's authorization server on our store, keys and clock (RFC 6749)."""

import secrets
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import cast

from authlib.oauth2 import OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidClientError

from token_service.answers import TokenAnswer, answer_error, protocol_error, token_answer
from token_service.audit import AuditEvent, AuditRecord, write_audit
from token_service.entities import Client, ClientType, GrantType
from token_service.errors import StoreUnavailableError, TooManyFailuresError
from token_service.grants.authorization_code import AuthorizationCodeGrant
from token_service.grants.client_credentials import ClientCredentialsGrant
from token_service.grants.context import GrantContext
from token_service.grants.device_code import DeviceCodeGrant
from token_service.grants.password import PasswordGrant
from token_service.grants.refresh_token import RefreshTokenGrant
from token_service.grants.request import ProvenClient, TokenRequest
from token_service.guard import PresentedClient, TokenForm
from token_service.introspection import IntrospectionEndpoint
from token_service.revocation import RevocationEndpoint
from token_service.store.clients import find_client
from token_service.throttle import secret_key

#: the names of the endpoints that tokens are handed back to
REVOCATION = RevocationEndpoint.ENDPOINT_NAME
INTROSPECTION = IntrospectionEndpoint.ENDPOINT_NAME


class TokenServer(AuthorizationServer):
    """Answers forms that passed the guard; blocks, so it is called in a thread."""

    def __init__(self, context: GrantContext) -> None:
        super().__init__()
        self.context = context
        for grant in (
            AuthorizationCodeGrant,
            ClientCredentialsGrant,
            DeviceCodeGrant,
            PasswordGrant,
            RefreshTokenGrant,
        ):
            self.register_grant(grant)
        self.register_endpoint(RevocationEndpoint)
        self.register_endpoint(IntrospectionEndpoint)

    def answer(self, form: TokenForm, peer: str) -> TokenAnswer:
        """A token or why not, written to the audit log; `peer` is the connected address."""
        request = TokenRequest(
            form,
            peer=peer,
            now=int(self.context.clock()),
            jti=secrets.token_urlsafe(16),
            grant_id=str(uuid.uuid4()),
        )
        try:
            # handle_response below decides what this returns; the stubs do not know that.
            answer = cast("TokenAnswer", self.create_token_response(request))
        except (TooManyFailuresError, StoreUnavailableError) as error:
            answer = answer_error(error)
        write_audit(_record(request, answer))
        return answer

    def answer_at(self, endpoint: str, form: TokenForm, peer: str) -> TokenAnswer:
        """The answer of one of the endpoints that take tokens; refusals are audited here."""
        now = int(self.context.clock())
        request = TokenRequest(form, peer=peer, now=now, jti="", grant_id="")
        try:
            # The stubs leave its types out; handle_response below decides.
            respond: Callable[..., TokenAnswer] = self.create_endpoint_response
            answer = respond(endpoint, request)
        except (TooManyFailuresError, StoreUnavailableError) as error:
            answer = answer_error(error)
        if answer.error is not None:
            write_audit(replace(_record(request, answer), endpoint=endpoint))
        return answer

    def authenticate_client(
        self,
        request: OAuth2Request,
        methods: Collection[str],  # noqa: ARG002 -- Authlib's signature; all of ours are allowed
        endpoint: str = "token",
    ) -> ProvenClient:
        """The client of a request: one way of presenting it, chosen by the guard.

        A disabled client gets as far as the refresh grant, which ends its families.
        """
        if not isinstance(request, TokenRequest) or request.presented is None:
            raise InvalidClientError()
        client = self._prove(request.presented, peer=request.peer, now=request.now)
        is_refresh = endpoint == "token" and request.payload.grant_type == GrantType.REFRESH_TOKEN
        if not client.is_active and not is_refresh:
            raise InvalidClientError()
        proven = ProvenClient(client)
        request.client = proven
        return proven

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        """The request is in Authlib's shape already."""
        return request

    def handle_response(
        self, status: int, body: Mapping[str, object], headers: Mapping[str, str]
    ) -> TokenAnswer:
        """A token, or what another endpoint says; refusals go through `handle_error_response`."""
        del status, headers
        return token_answer(cast("Mapping[str, str | int]", body))

    def handle_error_response(self, request: OAuth2Request, error: OAuth2Error) -> TokenAnswer:
        """A refusal; nothing a client sent is repeated in it."""
        del request
        return protocol_error(str(error.error), error.description)

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    def _prove(self, presented: PresentedClient, *, peer: str, now: int) -> Client:
        """The client, if the secret is its own, or it is public and presents none.

        A `client_id` is no secret (RFC 6749 s2.2): an unknown one costs no hash.
        """
        client = find_client(self.context.engine, presented.client_id)
        if client is None:
            raise InvalidClientError()
        if presented.secret is None:
            if client.type is not ClientType.PUBLIC:
                raise InvalidClientError()
            return client
        key, throttle = secret_key(client.client_id, peer=peer), self.context.throttle
        throttle.admit(key, now=now)
        if not self.context.hasher.matches(client.secret_hash, presented.secret):
            throttle.fail(key, now=now)
            raise InvalidClientError()
        throttle.succeed(key, now=now)
        return client


def _record(request: TokenRequest, answer: TokenAnswer) -> AuditRecord:
    client = request.client.client if isinstance(request.client, ProvenClient) else None
    subject = request.user.subject if request.user else None
    if answer.error is None and client and not subject:
        subject = client.subject
    grant_type = request.payload.grant_type
    scope = answer.body.get("scope")
    return AuditRecord(
        event=AuditEvent.REFUSED if answer.error else AuditEvent.ISSUED,
        time=request.now,
        grant_type=grant_type if grant_type in set(GrantType) else None,
        client_id=client.client_id if client else None,
        subject=subject,
        scope=None if scope is None else str(scope),
        jti=None if answer.error else request.jti,
        error=answer.error,
        status=answer.status,
    )
