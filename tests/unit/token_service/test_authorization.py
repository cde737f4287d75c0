"""Reading an authorization request: who can be answered at all, then what is asked."""

from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_service.authorization import (
    MAX_QUERY_BYTES,
    AuthorizationRequest,
    Recipient,
    read_authorization_request,
    read_recipient,
)
from token_service.entities import Client, ClientType, GrantType
from token_service.errors import AuthorizationRefusedError, UnusableRequestError
from token_service.scopes import Ceiling

URI = "https://radio.example/callback"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
GOOD = {
    "response_type": "code",
    "client_id": "radio",
    "redirect_uri": URI,
    "state": "xyz",
    "scope": "read create",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def client(
    *,
    uris: tuple[str, ...] = (URI,),
    active: bool = True,
    grants: frozenset[GrantType] = frozenset({GrantType.AUTHORIZATION_CODE}),
) -> Client:
    return Client(
        id=1,
        client_id="radio",
        name="Radio",
        type=ClientType.PUBLIC,
        grants=grants,
        ceiling=Ceiling(everything=True),
        redirect_uris=uris,
        resource=None,
        is_active=active,
        created_at=0,
        owner=None,
        last_used_at=None,
        secret_hash=None,
    )


RADIO = client()


def recipient_of(query: bytes, known: Client = RADIO) -> Recipient:
    return read_recipient(query, find_client=lambda name: known if name == "radio" else None)


def read(parameters: Mapping[str, str], known: Client = RADIO) -> AuthorizationRequest:
    return read_authorization_request(recipient_of(urlencode(parameters).encode(), known))


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in GOOD.items() if name not in names}


def test_a_good_request_is_read_whole() -> None:
    recipient = recipient_of(urlencode({**GOOD, "resource": "https://api"}).encode())

    request = read_authorization_request(recipient)

    assert (recipient.redirect_uri, recipient.state) == (URI, "xyz")
    assert request == AuthorizationRequest(
        redirect_uri=URI,
        scopes=("read", "create"),
        resource="https://api",
        code_challenge=CHALLENGE,
        is_silent=False,
    )


def test_what_may_be_left_out_is_none() -> None:
    recipient = recipient_of(urlencode(without("redirect_uri", "state", "scope")).encode())

    request = read_authorization_request(recipient)

    assert (recipient.redirect_uri, recipient.state) == (URI, None)
    assert (request.redirect_uri, request.scopes, request.resource) == (None, None, None)


@pytest.mark.parametrize("more", ["foo=bar", "nonce=1", "prompt=login", "display=popup", "=x", "x"])
def test_unknown_parameters_change_nothing(more: str) -> None:
    query = f"{urlencode(GOOD)}&{more}".encode()

    assert read_authorization_request(recipient_of(query)) == read(GOOD)


@pytest.mark.parametrize(
    "query",
    [
        b"",
        urlencode(without("client_id")).encode(),
        urlencode({**GOOD, "client_id": "nobody"}).encode(),
        urlencode({**GOOD, "client_id": "radio\0"}).encode(),
        urlencode({**GOOD, "client_id": ""}).encode(),
        urlencode(GOOD).encode() + b"&client_id=radio",
        urlencode(GOOD).encode() + b"&client_id=other",
        urlencode({**GOOD, "redirect_uri": "https://evil.example/"}).encode(),
        urlencode(GOOD).encode() + b"&redirect_uri=https://evil.example/",
        urlencode({**GOOD, "state": "x" * MAX_QUERY_BYTES}).encode(),
        urlencode(GOOD).encode() + b"&x=%ff",
        urlencode(GOOD).encode() + b"&x=\xff",
        urlencode(GOOD).encode() + b"&x=1" * 101,
    ],
    ids=[
        "nothing",
        "no client",
        "unknown client",
        "client with NUL",
        "empty client",
        "the client twice",
        "two clients",
        "foreign redirect URI",
        "two redirect URIs",
        "too long",
        "coded bad UTF-8",
        "bad octets",
        "too many parameters",
    ],
)
def test_while_nobody_can_be_answered_nobody_is(query: bytes) -> None:
    with pytest.raises(UnusableRequestError):
        recipient_of(query)


def test_a_disabled_client_is_none() -> None:
    with pytest.raises(UnusableRequestError):
        read(GOOD, client(active=False))


@pytest.mark.parametrize("uris", [("https://a/", "https://b/"), ()], ids=["two", "none"])
def test_a_redirect_uri_may_be_left_out_only_if_there_is_one(uris: tuple[str, ...]) -> None:
    with pytest.raises(UnusableRequestError):
        read(without("redirect_uri"), client(uris=uris))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"response_type": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unsupported_response_type"),
        ({"response_type": "Code"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": CHALLENGE[:-1]}, "invalid_request"),
        ({"code_challenge": CHALLENGE + "="}, "invalid_request"),
        ({"code_challenge": CHALLENGE[:-1] + "+"}, "invalid_request"),
        ({"code_challenge": CHALLENGE[:-1] + "\u0663"}, "invalid_request"),
        ({"scope": "read  create"}, "invalid_scope"),
        ({"scope": "read\tcreate"}, "invalid_scope"),
        ({"scope": 'a"b'}, "invalid_scope"),
        ({"scope": " "}, "invalid_scope"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": "https://evil.example/"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"prompt": "none login"}, "invalid_request"),
    ],
    ids=str,
)
def test_other_faults_go_back_to_the_client(change: dict[str, str], code: str) -> None:
    with pytest.raises(AuthorizationRefusedError) as caught:
        read({**GOOD, **change})

    assert caught.value.code == code
    assert (caught.value.redirect_uri, caught.value.state) == (URI, "xyz")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("scope=read", "invalid_request"),
        ("state=xyz", "invalid_request"),
        ("code_challenge=x", "invalid_request"),
        ("%22%5C%E2%82%AC=1&%22%5C%E2%82%AC=2", "invalid_request"),
        ("resource=https://a&resource=https://b", "invalid_target"),
    ],
)
def test_a_parameter_sent_twice_goes_back_with_nothing_of_it_repeated(more: str, code: str) -> None:
    with pytest.raises(AuthorizationRefusedError) as caught:
        read_authorization_request(recipient_of(f"{urlencode(GOOD)}&{more}".encode()))

    assert (caught.value.code, str(caught.value)) == (code, "a parameter is sent more than once")


def test_a_client_without_the_grant_is_unauthorized() -> None:
    with pytest.raises(AuthorizationRefusedError) as caught:
        read(GOOD, client(grants=frozenset({GrantType.DEVICE_CODE})))

    assert caught.value.code == "unauthorized_client"


@pytest.mark.parametrize(("prompt", "silent"), [("none", True), ("login", False), ("NONE", False)])
def test_a_request_may_ask_that_nothing_is_asked(prompt: str, silent: bool) -> None:
    assert read({**GOOD, "prompt": prompt}).is_silent is silent


@given(st.binary(max_size=300))
def test_any_query_is_read_or_refused(query: bytes) -> None:
    for prefix in (b"", urlencode(GOOD).encode() + b"&", b"client_id=radio&"):
        try:
            read_authorization_request(recipient_of(prefix + query))
        except UnusableRequestError:
            continue
        except AuthorizationRefusedError as error:
            message = str(error)
            assert message.isascii()
            assert not set(message) & {'"', "\\"}


def test_no_repr_shows_the_state() -> None:
    recipient = recipient_of(urlencode({**GOOD, "foo": "very-secret"}).encode())

    assert "very-secret" not in repr(recipient)
