"""The device code grant at the token endpoint (RFC 8628 s3.4, s3.5)."""

from authlib.oauth2.rfc6749 import InvalidGrantError
from authlib.oauth2.rfc6749.errors import AccessDeniedError
from authlib.oauth2.rfc8628 import (
    AuthorizationPendingError,
    DeviceCredentialMixin,
    ExpiredTokenError,
    SlowDownError,
)
from authlib.oauth2.rfc8628 import DeviceCodeGrant as ProtocolGrant

from token_service.entities import DeviceCode, DeviceStatus, GrantType, User
from token_service.grants.context import GrantContext
from token_service.grants.issue import (
    TokenBody,
    bought,
    end_what_was_bought,
    hash_token,
    issue_granted,
)
from token_service.grants.request import TokenRequest, client_of
from token_service.store.devices import (
    family_of_device_code,
    find_device_code,
    poll_device_code,
)
from token_service.store.families import redeem_device_code
from token_service.store.users import find_user


class DeviceCredential(DeviceCredentialMixin):
    """A device's request, in the shape Authlib asks questions of."""

    def __init__(self, code: DeviceCode, *, client_id: str, now: int) -> None:
        self.code = code
        self._client_id = client_id
        self._now = now

    def get_client_id(self) -> str:
        """The client that asked; anyone else was told that there is no such code."""
        return self._client_id

    def get_scope(self) -> str:
        """The scope that the user granted."""
        return self.code.scope

    def is_expired(self) -> bool:
        """Whether the time to answer is over."""
        return self.code.expires_at <= self._now


class DeviceCodeGrant(ProtocolGrant):
    """Authlib's order of checks: client, its right to the grant, code, its client, the answer."""

    request: TokenRequest

    def query_device_credential(self, device_code: str) -> DeviceCredential:
        """The request with this code, if this client made it; a spent one ends what it bought."""
        context, client = self._context, client_of(self.request)
        code = find_device_code(context.engine, hash_token(device_code))
        if code is None or code.client != client.id:
            raise InvalidGrantError()
        if code.status is DeviceStatus.USED:
            raise self._end_what_it_bought(code)
        return DeviceCredential(code, client_id=client.client_id, now=self.request.now)

    def validate_device_credential(self, credential: DeviceCredential) -> User:
        """The user who said yes, as he is now; what else there is is an error of RFC 8628 s3.5."""
        code, context = credential.code, self._context
        if credential.is_expired():
            raise ExpiredTokenError()
        match code.status:
            case DeviceStatus.DENIED:
                raise AccessDeniedError()
            case DeviceStatus.PENDING:
                in_time = poll_device_code(context.engine, code, now=self.request.now)
                raise AuthorizationPendingError() if in_time else SlowDownError()
            case _:
                user = None if code.user is None else find_user(context.engine, code.user)
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
            GrantType.DEVICE_CODE,
            user=user,
            scope=scope or "",
            resource=self._credential.code.resource,
        )

    def save_token(self, token: TokenBody) -> None:
        """Spend the code and store what it buys; whoever comes second ends that."""
        context, code = self._context, self._credential.code
        family, first = bought(
            context,
            self.request,
            token,
            grant_type=GrantType.DEVICE_CODE,
            resource=code.resource,
        )
        if not redeem_device_code(context.engine, code.id, family, first=first):
            raise self._end_what_it_bought(code)

    def _end_what_it_bought(self, code: DeviceCode) -> InvalidGrantError:
        # Asked again: it may have been spent while this request was under way.
        family = family_of_device_code(self._context.engine, code.id)
        return end_what_was_bought(self._context, self.request, family)

    @property
    def _credential(self) -> DeviceCredential:
        if not isinstance(self.request.credential, DeviceCredential):
            raise TypeError("the device code is not authenticated yet")
        return self.request.credential

    @property
    def _context(self) -> GrantContext:
        context: GrantContext = self.server.context
        return context
