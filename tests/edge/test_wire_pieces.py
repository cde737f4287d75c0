"""However the network cuts what is sent, the same requests are read and answered."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send
from uvicorn.server import ServerState

from gateway.edge.wire import BoundedHttpProtocol

HOST = b"Host: localhost\r\n"
STREAM = b"".join(
    [
        b"\r\nGET /one?x=1 HTTP/1.1\r\n" + HOST + b"X-Padded: \t a \t\r\n\r\n",
        b"GET http://other.example:81/two HTTP/1.1\r\nX: y\r\n" + HOST + b"\r\n",
        b"POST /three HTTP/1.1\r\n" + HOST + b"Content-Length: 8\r\n\r\n\r\n\r\nG\r\n\r",
        b"POST /four HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n",
        b"4;e=x\r\n\r\n\r\n\r\n5\r\n0\r\n\r\n\r\n0\r\nTrailer: x\r\n\r\n",
        b"POST /five HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /six HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\n{}",
        b"GET /seven HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n",
    ]
)
READ = [
    ["GET", "/one", "x=1", ["localhost", "a"], ""],
    ["GET", "/two", "", ["other.example:81", "y"], ""],
    ["POST", "/three", "", ["localhost", "8"], "\r\n\r\nG\r\n\r"],
    ["POST", "/four", "", ["localhost", "chunked"], "\r\n\r\n0\r\n\r\n"],
    ["POST", "/five", "", ["localhost", "chunked"], ""],
    ["POST", "/six", "", ["localhost", "2"], "{}"],
    ["GET", "/seven", "", ["localhost", "close"], ""],
]


class Wire(asyncio.Transport):
    """A transport that keeps what is written to it; what comes after its end is a fault."""

    def __init__(self) -> None:
        super().__init__()
        self.written = self.late = b""
        self.pieces: list[bytes] = []
        self.has_ended = self.is_closed = False
        self.over = asyncio.Event()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def write(self, data: Any) -> None:
        if self.has_ended:
            self.late += data
        else:
            self.written += data
            self.pieces.append(data)

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.has_ended = True
        self.over.set()

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True
        self.over.set()

    def pause_reading(self) -> None:
        """Nothing comes by itself."""

    def resume_reading(self) -> None:
        """Nothing comes by itself."""


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Tell what was read of a request."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    values = [value.decode() for _, value in scope["headers"]]
    target = [scope["method"], scope["raw_path"].decode(), scope["query_string"].decode()]
    read = json.dumps([*target, values, body.decode()]).encode()
    length = (b"content-length", str(len(read)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": read})


async def exchange(
    app: Callable[[Scope, Receive, Send], Awaitable[None]],
    pieces: Sequence[bytes],
    *,
    waits: bool = True,
) -> Wire:
    """Hand pieces to a connection, letting the application run between them if it `waits`."""
    config = uvicorn.Config(app, ws="none", lifespan="off", log_config=None, access_log=False)
    wire = Wire()
    protocol = BoundedHttpProtocol(config, ServerState(), {}, _loop=asyncio.get_running_loop())
    protocol.connection_made(wire)
    for piece in pieces:
        protocol.data_received(piece)
        for _ in range(6 if waits else 0):
            await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await wire.over.wait()
        while protocol.tasks:
            await asyncio.sleep(0)
    protocol.connection_lost(None)
    assert wire.late == b""
    return wire


def read(wire: Wire) -> list[Any]:
    """What the application told of the requests that it was given."""
    return [json.loads(line) for line in re.findall(rb"\r\n\r\n(\[.*?\])(?=HTTP|$)", wire.written)]


@pytest.mark.parametrize("waits", [True, False], ids=["slowly", "at once"])
def test_a_stream_cut_in_two_anywhere_is_read_alike(waits: bool) -> None:
    async def cut_everywhere() -> list[Wire]:
        cuts = range(1, len(STREAM))
        return [await exchange(echo, [STREAM[:n], STREAM[n:]], waits=waits) for n in cuts]

    wires = asyncio.run(cut_everywhere())

    assert [n for n, wire in enumerate(wires, 1) if read(wire) != READ] == []


@pytest.mark.parametrize("size", [1, 2, 3, 5, 64, len(STREAM)])
@pytest.mark.parametrize("waits", [True, False], ids=["slowly", "at once"])
def test_a_stream_in_pieces_of_any_size_is_read_alike(size: int, waits: bool) -> None:
    pieces = [STREAM[place : place + size] for place in range(0, len(STREAM), size)]

    wire = asyncio.run(exchange(echo, pieces, waits=waits))

    assert read(wire) == READ


async def unread(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Refuse without asking for the body."""
    headers = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 401, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


UPLOAD = b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 9\r\n\r\n"


def test_an_answer_before_the_end_of_the_body_is_the_last_of_its_connection() -> None:
    wire = asyncio.run(exchange(unread, [UPLOAD, b"GET / HTTP/"]))

    assert wire.written.count(b"HTTP/1.1 ") == 1
    assert b"connection: close\r\n" in wire.written


def test_an_answer_after_the_whole_body_leaves_the_connection_open_for_the_next() -> None:
    last = b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"

    wire = asyncio.run(exchange(unread, [UPLOAD + b"x" * 9, last]))

    assert wire.written.count(b"HTTP/1.1 401 ") == 2
    assert wire.written.count(b"connection: close\r\n") == 1


def test_a_body_that_turns_out_malformed_ends_its_request_and_is_written_once() -> None:
    heard: list[Message] = []

    async def waiting(_scope: Scope, receive: Receive, _send: Send) -> None:
        while not heard or heard[-1]["type"] != "http.disconnect":
            heard.append(await receive())

    head = b"POST / HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\n"
    chunks = [b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", b"x\r\n"]

    wire = asyncio.run(exchange(waiting, [head, *chunks]))

    statuses = re.findall(rb"HTTP/1\.1 (\d+) ", wire.written)
    assert statuses == [b"100", b"400"]
    assert [message["type"] for message in heard] == ["http.request", "http.disconnect"]


def test_a_queued_request_whose_body_is_malformed_waits_for_those_before_it() -> None:
    async def slowly(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        await unread(scope, receive, send)

    first = b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"
    second = b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"

    wire = asyncio.run(exchange(slowly, [first + second, b"x\r\n"]))

    assert re.findall(rb"HTTP/1\.1 (\d+) ", wire.written) == [b"401", b"400"]


def test_a_handler_that_asks_for_a_refused_body_makes_nobody_say_continue() -> None:
    async def lately(_scope: Scope, receive: Receive, _send: Send) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        assert (await receive())["type"] == "http.disconnect"

    head = b"POST / HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\n"

    wire = asyncio.run(exchange(lately, [head + b"Transfer-Encoding: chunked\r\n\r\n", b"x\r\n"]))

    assert re.findall(rb"HTTP/1\.1 (\d+) ", wire.written) == [b"400"]


@pytest.mark.parametrize(
    "last",
    [
        b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    ],
    ids=["that closes", "of HTTP/1.0", "of HTTP/1.0 that would stay"],
)
def test_a_request_behind_the_last_one_keeps_nothing_open(last: bytes) -> None:
    wire = asyncio.run(exchange(unread, [last + UPLOAD]))

    assert wire.written.count(b"HTTP/1.1 ") == 1
    assert (wire.is_closed, wire.has_ended) == (True, False)
