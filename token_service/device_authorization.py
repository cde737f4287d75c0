"""`POST /o/device-authorization`: a device asks, and gets a code to show (RFC 8628 s3.1, s3.2)."""

import secrets
from collections.abc import Mapping
from typing import cast

from anyio import CapacityLimiter
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import (
    ClientMixin,
    InvalidScopeError,
    UnauthorizedClientError,
)
from authlib.oauth2.rfc8628 import DeviceAuthorizationEndpoint as ProtocolEndpoint
from starlette.routing import Route

from token_service.answers import TokenAnswer, answer_error, token_answer
from token_service.audit import AuditEvent, AuditRecord, write_audit
from token_service.entities import ClientType, GrantType
from token_service.errors import (
    ScopeError,
    StoreUnavailableError,
    TooManyFailuresError,
)
from token_service.form_endpoint import FormEndpoint
from token_service.grants.context import GrantContext
from token_service.grants.issue import allowed_resource, hash_token
from token_service.grants.offer import check_askable
from token_service.grants.request import ProvenClient, TokenRequest, client_of
from token_service.grants.user_codes import hash_user_code, make_user_code, read_user_code
from token_service.guard import TokenForm
from token_service.scopes import parse_scopes
from token_service.server import TokenServer
from token_service.store.devices import NewDeviceCode, insert_device_code
from token_service.throttle import ADDRESS_WAITS, device_key

PATH = "/o/device-authorization/"
#: threads that may wait for the database, or hash a client's secret
THREADS = 4
_GRANT = GrantType.DEVICE_CODE


class _Endpoint(ProtocolEndpoint):
    """Authlib's order of steps for one request: client, its right to ask, codes, storing them."""

    EXPIRES_IN = 600
    INTERVAL = 5

    def __init__(self, server: TokenServer, request: TokenRequest) -> None:
        super().__init__(server)
        self._server = server
        self._request = request
        self._context = server.context
        self._resource: str | None = None

    def authenticate_client(self, request: TokenRequest) -> ClientMixin:
        """The client, if it lists the grant and asks for what some user could give."""
        client = self._server.authenticate_client(request, (), self.ENDPOINT_NAME)
        if not client.check_grant_type(_GRANT):
            raise UnauthorizedClientError()
        self._count_if_public()
        scope, context = request.payload.scope, self._context
        try:
            asked = parse_scopes(scope) if scope else None
            check_askable(context, _GRANT, client=client.client, asked=asked)
        except ScopeError as error:
            raise InvalidScopeError() from error
        self._resource = allowed_resource(context, request.form.get("resource"))
        return client

    def generate_device_code(self) -> str:
        """256 random bits."""
        return secrets.token_urlsafe(32)

    def generate_user_code(self) -> str:
        """Letters to carry."""
        return make_user_code()

    def get_verification_uri(self) -> str:
        """The page that takes them."""
        return f"{self._context.settings.issuer}/device/"

    def save_device_credential(
        self,
        client_id: str,  # noqa: ARG002 -- Authlib's signature; the request has the client
        scope: str | None,
        data: Mapping[str, str],
    ) -> None:
        """Keep the hashes of both codes, and what is asked."""
        letters, now = read_user_code(data["user_code"]), self._request.now
        if letters is None:
            raise TypeError("this user code is none of ours")
        new = NewDeviceCode(
            device_code_hash=hash_token(data["device_code"]),
            user_code_hash=hash_user_code(letters),
            client=client_of(self._request).id,
            scope=scope or "",
            resource=self._resource,
            interval=self.INTERVAL,
            issued_at=now,
            expires_at=now + self.EXPIRES_IN,
        )
        insert_device_code(self._context.engine, new)

    def _count_if_public(self) -> None:
        """Anyone can ask in a public client's name, and each time something is stored."""
        client, now = client_of(self._request), self._request.now
        if client.type is ClientType.PUBLIC:
            key = device_key(client.client_id, peer=self._request.peer)
            self._context.throttle.admit(key, now=now)
            self._context.throttle.fail(key, now=now, waits=ADDRESS_WAITS)


class DeviceAuthorization:
    """The device authorization endpoint over HTTP."""

    def __init__(self, context: GrantContext) -> None:
        self._context = context
        self._server = TokenServer(context)
        self._limiter = CapacityLimiter(THREADS)

    def routes(self) -> list[Route]:
        """With and without the trailing slash; wrong methods are refused as the protocol has it."""
        endpoint = FormEndpoint(
            None,
            self._answer,
            name=_Endpoint.ENDPOINT_NAME,
            clock=self._context.clock,
            limiter=self._limiter,
        )
        any_method: list[str] = []
        paths = (PATH, PATH.rstrip("/"))
        return [Route(path, endpoint.respond, methods=any_method) for path in paths]

    def _answer(self, form: TokenForm, peer: str) -> TokenAnswer:
        now = int(self._context.clock())
        # No token and no grant comes of this, so they need no ids.
        request = TokenRequest(form, peer=peer, now=now, jti="", grant_id="")
        try:
            _, data, _ = _Endpoint(self._server, request)(request)
            answer = token_answer(cast("Mapping[str, str | int]", data))
        except OAuth2Error as error:
            answer = self._server.handle_error_response(request, error)
        except (TooManyFailuresError, StoreUnavailableError) as error:
            answer = answer_error(error)
        write_audit(_record(request, answer))
        return answer


def _record(request: TokenRequest, answer: TokenAnswer) -> AuditRecord:
    client = request.client.client if isinstance(request.client, ProvenClient) else None
    return AuditRecord(
        event=AuditEvent.REFUSED if answer.error else AuditEvent.DEVICE_ASKED,
        time=request.now,
        endpoint=_Endpoint.ENDPOINT_NAME,
        grant_type=_GRANT.value,
        client_id=client.client_id if client else None,
        error=answer.error,
        status=answer.status,
    )
