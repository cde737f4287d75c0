"""A backend that is away, slow, broken or gone, and a client that leaves, over real sockets."""

import asyncio
import contextlib
import socket
import threading
from pathlib import Path

import pytest

from tests.e2e.backend import OK, Arrived, Backend, Script
from tests.e2e.fronted import fronting
from tests.e2e.fronts import Front
from tests.e2e.servers import Server
from tests.e2e.wire import read_to_end

_MANY = b"".join(b"X-%d: 1\r\n" % number for number in range(300))


@pytest.fixture(scope="module")
def gateway(front: Front) -> Server:
    return front(SCOPEGATE_UPSTREAM_TIMEOUT_SECONDS="1")


async def _says_nothing(
    _arrived: Arrived, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter
) -> None:
    await reader.read(1)
    raise ConnectionResetError


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"2\r\nhi\r\n0\r\n\r\n",
            id="a length and chunks",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n"
            b"2\r\nhi\r\n0\r\n\r\n",
            id="chunks and a length",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!",
            id="two lengths",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
            id="a length twice",
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nhi", id="a list of lengths"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nhi", id="a signed length"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n", id="an empty length"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            id="a coding that nobody asked for",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", id="xchunked"
        ),
        pytest.param(
            b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", id="chunks in 1.0"
        ),
        pytest.param(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
            id="101",
        ),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" * 20 + OK, id="interim answers without end"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", id="a large head"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + _MANY + b"\r\n", id="too many fields"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX y: 1\r\nContent-Length: 0\r\n\r\n", id="a bad name"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n", id="a NUL"),
        pytest.param(b"HTTP/1.1 200 OK\nContent-Length: 0\n\n", id="bare line feeds"),
        pytest.param(b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", id="another version"),
        pytest.param(b"HTTP/1.1 700 Odd\r\nContent-Length: 0\r\n\r\n", id="a status of nobody"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2p1\r\n", id="another protocol"),
        pytest.param(b"{}", id="no head"),
    ],
)
def test_what_is_not_one_answer_is_a_502(answer: bytes, gateway: Server, backend: Backend) -> None:
    backend.answer = answer

    reply = gateway.call("GET", "/v2/open")

    assert (reply.status, reply.json()["type"]) == (502, "/-/problems/bad-upstream-answer")
    assert reply.header("cache-control") == "no-store"
    assert gateway.call("GET", "/-/health").status == 200


def test_a_header_that_goes_on_in_another_line_never_writes_one_of_ours(
    gateway: Server, backend: Backend
) -> None:
    backend.answer = b"HTTP/1.1 200 OK\r\nX: a\r\n Set-Cookie: b\r\nContent-Length: 0\r\n\r\n"

    reply = gateway.call("GET", "/v2/open")

    assert "set-cookie" not in dict(reply.headers)


def test_a_backend_that_is_slow_is_a_504_and_its_connection_is_ended(
    gateway: Server, backend: Backend
) -> None:
    backend.script = _says_nothing

    reply = gateway.call("GET", "/v2/open")

    assert (reply.status, reply.json()["type"]) == (504, "/-/problems/upstream-timeout")
    backend.wait_for_end()


