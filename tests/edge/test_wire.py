"""Requests as bytes, against a real server: what is cut off, refused, or kept apart."""

import contextlib
import re
import select
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.app.compose import compose
from gateway.app.composition import Composition
from gateway.app.tokens import open_database
from gateway.edge.wire import BoundedHttpProtocol
from gateway.edge.wire.limits import WireLimits
from gateway.load import load_document
from gateway.spec.read import read_description
from tests.corpus.server import DocumentServer, settings_for

HOST = b"Host: localhost\r\n"
DOCUMENT = Path(__file__).parents[1] / "corpus" / "documents" / "seed-songs.yaml"


class Impatient(BoundedHttpProtocol):
    """The protocol with bounds that a test can wait for."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        limits = WireLimits(
            head_seconds=0.3, body_idle_seconds=0.3, body_seconds=1.0, linger_seconds=0.2
        )
        super().__init__(*arguments, limits=limits, **named)


@pytest.fixture(scope="module")
def port(server: DocumentServer) -> int:
    return server.port


@pytest.fixture(scope="module")
def token(server: DocumentServer) -> str:
    return server.application.tokens.mint("user:alice", ["create"], client_id="c", ttl=60)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DocumentServer]:
    settings = settings_for(tmp_path_factory.mktemp("wire") / "home")
    engine = open_database(settings)
    loaded = load_document(read_description(str(DOCUMENT)), settings)
    application = compose(loaded, settings, engine, composition=Composition(mocks=True))
    server = DocumentServer.start(application, protocol=Impatient)
    yield server
    server.stop()
    engine.dispose()


def ask(port: int, *pieces: bytes) -> tuple[list[int], float]:
    """Send pieces, read until the server closes: the statuses of its answers, and the seconds."""
    begun = time.monotonic()
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=8) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
            while more := connection.recv(65536):
                received += more
        except ConnectionError:
            pass
    statuses = [int(found) for found in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]
    return statuses, time.monotonic() - begun


CLOSE = b"Connection: close\r\n"
REFUSED = {
    "no Host": (b"GET /songs HTTP/1.1\r\n\r\n", 400),
    "two Hosts": (b"GET /songs HTTP/1.1\r\n" + HOST + HOST + b"\r\n", 400),
    "a target too long": (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
    "an endless target": (b"GET /" + b"a" * 90_000, 414),
    "a header too long": (
        b"GET /songs HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 40_000 + b"\r\n\r\n",
        431,
    ),
    "an endless header": (b"GET /songs HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 200_000, 431),
    "too many headers": (
        b"GET /songs HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 120 + b"\r\n",
        431,
    ),
    "an upgrade": (
        b"GET /songs HTTP/1.1\r\n" + HOST + b"Connection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        400,
    ),
    "CONNECT": (b"CONNECT localhost:443 HTTP/1.1\r\n" + HOST + b"\r\n", 405),
    "both lengths": (
        b"POST /songs HTTP/1.1\r\n"
        + HOST
        + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "two Content-Lengths": (
        b"POST /songs HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        400,
    ),
    "a Content-Length that is no number": (
        b"POST /songs HTTP/1.1\r\n" + HOST + b"Content-Length: +1\r\n\r\na",
        400,
    ),
    "a transfer coding that is none": (
        b"POST /songs HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "a NUL in a header": (b"GET /songs HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n", 400),
    "a bare CR in a header": (b"GET /songs HTTP/1.1\r\n" + HOST + b"X: a\rb: c\r\n\r\n", 400),
    "a space before the colon": (b"GET /songs HTTP/1.1\r\n" + HOST + b"X : a\r\n\r\n", 400),
    "an octet beyond ASCII in the target": (b"GET /\xff HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a fragment in the target": (b"GET /songs#x HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a target of another scheme": (b"GET ftp://x/songs HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "another version": (b"GET /songs HTTP/2.0\r\n" + HOST + b"\r\n", 400),
    "no version": (b"GET /songs\r\n\r\n", 400),
    "an empty Host": (b"GET /songs HTTP/1.1\r\nHost:\r\n\r\n", 400),
    "a Host with a space": (b"GET /songs HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    "a Host with a user": (b"GET /songs HTTP/1.1\r\nHost: a@b\r\n\r\n", 400),
    "two transfer codings": (
        b"POST /songs HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "no HTTP at all": (b"\x16\x03\x01\x00\xa5\x01\x00\r\n\r\n", 400),
}


@pytest.mark.parametrize(("sent", "due"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_request_is_refused_and_the_connection_ends(
    port: int, sent: bytes, due: int
) -> None:
    statuses, _ = ask(port, sent)

    assert statuses == [due]


def test_a_refused_message_smuggles_no_second_one(port: int) -> None:
    hidden = b"GET /songs HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n"
    sent = (
        b"POST /songs HTTP/1.1\r\n"
        + HOST
        + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        + hidden
    )

    assert ask(port, sent)[0] == [400]


def test_pipelined_requests_are_answered_in_order(port: int) -> None:
    first = b"GET /nothing HTTP/1.1\r\n" + HOST + b"\r\n"
    second = b"GET /songs HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n"

    assert ask(port, first + second)[0] == [404, 401]


def test_a_pipelined_request_whose_body_is_late_is_answered_too(port: int) -> None:
    first = b"GET /nothing HTTP/1.1\r\n" + HOST + b"\r\n"
    second = b"POST /songs HTTP/1.1\r\n" + HOST + CLOSE + b"Content-Length: 3\r\n\r\n"

    assert ask(port, first + second)[0] == [404, 401]


def test_a_head_that_does_not_come_is_cut_off(port: int) -> None:
    statuses, seconds = ask(port, b"GET /songs HTTP/1.1\r\nHost: lo")

    assert statuses == [408]
    assert seconds < 5


def test_a_connection_that_says_nothing_is_closed(port: int) -> None:
    assert ask(port)[0] == []


def test_a_refused_caller_is_answered_before_his_body_comes(port: int) -> None:
    head = b"POST /songs HTTP/1.1\r\n" + HOST + b"Content-Length: 900000000\r\n\r\n"

    statuses, seconds = ask(port, head)

    assert statuses == [401]
    assert seconds < 5


def test_a_refused_caller_who_goes_on_sending_is_cut_off(port: int) -> None:
    head = b"POST /songs HTTP/1.1\r\n" + HOST + b"Content-Length: 900000000\r\n\r\n"

    _, seconds = ask(port, head, *[b"x" * 1_000_000] * 20)

    assert seconds < 5


def test_a_body_that_drips_is_cut_off_at_the_end_of_its_time(port: int, token: str) -> None:
    head = b"POST /songs HTTP/1.1\r\n" + HOST + b"Content-Length: 1000\r\n"
    authorization = f"Authorization: Bearer {token}\r\n\r\n".encode()

    with socket.create_connection(("127.0.0.1", port), timeout=8) as connection:
        connection.sendall(head + authorization)
        begun = time.monotonic()
        connection.setblocking(False)
        received = b""
        while time.monotonic() - begun < 6 and not received:
            select.select([connection], [], [], 0.1)
            with contextlib.suppress(BlockingIOError):
                received = connection.recv(4096)
            with contextlib.suppress(OSError):
                connection.send(b" ")

    assert received.startswith(b"HTTP/1.1 408 ")


def test_a_body_in_small_pieces_is_waited_for(port: int) -> None:
    request = b"POST /songs HTTP/1.1\r\n" + HOST + CLOSE + b"Content-Length: 3\r\n\r\nabc"

    assert ask(port, request[:20], request[20:-2], request[-2:])[0] == [401]


CHUNKED = b"POST /songs HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n"


def test_a_trailer_is_no_header(port: int, token: str) -> None:
    trailer = f"Authorization: Bearer {token}\r\n\r\n".encode()

    statuses, _ = ask(port, CHUNKED + CLOSE + b"\r\n2\r\n{}\r\n0\r\n" + trailer)

    assert statuses == [401]


def test_endless_trailers_are_cut_off(port: int, token: str) -> None:
    head = CHUNKED + f"Authorization: Bearer {token}\r\n\r\n".encode()

    statuses, seconds = ask(port, head + b"2\r\n{}\r\n0\r\n", *[b"X: y\r\n" * 10_000] * 40)

    assert statuses in ([400], [431], [])
    assert seconds < 5


def test_trailers_are_bounded_however_large_the_body_was(port: int, token: str) -> None:
    head = CHUNKED + CLOSE + f"Authorization: Bearer {token}\r\n\r\n".encode()
    body = b"2710\r\n" + b" " * 10_000 + b"\r\n0\r\n"

    few, many = (ask(port, head + body + b"X: yyyyy\r\n" * n + b"\r\n")[0] for n in (9, 12_000))

    assert few == [201]
    assert many == [431]


def test_endless_chunk_extensions_are_cut_off(port: int, token: str) -> None:
    head = CHUNKED + f"Authorization: Bearer {token}\r\n\r\n".encode()

    _, seconds = ask(port, head + b"1;", *[b"y" * 50_000 for _ in range(400)])

    assert seconds < 5


def test_a_caller_who_has_said_all_is_still_answered(port: int) -> None:
    request = b"GET /songs HTTP/1.1\r\n" + HOST + b"\r\n"

    with socket.create_connection(("127.0.0.1", port), timeout=8) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        received = connection.recv(65536)

    assert received.startswith(b"HTTP/1.1 401 ")
