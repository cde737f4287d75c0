"""Slow clients: who is slow is cut off, who is patient waits for nobody."""

import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from gateway.edge.wire import BoundedHttpProtocol
from gateway.edge.wire.limits import WireLimits
from tests.advisories.octets import CLOSE, HOST, is_refusal, serving_seed, talk
from tests.corpus.server import DocumentServer

SECONDS = 0.4
GET = b"GET /songs HTTP/1.1\r\n" + HOST
POST = b"POST /songs HTTP/1.1\r\n" + HOST
NOTHING = b"GET /nothing HTTP/1.1\r\n" + HOST


class Impatient(BoundedHttpProtocol):
    """The protocol with times that a test can wait for."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        limits = WireLimits(
            head_seconds=SECONDS,
            keep_alive_seconds=SECONDS / 2,
            body_idle_seconds=SECONDS,
            body_seconds=2 * SECONDS,
            linger_seconds=SECONDS,
        )
        super().__init__(*arguments, limits=limits, **named)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DocumentServer]:
    with serving_seed(tmp_path_factory.mktemp("slow"), Impatient) as running:
        yield running


@pytest.fixture(scope="module")
def authorization(server: DocumentServer) -> bytes:
    token = server.application.tokens.mint("user:alice", ["create"], client_id="c", ttl=600)
    return f"Authorization: Bearer {token}\r\n".encode()


LATE_HEADS = {
    "half a method": b"GE",
    "half a line": b"GET /songs HT",
    "a line without its LF": b"GET /songs HTTP/1.1\r",
    "a line": b"GET /songs HTTP/1.1\r\n",
    "half a name": b"GET /songs HTTP/1.1\r\nHo",
    "half a value": b"GET /songs HTTP/1.1\r\nHost: local",
    "a field": GET,
    "all but the last octet": GET + b"\r",
    "an empty line and a method": b"\r\nGET",
}


@pytest.mark.parametrize("head", LATE_HEADS.values(), ids=LATE_HEADS)
def test_a_head_that_does_not_come_to_its_end_is_408(server: DocumentServer, head: bytes) -> None:
    conversation = talk(server.port, head)

    assert conversation.statuses == [408]
    assert is_refusal(conversation.answers[0])
    assert SECONDS / 2 < conversation.seconds < 20 * SECONDS


@pytest.mark.parametrize("head", LATE_HEADS.values(), ids=LATE_HEADS)
def test_a_later_head_that_does_not_come_is_408_after_the_answers_before_it(
    server: DocumentServer, head: bytes
) -> None:
    assert talk(server.port, GET + b"\r\n" + head).statuses == [401, 408]


@pytest.mark.parametrize("sent", [b"", b"\r", b"\r\n"], ids=["nothing", "CR", "an empty line"])
def test_a_connection_on_which_no_request_begins_is_closed(
    server: DocumentServer, sent: bytes
) -> None:
    conversation = talk(server.port, sent)

    assert conversation.statuses in ([], [408])
    assert conversation.seconds < 20 * SECONDS


@pytest.mark.parametrize("sent", [b"", b"\r\n"], ids=["nothing", "an empty line"])
def test_a_connection_that_is_kept_alive_and_says_no_more_is_closed(
    server: DocumentServer, sent: bytes
) -> None:
    conversation = talk(server.port, GET + b"\r\n" + sent)

    assert conversation.statuses == [401]
    assert conversation.seconds < 20 * SECONDS


def drip(port: int, begun: bytes, octet: bytes) -> bytes:
    """Send a beginning, then octet after octet, faster than any idle bound; what came back."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS / 10) as connection:
        connection.sendall(begun)
        for _ in range(200):
            try:
                return connection.recv(4096)
            except TimeoutError:
                connection.sendall(octet)
    return b""


def test_a_head_that_drips_is_408_though_it_never_rests(server: DocumentServer) -> None:
    assert drip(server.port, GET + b"X: ", b"a").startswith(b"HTTP/1.1 408 ")
    assert drip(server.port, b"GET /", b"a").startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    ("fields", "octets"),
    [(b"Content-Length: 1000", b" "), (b"Transfer-Encoding: chunked", b"1\r\n \r\n")],
    ids=["of a length", "in chunks"],
)
def test_a_body_that_drips_is_408_though_it_never_rests(
    server: DocumentServer, authorization: bytes, fields: bytes, octets: bytes
) -> None:
    head = POST + authorization + fields + b"\r\n\r\n"

    assert drip(server.port, head, octets).startswith(b"HTTP/1.1 408 ")


LATE_BODIES = {
    "none of it": (b"Content-Length: 3", b""),
    "a part": (b"Content-Length: 3", b"{"),
    "no chunk": (b"Transfer-Encoding: chunked", b""),
    "half a size": (b"Transfer-Encoding: chunked", b"1"),
    "a size of 64 bits": (b"Transfer-Encoding: chunked", b"FFFFFFFFFFFFFFFF\r\n{}"),
    "half a chunk": (b"Transfer-Encoding: chunked", b"2\r\n{"),
    "a chunk without its end": (b"Transfer-Encoding: chunked", b"2\r\n{}"),
    "no last chunk": (b"Transfer-Encoding: chunked", b"2\r\n{}\r\n"),
    "no end": (b"Transfer-Encoding: chunked", b"2\r\n{}\r\n0\r\n"),
    "half a trailer": (b"Transfer-Encoding: chunked", b"2\r\n{}\r\n0\r\nX: y"),
}


