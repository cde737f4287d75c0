"""Answers that are written together come whole, in their order, and none is lost."""

import asyncio
import re

from starlette.types import Receive, Scope, Send

from gateway.edge.settled_head import SettledHead
from tests.edge.connected import GET, Connected, answering, length, talked


class Settled:
    """Answers at once with a head that was settled before."""

    def __init__(self, body: bytes = b"ok") -> None:
        self.head = SettledHead.of([(b"x-a", b"b")])
        self.body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await answering(b"slow", headers=[length(4)])(scope, receive, send)

    def answer_now(self, scope: Scope, _body: bytes | None) -> object:
        if scope["path"] == "/slow":
            return None
        return 200, self.head, self.body


SLOW = GET.replace(b"GET /", b"GET /slow")
LAST = GET[:-2] + b"Connection: close\r\n\r\n"


def bodies(written: bytes) -> list[bytes]:
    return [part.partition(b"\r\n\r\n")[2] for part in re.split(rb"HTTP/1\.1 (?=\d)", written)[1:]]


def test_answers_of_both_kinds_keep_their_order() -> None:
    wire = talked(Settled(), GET + SLOW + GET + GET + SLOW + GET)

    assert bodies(wire.written) == [b"ok", b"slow", b"ok", b"ok", b"slow", b"ok"]


def test_what_is_to_be_written_is_before_the_connection_ends() -> None:
    for octets in (
        GET + GET + LAST,
        GET + GET + b"GET / HTTP/2.0\r\n\r\n",
        GET + GET + b"rubbish\r\n",
    ):
        wire = talked(Settled(), octets)
        assert bodies(wire.written)[:2] == [b"ok", b"ok"]
        assert len(bodies(wire.written)) == 3


def test_a_server_that_ends_writes_what_it_answered() -> None:
    async def talk() -> bytes:
        connected = Connected.to(Settled())
        connected.protocol.data_received(GET)
        connected.protocol.shutdown()
        assert connected.wire.is_closed
        return bytes(connected.wire.written)

    assert bodies(asyncio.run(talk())) == [b"ok"]


def test_answers_to_several_connections_are_written_after_all_were_read() -> None:
    async def talk() -> list[int]:
        loop = asyncio.get_running_loop()
        first = Connected.to(Settled())
        second = Connected.to(Settled())
        loop.call_soon(first.protocol.data_received, GET)
        loop.call_soon(second.protocol.data_received, GET)
        seen: list[int] = []
        loop.call_soon(lambda: seen.append(len(first.wire.written)))
        await first.settle()
        seen += [len(first.wire.written), len(second.wire.written)]
        return seen

    before, first, second = asyncio.run(talk())
    assert before == 0
    assert first == second > 0


def test_much_is_not_held_back() -> None:
    async def talk() -> int:
        connected = Connected.to(Settled(b"x" * 30_000))
        connected.protocol.data_received(GET * 3)
        return len(connected.wire.written)

    assert asyncio.run(talk()) > 60_000


def test_who_is_gone_is_written_nothing() -> None:
    async def talk() -> bytes:
        connected = Connected.to(Settled())
        connected.protocol.data_received(GET)
        connected.protocol.connection_lost(None)
        await connected.settle()
        return bytes(connected.wire.written)

    assert asyncio.run(talk()) == b""
