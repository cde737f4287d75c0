"""Attacks on what a backend is told: identities made up, credentials carried on, hops abused."""

import socket
from collections.abc import Sequence

import pytest

from tests.e2e.backend import Arrived, Backend
from tests.e2e.fronts import Front
from tests.e2e.servers import Server

#: names that a server behind may take for one of ours: CGI and WSGI turn what is no letter to `_`
_SPELLINGS = (
    "X-HTTP-Method-Override", "X_HTTP_Method_Override", "X-Original-URL", "X-Rewrite-URL",
    "Remote-User", "X-Remote-User",
    "X-Auth-Subject", "x-auth-subject", "X_Auth_Subject", "X-Auth_Subject", "x_auth-subject",
    "X.Auth.Subject", "X-AUTH-SCOPE", "X_AUTH_SCOPE", "X-Auth-Issuer", "X-Auth-Kind",
    "X-Auth-Client", "X-Auth-Operation", "X-Auth-Would-Deny", "X-Auth-Something-Else",
)  # fmt: skip


@pytest.fixture(scope="module")
def gateway(front: Front) -> Server:
    return front()


@pytest.fixture(scope="module")
def behind_a_proxy(front: Front) -> Server:
    return front(SCOPEGATE_TRUSTED_PROXIES="127.0.0.1")


@pytest.mark.parametrize("name", _SPELLINGS)
@pytest.mark.parametrize("target", ["/v2/open", "/v2/songs"])
def test_nobody_makes_up_who_he_is(
    target: str, name: str, gateway: Server, backend: Backend
) -> None:
    token = gateway.token("read")

    reply = gateway.call("GET", target, token=token, headers=[(name, "made-up")])

    assert reply.status == 200
    assert not any(b"made-up" in value for _, value in backend.only().headers)


@pytest.mark.parametrize(
    "connection",
    [
        "X-Auth-Subject",
        "close, x-auth-subject, x-auth-scope, x-auth-operation, x-auth-kind, x-auth-issuer",
        "Host",
        "Content-Length, Transfer-Encoding",
        "Authorization",
        "Cookie, Content-Type",
    ],
)
def test_connection_takes_away_nothing_that_others_rely_on(
    connection: str, gateway: Server, backend: Backend
) -> None:
    headers = [("Connection", connection), ("Cookie", "a=1")]

    gateway.call(
        "POST", "/v2/songs", token=gateway.token("write"), json={"title": "x"}, headers=headers
    )

    arrived = backend.only()
    wanted = {
        b"host", b"authorization", b"cookie", b"content-type", b"content-length",
        b"x-auth-subject", b"x-auth-scope", b"x-auth-operation", b"x-auth-kind", b"x-auth-issuer",
    }  # fmt: skip
    assert wanted <= set(arrived.names)
    assert b"connection" not in arrived.names


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Keep-Alive", "timeout=1"),
        ("Proxy-Connection", "keep-alive"),
        ("Proxy-Authorization", "Basic eA=="),
        ("TE", "trailers"),
        ("Trailer", "X-Sum"),
        ("Transfer_Encoding", "chunked"),
        ("Content_Length", "100"),
        ("X-Hop", "1"),
        ("X-CSRF-Token", "secret"),
        ("X_CSRF_Token", "secret"),
        ("X-API-Key", "secret"),
        ("X_API_Key", "secret"),
        ("Authorization", "Basic YTpi"),
        ("authorization", "basic YTpi"),
        ("Authorization", "Basic\tYTpi"),
        ("Forwarded", "for=192.0.2.9"),
        ("X-Forwarded-Ssl", "on"),
        ("X_Forwarded_For", "192.0.2.9"),
        ("X-Real-IP", "192.0.2.9"),
        ("HTTP2-Settings", "AAMAAABkAAQCAAAAAAIAAAAA"),
    ],
)
def test_a_field_that_ends_at_the_gateway_does_not_go_on(
    name: str, value: str, gateway: Server, backend: Backend
) -> None:
    headers = [(name, value), ("Connection", "X-Hop"), ("X-Kept", "yes")]

    reply = gateway.call("GET", "/v2/open", headers=headers)

    arrived = backend.only()
    assert reply.status == 200
    assert name.lower().encode() not in arrived.names
    assert arrived.all(b"x-kept") == [b"yes"]


@pytest.mark.parametrize(
    ("sent", "goes_on"),
    [
        ("sid=secret; theme=dark", [b"theme=dark"]),
        ("theme=dark; sid=secret", [b"theme=dark"]),
        ("a=1;sid=secret;b=2", [b"a=1;b=2"]),
        ("a=1;  key_cookie = secret ; b=2", [b"a=1; b=2"]),
        ("sid=secret", []),
        ("Sid=1; xsid=2; sid2=3", [b"Sid=1; xsid=2; sid2=3"]),
        ('q="a b"; odd; =x', [b'q="a b"; odd; =x']),
    ],
)
def test_of_the_cookies_only_our_own_stay_behind(
    sent: str, goes_on: Sequence[bytes], gateway: Server, backend: Backend
) -> None:
    gateway.call("GET", "/v2/open", headers=[("Cookie", sent)])

    assert backend.only().all(b"cookie") == goes_on