@pytest.mark.parametrize(("fields", "body"), LATE_BODIES.values(), ids=LATE_BODIES)
def test_a_body_that_does_not_come_to_its_end_is_408_if_it_is_waited_for(
    server: DocumentServer, authorization: bytes, fields: bytes, body: bytes
) -> None:
    head = POST + authorization + fields + b"\r\n\r\n"

    conversation = talk(server.port, head, body)

    assert conversation.statuses == [408]
    assert is_refusal(conversation.answers[0])
    assert conversation.seconds < 20 * SECONDS


@pytest.mark.parametrize(("fields", "body"), LATE_BODIES.values(), ids=LATE_BODIES)
@pytest.mark.parametrize("expects", [b"", b"Expect: 100-continue\r\n"], ids=["", "100-continue"])
def test_a_refused_callers_body_is_not_waited_for(
    server: DocumentServer, fields: bytes, body: bytes, expects: bytes
) -> None:
    conversation = talk(server.port, POST + expects + fields + b"\r\n\r\n", body)

    assert conversation.statuses == [401]
    assert is_refusal(conversation.answers[0])


@pytest.mark.parametrize("fields", [b"", CLOSE], ids=["kept alive", "closing"])
def test_a_refused_caller_who_is_still_sending_can_read_his_answer(
    server: DocumentServer, fields: bytes
) -> None:
    head = POST + fields + b"Content-Length: 900000\r\n\r\n"

    conversation = talk(server.port, head, *[b"x" * 100_000] * 9)

    assert conversation.statuses == [401]


@pytest.mark.parametrize(
    ("sent", "status"),
    [(b"GET /" + b"a" * 900_000, 414), (GET + b"X: " + b"a" * 900_000, 431)],
    ids=["target", "field"],
)
def test_a_head_over_the_limit_is_dropped_so_that_its_sender_can_read_the_answer(
    server: DocumentServer, sent: bytes, status: int
) -> None:
    conversation = talk(server.port, sent)

    assert conversation.statuses == [status]
    assert is_refusal(conversation.answers[0])


def test_who_expects_100_continue_gets_it_only_when_the_body_is_wanted(
    server: DocumentServer, authorization: bytes
) -> None:
    expects = b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"

    permitted = talk(server.port, POST + CLOSE + authorization + expects, b"{}")
    refused = talk(server.port, POST + CLOSE + expects, b"{}")

    assert permitted.statuses in ([100, 201], [201])
    assert refused.statuses == [401]


def test_others_are_served_while_a_hundred_are_slow(server: DocumentServer) -> None:
    with ExitStack() as slow:
        for _ in range(100):
            address = ("127.0.0.1", server.port)
            slow.enter_context(socket.create_connection(address, timeout=5)).sendall(GET)

        conversation = talk(server.port, GET + CLOSE + b"\r\n")

    assert conversation.statuses == [401]
    assert conversation.seconds < 10 * SECONDS


def test_pipelined_requests_are_answered_in_the_order_in_which_they_came(
    server: DocumentServer, authorization: bytes
) -> None:
    kinds = {
        401: GET + b"\r\n",
        404: NOTHING + b"\r\n",
        201: POST + authorization + b"Content-Length: 2\r\n\r\n{}",
        405: b"PATCH /songs HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    }
    order = [*random.Random(9).choices(list(kinds), k=60)]

    last = b"OPTIONS * HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n"
    conversation = talk(server.port, *(kinds[status] for status in order), last)

    assert conversation.statuses == [*order, 204]


@pytest.mark.parametrize(
    ("last", "status"),
    [
        (b"FOO / HTTP/1.1\r\n", 501),
        (b"GET  / HTTP/1.1\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nx\r\n", 400),
        (b"GET /" + b"a" * 9000, 414),
    ],
)
def test_a_refused_request_takes_no_answer_from_those_before_it(
    server: DocumentServer, last: bytes, status: int
) -> None:
    sent = GET + b"\r\n" + NOTHING + b"\r\n" + last

    conversation = talk(server.port, sent)

    assert conversation.statuses == [401, 404, status]
    assert is_refusal(conversation.answers[-1])


def test_many_slow_bodies_hold_no_worker(server: DocumentServer, authorization: bytes) -> None:
    head = POST + authorization + b"Content-Length: 9\r\n\r\n"
    statuses: list[list[int]] = []
    slow = [
        threading.Thread(target=lambda: statuses.append(talk(server.port, head).statuses))
        for _ in range(30)
    ]

    for thread in slow:
        thread.start()
    begun = time.monotonic()
    quick = talk(server.port, GET + CLOSE + b"\r\n").statuses
    seconds = time.monotonic() - begun
    for thread in slow:
        thread.join()

    assert quick == [401]
    assert seconds < 10 * SECONDS
    assert statuses == [[408]] * 30
