"""What an authorization request asks for, and whether it may be asked (RFC 6749 s4.1.1).

Client and redirect URI come first: until both are known nothing is sent anywhere, and whoever
sits in front of the browser is told. Every later fault goes back to the client.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from token_service.entities import Client, GrantType
from token_service.errors import AuthorizationRefusedError, ScopeError, UnusableRequestError
from token_service.redirects import is_registered
from token_service.scopes import parse_scopes

#: a query over this many octets is not read
MAX_QUERY_BYTES = 8192
#: what S256 makes of any verifier (RFC 7636 s4.2): 32 octets in base64url
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
#: may be sent several times (RFC 8707 s2)
_REPEATABLE = frozenset({"resource"})
#: parameters of OpenID Connect that would change what is asked, and the codes that refuse them
_UNSUPPORTED = {
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "registration": "registration_not_supported",
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """A client that can be answered, and what else it sent."""

    client: Client
    #: where the answer goes
    redirect_uri: str
    state: str | None
    parameters: Mapping[str, Sequence[str]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """What a user may be asked."""

    #: as the request had it; None if it had none
    redirect_uri: str | None
    #: asked for; None leaves it to us
    scopes: tuple[str, ...] | None
    resource: str | None
    #: S256
    code_challenge: str
    #: nothing may be asked of the user (`prompt=none`)
    is_silent: bool


def read_recipient(query: bytes, *, find_client: Callable[[str], Client | None]) -> Recipient:
    """Who sent the query of the authorization endpoint, or an UnusableRequestError."""
    parameters = _parse(query)
    client = _client(parameters, find_client)
    return Recipient(
        client=client,
        redirect_uri=_redirect_uri(parameters, client),
        state=next(iter(parameters.get("state", [])), None),
        parameters=parameters,
    )


def read_authorization_request(recipient: Recipient) -> AuthorizationRequest:
    """What the recipient asks, or an AuthorizationRefusedError to send to it."""
    try:
        return _read(recipient)
    except _FaultError as fault:
        raise refusal(recipient, fault.code, str(fault)) from fault


def refusal(recipient: Recipient, code: str, message: str) -> AuthorizationRefusedError:
    """A refusal that is sent to the recipient; the message is ASCII without quotes."""
    return AuthorizationRefusedError(
        code, message, redirect_uri=recipient.redirect_uri, state=recipient.state
    )


class _FaultError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _parse(query: bytes) -> Mapping[str, Sequence[str]]:
    if len(query) > MAX_QUERY_BYTES:
        raise UnusableRequestError("the request is too long")
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100
        )
    except ValueError as error:
        raise UnusableRequestError("the request is not well-formed") from error
    parameters: dict[str, list[str]] = {}
    for name, value in pairs:
        if value:  # RFC 6749 s3.1: an empty one is treated as omitted
            parameters.setdefault(name, []).append(value)
    return parameters


def _client(
    parameters: Mapping[str, Sequence[str]], find_client: Callable[[str], Client | None]
) -> Client:
    named = parameters.get("client_id", [])
    if len(named) != 1:
        raise UnusableRequestError("the request does not name one client_id")
    client = find_client(named[0]) if named[0].isprintable() else None
    if client is None or not client.is_active:
        raise UnusableRequestError("the application that sent you here is not registered")
    return client


def _redirect_uri(parameters: Mapping[str, Sequence[str]], client: Client) -> str:
    named = parameters.get("redirect_uri", [])
    if len(named) > 1:
        raise UnusableRequestError("the request names several addresses to return to")
    if named:
        if not is_registered(named[0], client.redirect_uris):
            raise UnusableRequestError("the address to return to is not registered")
        return named[0]
    if len(client.redirect_uris) != 1:
        raise UnusableRequestError("the request does not say where to return to")
    return client.redirect_uris[0]


def _read(recipient: Recipient) -> AuthorizationRequest:
    for name, values in recipient.parameters.items():
        if len(values) > 1:
            code = "invalid_target" if name in _REPEATABLE else "invalid_request"
            raise _FaultError(code, "a parameter is sent more than once")
        if name in _UNSUPPORTED:
            raise _FaultError(_UNSUPPORTED[name], f"the parameter {name} is not supported")
    sent = {name: values[0] for name, values in recipient.parameters.items()}
    _check_response_type(sent, recipient.client)
    return AuthorizationRequest(
        redirect_uri=sent.get("redirect_uri"),
        scopes=_scopes(sent.get("scope")),
        resource=sent.get("resource"),
        code_challenge=_code_challenge(sent),
        is_silent=_is_silent(sent.get("prompt", "")),
    )


def _check_response_type(sent: Mapping[str, str], client: Client) -> None:
    if "response_type" not in sent:
        raise _FaultError("invalid_request", "the parameter response_type is missing")
    if sent["response_type"] != "code":
        raise _FaultError("unsupported_response_type", "only response_type=code is supported")
    if sent.get("response_mode", "query") != "query":
        raise _FaultError("invalid_request", "only response_mode=query is supported")
    if not client.may_use(GrantType.AUTHORIZATION_CODE):
        raise _FaultError("unauthorized_client", "the client may not use this grant")


def _scopes(text: str | None) -> tuple[str, ...] | None:
    try:
        return None if text is None else parse_scopes(text)
    except ScopeError as error:
        raise _FaultError("invalid_scope", "the scope is malformed") from error


def _code_challenge(sent: Mapping[str, str]) -> str:
    challenge = sent.get("code_challenge")
    if challenge is None:
        raise _FaultError("invalid_request", "the parameter code_challenge is missing, use PKCE")
    if sent.get("code_challenge_method") != "S256":
        raise _FaultError("invalid_request", "code_challenge_method must be S256")
    if not _CHALLENGE.fullmatch(challenge):
        raise _FaultError("invalid_request", "the code_challenge is not one that S256 makes")
    return challenge


def _is_silent(prompt: str) -> bool:
    """Whether nothing may be asked; other values (OpenID Connect s3.1.2.1) change nothing."""
    values = prompt.split(" ")
    if "none" in values and len(values) > 1:
        raise _FaultError("invalid_request", "prompt=none goes with no other value")
    return "none" in values
