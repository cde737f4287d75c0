"""In front of a backend: what it gets, and what comes back, over real sockets."""

import asyncio
import socket

import pytest

from tests.e2e.backend import Arrived, Backend
from tests.e2e.fronts import Front
from tests.e2e.servers import Server
from tests.e2e.wire import read_to_end, send_raw


@pytest.fixture(scope="module")
def gateway(front: Front) -> Server:
    return front(SCOPEGATE_UPSTREAM_TIMEOUT_SECONDS="1")


def test_a_permitted_request_is_answered_by_the_backend(gateway: Server, backend: Backend) -> None:
    reply = gateway.call("GET", "/v2/songs", token=gateway.token("read"))

    assert (reply.status, reply.json()) == (200, {})
    assert backend.only().line == b"GET /v2/songs HTTP/1.1"
    assert backend.only().all(b"host") == [f"127.0.0.1:{backend.port}".encode()]


def test_a_refused_request_never_reaches_the_backend(gateway: Server, backend: Backend) -> None:
    refused = [
        gateway.call("GET", "/v2/songs"),
        gateway.call("GET", "/v2/songs", token=gateway.token("write")),
        gateway.call("GET", "/v2/elsewhere"),
        gateway.call("PATCH", "/v2/songs"),
    ]

    assert [reply.status for reply in refused] == [401, 403, 404, 405]
    assert backend.arrived == []


@pytest.mark.parametrize(
    "target",
    [
        "/v2/open/a%20b",
        "/v2/open/%7Eme",
        "/v2/open/~me",
        "/v2/open/%e4%bd%a0",
        "/v2/open/a,b;c=1".replace(";c=1", "$&'()*+=:@!"),
        "/v2/open/x?a=1&a=%31&b=%zz&c+d=e;f&&=",
        "/v2/open/x?q=a%00b%2F..%2f",
    ],
)
def test_path_and_query_reach_the_backend_octet_for_octet(
    target: str, gateway: Server, backend: Backend
) -> None:
    reply = gateway.call("GET", target)

    assert reply.status == 200
    assert backend.only().target == target.encode()


def test_the_backend_is_told_who_calls(gateway: Server, backend: Backend) -> None:
    token = gateway.token("read write")

    gateway.call("GET", "/v2/songs", token=token)

    arrived = backend.only()
    client = gateway.client["client_id"].encode()
    assert arrived.all(b"x-auth-issuer") == [f"{gateway.url}/o".encode()]
    assert arrived.all(b"x-auth-subject") == [b"client:" + client]
    assert arrived.all(b"x-auth-kind") == [b"client"]
    assert arrived.all(b"x-auth-client") == [client]
    assert arrived.all(b"x-auth-scope") == [b"read write"]
    assert arrived.all(b"x-auth-operation") == [b"listSongs"]
    assert arrived.all(b"authorization") == [f"Bearer {token}".encode()]
    assert [name for name in arrived.names if name.startswith(b"x-auth-")] == arrived.names[-6:]


@pytest.mark.parametrize("target", ["/v2/open", "/v2/maybe"])
def test_of_nobody_the_backend_is_told_the_operation_alone(
    target: str, gateway: Server, backend: Backend
) -> None:
    gateway.call("GET", target)

    told = [name for name in backend.only().names if name.startswith(b"x-auth")]
    assert told == [b"x-auth-operation"]


