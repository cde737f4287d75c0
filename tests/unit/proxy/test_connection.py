"""Answers of an upstream cut anywhere, and octets that are none, on one connection."""

import asyncio
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.proxy.connection import UpstreamConnection
from gateway.edge.proxy.faults import UpstreamError

_CHUNKS = b"2\r\nhe\r\n3;x=1\r\nllo\r\n0\r\nT: 1\r\n\r\n"
_HINTS = b"HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\n"
_ANSWERS = {
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: 1\r\n\r\nhello": (200, b"hello"),
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + _CHUNKS: (200, b"hello"),
    b"HTTP/1.1 204 No Content\r\nX: 1\r\n\r\n": (204, b""),
    _HINTS + b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n": (404, b""),
}


@dataclass
class _Wire(asyncio.Transport):
    """A transport that keeps what is sent, and is told nothing else."""

    sent: list[bytes] = field(default_factory=list)
    is_closed: bool = False
    is_paused: bool = False

    def write(self, data: Any) -> None:
        self.sent.append(bytes(data))

    def is_closing(self) -> bool:
        return self.is_closed

    def abort(self) -> None:
        self.is_closed = True

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        return


def _connected() -> tuple[UpstreamConnection, _Wire]:
    loop = asyncio.new_event_loop()
    connection, wire = UpstreamConnection(loop), _Wire()
    connection.connection_made(wire)
    loop.close()
    return connection, wire


def _pieces(octets: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(octets), *(cut % (len(octets) + 1) for cut in cuts)})
    return [octets[a:b] for a, b in pairwise(places)]


_CUTS = st.lists(st.integers(min_value=0, max_value=200), max_size=12)


@given(
    answers=st.lists(st.tuples(st.sampled_from(sorted(_ANSWERS)), _CUTS), min_size=1, max_size=4)
)
def test_an_answer_is_the_same_wherever_it_is_cut_and_the_next_one_is_its_own(
    answers: list[tuple[bytes, list[int]]],
) -> None:
    connection, _ = _connected()

    for octets, cuts in answers:
        connection.ask(b"", is_head=False)
        body = b""
        for piece in _pieces(octets, cuts):
            connection.data_received(piece)
            body += connection.take()

        assert connection.is_complete
        assert connection.head is not None
        assert (connection.head.status, body) == _ANSWERS[octets]
        assert connection.finish()


@given(st.lists(st.binary(max_size=80), max_size=6), st.booleans())
def test_octets_that_are_no_answer_never_raise_and_end_the_connection(
    pieces: list[bytes], is_head: bool
) -> None:
    connection, wire = _connected()
    connection.ask(b"", is_head=is_head)

    for piece in pieces:
        connection.data_received(piece)
    connection.connection_lost(None)

    assert isinstance(connection.fault, UpstreamError)
    assert not connection.finish()
    assert wire.is_closed


@pytest.mark.parametrize("more", [b"x", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"])
@pytest.mark.parametrize("is_head", [False, True])
@pytest.mark.parametrize("comes_apart", [False, True])
def test_octets_beyond_an_answer_end_its_connection_and_belong_to_nobody(
    more: bytes, is_head: bool, comes_apart: bool
) -> None:
    octets = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + b"hi" * (not is_head)
    connection, wire = _connected()
    connection.ask(b"", is_head=is_head)

    for piece in [octets, more] if comes_apart else [octets + more]:
        connection.data_received(piece)

    assert connection.fault is None
    assert connection.take() == (b"" if is_head else b"hi")
    assert not connection.finish()
    assert wire.is_closed


def test_what_comes_while_nobody_asks_ends_the_connection() -> None:
    connection, wire = _connected()

    connection.data_received(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    assert wire.is_closed
    assert not connection.is_usable


def test_an_upstream_that_is_faster_than_its_client_is_made_to_wait() -> None:
    connection, wire = _connected()
    connection.ask(b"", is_head=False)
    connection.data_received(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n")

    connection.data_received(b"x" * 300_000)
    was_paused = wire.is_paused
    connection.take()

    assert (was_paused, wire.is_paused) == (True, False)