@pytest.mark.parametrize(
    ("query", "goes_on"),
    [
        ("api_key=secret", "/v2/open"),
        ("a=1&api_key=secret&b=%20", "/v2/open?a=1&b=%20"),
        ("api%5Fkey=secret&a", "/v2/open?a"),
        ("api_key&api_key=&x", "/v2/open?x"),
        ("API_KEY=1&api_keys=2", "/v2/open?API_KEY=1&api_keys=2"),
    ],
)
def test_an_api_key_in_the_query_stays_behind(
    query: str, goes_on: str, gateway: Server, backend: Backend
) -> None:
    gateway.call("GET", f"/v2/open?{query}")

    assert backend.only().target == goes_on.encode()


def test_a_stranger_is_where_he_connects_from_whatever_he_tells(
    gateway: Server, backend: Backend
) -> None:
    told = [
        ("X-Forwarded-For", "192.0.2.9"), ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "bank.example"), ("Forwarded", "for=192.0.2.9"),
    ]  # fmt: skip

    gateway.call("GET", "/v2/open", headers=told)

    arrived = backend.only()
    assert arrived.all(b"x-forwarded-for") == [b"127.0.0.1"]
    assert arrived.all(b"x-forwarded-proto") == [b"http"]
    assert arrived.all(b"x-forwarded-host") == [f"localhost:{gateway.port}".encode()]
    assert arrived.all(b"forwarded") == []


def test_what_a_trusted_proxy_tells_is_kept_and_added_to(
    behind_a_proxy: Server, backend: Backend
) -> None:
    told = [
        ("X-Forwarded-For", "192.0.2.9"), ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "api.example"), ("Forwarded", "for=192.0.2.9;proto=https"),
        ("Connection", "X-Forwarded-For, Forwarded, X-Forwarded-Proto"),
    ]  # fmt: skip

    behind_a_proxy.call("GET", "/v2/open", headers=told)

    arrived = backend.only()
    assert arrived.all(b"x-forwarded-for") == [b"192.0.2.9, 127.0.0.1"]
    assert arrived.all(b"x-forwarded-proto") == [b"https"]
    assert arrived.all(b"x-forwarded-host") == [b"api.example"]
    assert arrived.all(b"forwarded") == [b"for=192.0.2.9;proto=https, for=127.0.0.1"]


def test_a_bearer_token_stays_behind_where_that_is_asked_for(
    front: Front, backend: Backend
) -> None:
    stripping = front("--strip-authorization")

    reply = stripping.call("GET", "/v2/songs", token=stripping.token("read"))

    assert reply.status == 200
    assert backend.only().all(b"authorization") == []
    assert backend.only().all(b"x-auth-scope") == [b"read"]


def test_expect_is_answered_here_and_only_to_a_permitted_request(
    gateway: Server, backend: Backend
) -> None:
    head = (
        f"POST /v2/files HTTP/1.1\r\nHost: localhost:{gateway.port}\r\nExpect: 100-continue\r\n"
        "Content-Type: application/octet-stream\r\nContent-Length: 3\r\nConnection: close\r\n"
    )
    permitted = f"{head}Authorization: Bearer {gateway.token('write')}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client:
        client.sendall(permitted.encode())
        first = client.recv(65_536)
        client.sendall(b"abc")
        second = client.recv(65_536)
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client:
        client.sendall(f"{head}\r\n".encode())
        refused = client.recv(65_536)

    assert first.startswith(b"HTTP/1.1 100 ")
    assert second.startswith(b"HTTP/1.1 200 ")
    assert refused.startswith(b"HTTP/1.1 401 ")
    assert backend.only().body == b"abc"
    assert backend.only().all(b"expect") == []


def test_a_second_request_hidden_in_a_body_stays_in_it(gateway: Server, backend: Backend) -> None:
    hidden = b"GET /v2/secret HTTP/1.1\r\nHost: x\r\n\r\n"
    head = (
        f"PUT /v2/open HTTP/1.1\r\nHost: localhost:{gateway.port}\r\n"
        f"Content-Length: {len(hidden)}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client:
        client.sendall(head.encode() + hidden)
        answer = client.recv(65_536)

    arrived: Arrived = backend.only()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert (arrived.target, arrived.body) == (b"/v2/open", hidden)


def test_a_backend_never_lets_other_origins_in_where_the_settings_say_who_may(
    front: Front, backend: Backend
) -> None:
    backend.answer = (
        b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\n"
        b"Access-Control-Allow-Credentials: true\r\n\r\n"
    )
    gateway = front(SCOPEGATE_CORS_ORIGINS="https://app.example")

    known = gateway.call("GET", "/v2/open", headers=[("Origin", "https://app.example")])
    other = gateway.call("GET", "/v2/open", headers=[("Origin", "https://evil.example")])

    assert not [name for name, _ in other.headers if name.startswith("access-control-")]
    assert known.header("access-control-allow-origin") == "https://app.example"
    assert known.all("access-control-allow-credentials") == []