async def _drips(
    _arrived: Arrived, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    writer.write(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nX: ")
    for _ in range(200):
        writer.write(b"x")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.05)
            break
    raise ConnectionResetError


def test_a_backend_whose_head_never_ends_is_a_504(gateway: Server, backend: Backend) -> None:
    backend.script = _drips

    reply = gateway.call("GET", "/v2/open")

    assert (reply.status, reply.json()["type"]) == (504, "/-/problems/upstream-timeout")


def test_a_backend_that_does_not_take_the_body_is_a_504(gateway: Server, backend: Backend) -> None:
    backend.reads_bodies = False
    hold = threading.Event()

    async def answer(_: Arrived, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.pause_reading()  # type: ignore[attr-defined]  # of a socket's transport
        await asyncio.get_running_loop().run_in_executor(None, hold.wait, 20)
        writer.close()

    backend.script = answer
    body = b"x" * 30_000_000
    head = (
        f"PUT /v2/open HTTP/1.1\r\nHost: localhost:{gateway.port}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client:
        sender = threading.Thread(target=_send_all, args=(client, head.encode() + body))
        sender.start()
        answer_begins = client.recv(65_536)
    sender.join()
    hold.set()

    assert answer_begins.startswith(b"HTTP/1.1 504 ")


def test_a_backend_that_is_away_is_a_502(tmp_path: Path) -> None:
    away = Backend(port=1)

    with fronting(away, tmp_path) as gateway:
        reply = gateway.call("GET", "/v2/open")

    assert (reply.status, reply.json()["type"]) == (502, "/-/problems/upstream-unreachable")
    assert reply.header("cache-control") == "no-store"


def _send_all(client: socket.socket, octets: bytes) -> None:
    try:
        client.sendall(octets)
    except OSError:
        return


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", id="a length"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", id="chunks"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n",
            id="a bad chunk",
        ),
    ],
)
@pytest.mark.parametrize("ends", [True, False], ids=["ends", "stalls"])
def test_an_answer_that_breaks_off_never_ends_as_if_it_were_whole(
    ends: bool, answer: bytes, gateway: Server, backend: Backend
) -> None:
    async def answer_half(
        arrived: Arrived, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(answer)
        await writer.drain()
        if ends:
            writer.close()
        else:
            await _says_nothing(arrived, reader, writer)

    backend.script = answer_half

    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client:
        client.sendall(f"GET /v2/open HTTP/1.1\r\nHost: localhost:{gateway.port}\r\n\r\n".encode())
        received = read_to_end(client)

    assert received.startswith(b"HTTP/1.1 200 ")
    assert b"half" in received
    assert not received.endswith(b"0\r\n\r\n")
    assert received.count(b"HTTP/1.1") == 1


def test_a_client_that_leaves_takes_the_request_to_the_backend_along(
    gateway: Server, backend: Backend
) -> None:
    backend.script = _says_nothing
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client:
        client.sendall(f"GET /v2/open HTTP/1.1\r\nHost: localhost:{gateway.port}\r\n\r\n".encode())
        backend.wait_for_request()

    backend.wait_for_end()


def test_a_client_that_leaves_in_an_answer_leaves_none_of_it_to_the_next(
    gateway: Server, backend: Backend
) -> None:
    async def answer(
        arrived: Arrived, _: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if arrived.target.endswith(b"?large"):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n")
            for _piece in range(50):
                writer.write(b"secret  " * 125_000)
                await writer.drain()
        else:
            writer.write(OK)

    backend.script = answer
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client:
        request = f"GET /v2/open?large HTTP/1.1\r\nHost: localhost:{gateway.port}\r\n\r\n"
        client.sendall(request.encode())
        client.recv(1000)
    backend.wait_for_end()

    others = [gateway.call("GET", "/v2/open").body for _ in range(5)]

    assert others == [b"{}"] * 5


def test_a_client_that_leaves_in_his_body_leaves_none_of_it_to_the_next(
    gateway: Server, backend: Backend
) -> None:
    backend.answer = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    gateway.call("GET", "/v2/open")  # so that no connection waits
    backend.reset()
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client:
        head = f"PUT /v2/open HTTP/1.1\r\nHost: localhost:{gateway.port}\r\n"
        client.sendall(f"{head}Content-Length: 1000\r\n\r\nGET /v2/half HTTP/1.1\r\n".encode())
        backend.wait_for_connection()
    backend.wait_for_end()

    assert gateway.call("GET", "/v2/open").status == 200
    assert [arrived.target for arrived in backend.arrived] == [b"/v2/open"]


def _closes_the_second(backend: Backend) -> Script:
    """Answers, but for the second request, whose connection ends without an answer."""

    async def answer(_: Arrived, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(backend.arrived) == 2:
            writer.close()
        else:
            writer.write(OK)

    return answer


def test_a_get_is_sent_again_when_its_connection_was_closed_meanwhile(
    gateway: Server, backend: Backend
) -> None:
    backend.script = _closes_the_second(backend)

    replies = [gateway.call("GET", "/v2/open") for _ in range(2)]

    assert [reply.status for reply in replies] == [200, 200]
    assert [arrived.connection - backend.arrived[0].connection for arrived in backend.arrived] == [
        0, 0, 1,
    ]  # fmt: skip


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_what_might_have_been_done_is_never_sent_again(
    method: str, gateway: Server, backend: Backend
) -> None:
    backend.script = _closes_the_second(backend)

    replies = [gateway.call(method, "/v2/open", json={"a": 1}) for _ in range(2)]

    assert [reply.status for reply in replies] == [200, 502]
    assert len(backend.arrived) == 2


def test_a_backend_that_answers_before_the_body_is_heard(gateway: Server, backend: Backend) -> None:
    backend.reads_bodies = False
    backend.answer = b"HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\n\r\nfull"
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client:
        head = f"PUT /v2/open HTTP/1.1\r\nHost: localhost:{gateway.port}\r\n"
        client.sendall(f"{head}Content-Length: 1000\r\n\r\nabc".encode())
        received = read_to_end(client)

    backend.wait_for_end()
    assert received.startswith(b"HTTP/1.1 413 ")
    assert received.endswith(b"\r\n\r\nfull")


def test_two_answers_to_one_request_are_one(gateway: Server, backend: Backend) -> None:
    backend.answer = OK + b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond"

    replies = [gateway.call("GET", "/v2/open") for _ in range(3)]

    assert [reply.body for reply in replies] == [b"{}"] * 3
    connections = [arrived.connection for arrived in backend.arrived]
    assert len(set(connections)) == 3


def test_no_fault_of_the_backend_shows_where_it_is(gateway: Server, backend: Backend) -> None:
    backend.answer = b"garbage"

    reply = gateway.call("GET", "/v2/open")

    assert str(backend.port).encode() not in reply.body
    assert "the upstream: it is not HTTP/1.1" in gateway.complaints
    assert reply.json()["instance"] in gateway.complaints