def test_a_body_that_is_checked_arrives_octet_for_octet(gateway: Server, backend: Backend) -> None:
    body = b'{ "title" :\t"\\u00e4", "n": 1.0e2,"x":[ ] }\r\n'
    head = (
        f"POST /v2/songs?limit=1 HTTP/1.1\r\nHost: localhost:{gateway.port}\r\n"
        f"Authorization: Bearer {gateway.token('write')}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )

    reply = send_raw(gateway.port, head.encode() + body)

    assert reply.status == 200
    assert backend.only().body == body
    assert backend.only().all(b"content-length") == [str(len(body)).encode()]


@pytest.mark.parametrize(
    ("target", "body"),
    [
        pytest.param("/v2/songs", {"name": "x"}, id="a body that does not fit"),
        pytest.param("/v2/songs?limit=many", {"title": "x"}, id="a parameter that does not fit"),
    ],
)
def test_a_request_that_does_not_fit_the_document_never_reaches_the_backend(
    target: str, body: object, gateway: Server, backend: Backend
) -> None:
    reply = gateway.call("POST", target, token=gateway.token("write"), json=body)

    assert (reply.status, reply.json()["type"]) == (400, "/-/problems/invalid-request")
    assert backend.arrived == []


def test_a_body_that_is_too_large_to_be_checked_is_refused(
    gateway: Server, backend: Backend
) -> None:
    large = {"title": "x" * (1 << 20)}

    reply = gateway.call("POST", "/v2/songs", token=gateway.token("write"), json=large)

    assert reply.status == 413
    assert backend.arrived == []


def test_a_body_in_chunks_that_comes_bit_by_bit_arrives_whole(
    gateway: Server, backend: Backend
) -> None:
    head = (
        f"POST /v2/files HTTP/1.1\r\nHost: localhost:{gateway.port}\r\n"
        f"Authorization: Bearer {gateway.token('write')}\r\n"
        "Content-Type: application/octet-stream\r\n"
        "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in (head, "3\r\nabc\r\n", "2;x=y\r\nde\r\n", "0\r\nX-Sum: 1\r\n\r\n"):
            client.sendall(piece.encode())
        answer = read_to_end(client)

    arrived = backend.only()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert arrived.body == b"abcde"
    assert not {b"trailer", b"x-sum"} & set(arrived.names)


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        pytest.param(b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", id="204"),
        pytest.param(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, b"", id="304"),
        pytest.param(
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            200, b"hi", id="interim answers before it",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"2\r\nhi\r\n0\r\nX-Trailer: 1\r\n\r\n",
            200, b"hi", id="chunks and a trailer",
        ),
        pytest.param(b"HTTP/1.1 418 \r\nContent-Length: 0\r\n\r\n", 418, b"", id="no reason"),
    ],
)  # fmt: skip
def test_each_framing_of_an_answer_is_understood(
    answer: bytes, status: int, body: bytes, gateway: Server, backend: Backend
) -> None:
    backend.answer = answer

    replies = [gateway.call("GET", "/v2/open") for _ in range(2)]

    assert [(reply.status, reply.body) for reply in replies] == [(status, body)] * 2
    assert {arrived.connection for arrived in backend.arrived} == {backend.arrived[0].connection}
    assert not {"x-trailer", "trailer"} & dict(replies[0].headers).keys()


def test_an_answer_that_ends_with_its_connection_is_whole(
    gateway: Server, backend: Backend
) -> None:
    async def answer(_: Arrived, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 200 OK\r\n\r\nuntil the end")
        writer.close()

    backend.script = answer

    assert gateway.call("GET", "/v2/open").body == b"until the end"


def test_an_answer_to_head_has_no_body_and_its_connection_serves_on(
    gateway: Server, backend: Backend
) -> None:
    async def answer(
        arrived: Arrived, _: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        is_head = arrived.line.startswith(b"HEAD")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + b"body" * (not is_head))

    backend.script = answer

    head, get = gateway.call("HEAD", "/v2/open"), gateway.call("GET", "/v2/open")

    assert (head.status, head.header("content-length"), head.body) == (200, "4", b"")
    assert get.body == b"body"
    assert backend.arrived[0].connection == backend.arrived[1].connection


def test_headers_of_the_backends_connection_stay_behind(gateway: Server, backend: Backend) -> None:
    backend.answer = (
        b"HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: timeout=9\r\n"
        b"X-Hop: 1\r\nServer: old\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nX-Own: kept\r\n"
        b"Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n"
    )

    reply = gateway.call("GET", "/v2/open")

    assert reply.header("x-own") == "kept"
    assert reply.all("set-cookie") == ["a=1", "b=2"]
    assert not {"keep-alive", "x-hop", "server"} & dict(reply.headers).keys()
    assert "1970" not in reply.header("date")


def test_answers_to_proven_callers_stay_out_of_shared_caches(
    gateway: Server, backend: Backend
) -> None:
    backend.answer = (
        b"HTTP/1.1 200 OK\r\nCache-Control: public, s-maxage=9, max-age=5\r\n"
        b"Vary: Accept\r\nContent-Length: 0\r\n\r\n"
    )

    proven = gateway.call("GET", "/v2/songs", token=gateway.token("read"))
    anybody = gateway.call("GET", "/v2/open")

    assert proven.header("cache-control") == "max-age=5"
    assert ", ".join(proven.all("vary")) == "Accept, Authorization"
    assert anybody.header("cache-control") == "public, s-maxage=9, max-age=5"


@pytest.mark.parametrize(
    ("told", "followed"),
    [
        ("http://127.0.0.1:PORT/v2/open?x=1", "/v2/open?x=1"),
        ("http://127.0.0.1:PORT", "/"),
        ("http://127.0.0.1:PORT9/v2", "http://127.0.0.1:PORT9/v2"),
        ("http://127.0.0.1:PORT//evil.example/", "http://127.0.0.1:PORT//evil.example/"),
        ("https://elsewhere.example/", "https://elsewhere.example/"),
        ("/v2/open", "/v2/open"),
    ],
)
def test_a_redirect_within_the_backend_leads_through_the_gateway(
    told: str, followed: str, gateway: Server, backend: Backend
) -> None:
    port = str(backend.port)
    location = told.replace("PORT", port).encode()
    backend.answer = (
        b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"
    )

    reply = gateway.call("GET", "/v2/open")

    assert reply.header("location") == followed.replace("PORT", port)


def test_an_upgrade_is_refused(gateway: Server, backend: Backend) -> None:
    upgrade = [("Upgrade", "websocket"), ("Connection", "Upgrade")]

    reply = gateway.call("GET", "/v2/open", headers=upgrade)

    assert reply.status == 400
    assert backend.arrived == []
