"""Methods that a document of OAS 3.2 makes up: read from the wire where it declares them."""

import asyncio
import json
from collections.abc import Collection
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from gateway.edge.problem import Problem
from gateway.edge.request_head import METHODS, RequestLine, read_line, served_methods
from gateway.edge.wire import BoundedHttpProtocol
from tests.edge.test_wire_pieces import Wire, echo

LONGEST = 100


def own() -> Collection[str]:
    return {"FROBNICATE", "m-x", "GET"}


@pytest.mark.parametrize("method", ["FROBNICATE", "m-x"])
def test_a_method_of_the_document_is_read(method: str) -> None:
    line = read_line(f"{method} /a HTTP/1.1\r\n".encode(), LONGEST, own_methods=own)

    assert line == RequestLine(b"/a", None, is_old=False, own_method=method)


@pytest.mark.parametrize("method", ["frobnicate", "FROBNICATES", "M-X", "get", "FOO"])
def test_another_method_is_501_with_all_that_there_are(method: str) -> None:
    problem = read_line(f"{method} /a HTTP/1.1\r\n".encode(), LONGEST, own_methods=own)

    assert isinstance(problem, Problem)
    assert problem.status == 501
    assert dict(problem.headers)[b"allow"] == served_methods(own())
    assert {b"FROBNICATE", b"QUERY", b"m-x"} <= {*served_methods(own()).split(b", ")}


def test_a_method_that_the_parser_knows_is_read_as_ever() -> None:
    line = read_line(b"GET /a HTTP/1.1\r\n", LONGEST, own_methods=own)

    assert line == RequestLine(b"/a", None, is_old=False)


def test_trace_and_connect_are_told_by_no_document() -> None:
    told = served_methods({"TRACE", "CONNECT", "COPY"}).split(b", ")

    assert b"COPY" in told
    assert {b"TRACE", b"CONNECT"}.isdisjoint(told)


async def exchanged(pieces: list[bytes]) -> list[Any]:
    """What an application that tells its methods reads from the pieces of a stream."""
    config = uvicorn.Config(echo, ws="none", lifespan="off", log_config=None, access_log=False)
    wire, loop = Wire(), asyncio.get_running_loop()
    protocol = BoundedHttpProtocol(config, ServerState(), {METHODS: own}, _loop=loop)
    protocol.connection_made(wire)
    for piece in pieces:
        protocol.data_received(piece)
        for _ in range(6):
            await asyncio.sleep(0)
    while protocol.tasks:
        await asyncio.sleep(0)
    protocol.connection_lost(None)
    answers = wire.written.split(b"\r\n\r\n")
    bodies = [piece.partition(b"HTTP/1.1")[0] for piece in answers[1:]]
    return [json.loads(body)[:3] for body in bodies]


STREAM = (
    b"FROBNICATE /a?b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nxy"
    b"GET /c HTTP/1.1\r\nHost: h\r\n\r\n"
    b"m-x /d HTTP/1.1\r\nHost: h\r\n\r\n"
)


@pytest.mark.parametrize("size", [1, 3, 7, len(STREAM)])
def test_requests_with_such_methods_are_read_from_pieces_of_any_size(size: int) -> None:
    pieces = [STREAM[place : place + size] for place in range(0, len(STREAM), size)]

    read = asyncio.run(exchanged(pieces))

    assert read == [["FROBNICATE", "/a", "b"], ["GET", "/c", ""], ["m-x", "/d", ""]]
