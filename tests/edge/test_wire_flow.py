"""What flows between a caller and an application: bodies, patience, ends, and what waits."""

import asyncio
from contextvars import ContextVar

import pytest
from starlette.types import Message, Receive, Scope, Send

from tests.edge.connected import GET, Connected, answering, length, talked

HOST = b"Host: localhost\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
OK = [length(2)]


def post(octets: int, *fields: bytes) -> bytes:
    lines = b"".join(field + b"\r\n" for field in fields)
    return b"POST / HTTP/1.1\r\n" + HOST + lines + b"Content-Length: %d\r\n\r\n" % octets


class Gated:
    """An application that answers when it is told to, and keeps what it received."""

    def __init__(self) -> None:
        self.may_read, self.may_answer = asyncio.Event(), asyncio.Event()
        self.heard: list[Message] = []
        self.begun = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun += 1
        await self.may_read.wait()
        self.heard.append(await receive())
        while self.heard[-1].get("more_body"):
            self.heard.append(await receive())
        await self.may_answer.wait()
        await answering(b"ok", headers=OK)(scope, receive, send)


def test_a_large_body_is_not_read_before_it_is_asked_for() -> None:
    async def flow() -> list[bool]:
        app = Gated()
        connected = Connected.to(app)
        await connected.send(post(200_000), b"x" * 60_000)
        paused = [connected.wire.is_paused]
        await connected.send(b"x" * 60_000)
        paused.append(connected.wire.is_paused)
        app.may_read.set()
        await connected.settle()
        paused.append(connected.wire.is_paused)
        await connected.send(b"x" * 80_000)
        app.may_answer.set()
        await connected.settle()
        assert sum(len(message["body"]) for message in app.heard) == 200_000
        assert connected.wire.written.endswith(b"\r\n\r\nok")
        connected.protocol.connection_lost(None)
        return paused

    assert asyncio.run(flow()) == [False, True, False]


def test_reading_goes_on_after_an_answer_to_a_body_that_nobody_read() -> None:
    async def flow() -> bytes:
        connected = Connected.to(answering(b"ok", headers=OK))
        await connected.send(post(100_000) + b"x" * 100_000)
        assert not connected.wire.is_paused
        await connected.send(GET)
        connected.protocol.connection_lost(None)
        return connected.wire.written

    assert asyncio.run(flow()).count(b"HTTP/1.1 200 OK") == 2


@pytest.mark.parametrize("is_lost", [False, True])
def test_an_answer_that_nobody_takes_is_not_written_on(is_lost: bool) -> None:
    async def flow() -> list[int]:
        connected = Connected.to(answering(b"a", b"b", b"c"))
        connected.protocol.pause_writing()
        await connected.send(GET)
        counts = [len(connected.wire.written)]
        if is_lost:
            connected.protocol.connection_lost(None)
        else:
            connected.protocol.resume_writing()
        await connected.settle()
        counts.append(connected.wire.written.count(b"\r\n0\r\n\r\n"))
        assert not connected.state.tasks
        connected.protocol.connection_lost(None) if not is_lost else None
        return counts

    assert asyncio.run(flow()) == [0, 0 if is_lost else 1]


def test_who_expects_it_is_told_to_continue_once_and_when_the_body_is_asked_for() -> None:
    async def flow() -> list[bytes]:
        app = Gated()
        connected = Connected.to(app)
        await connected.send(post(2, b"Expect: 100-Continue"))
        written = [connected.wire.written]
        app.may_read.set()
        await connected.settle()
        written.append(connected.wire.written)
        app.may_answer.set()
        await connected.send(b"a", b"b")
        written.append(connected.wire.written)
        connected.protocol.connection_lost(None)
        return written

    before, asked, after = asyncio.run(flow())

    assert (before, asked) == (b"", CONTINUE)
    assert after.startswith(CONTINUE + b"HTTP/1.1 200 OK\r\n")
    assert after.count(b"100 Continue") == 1


def test_who_expects_continue_and_is_refused_is_not_told_to() -> None:
    wire = talked(answering(b"ok", headers=OK), post(2, b"Expect: 100-continue"))

    assert wire.written.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nconnection: close\r\n" in wire.written


def test_a_caller_of_the_old_version_is_told_nothing_before_his_answer() -> None:
    async def reads(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await answering(b"ok", headers=OK)(_scope, receive, send)

    old = post(2, b"Expect: 100-continue").replace(b"HTTP/1.1", b"HTTP/1.0")
    wire = talked(reads, old + b"ab")

    assert wire.written.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_caller_who_goes_is_told_to_all_who_wait() -> None:
    heard: list[Message] = []

    async def waiting(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        heard.extend(await asyncio.gather(receive(), receive()))
        await send({"type": "http.response.start", "status": 200})

    wire = talked(waiting, GET)

    assert [message["type"] for message in heard] == ["http.disconnect"] * 2
    assert wire.written == b""


def test_bodies_of_pipelined_requests_stay_with_their_requests() -> None:
    heard: list[bytes] = []

    async def keeping(scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        heard.append(body)
        await answering(b"ok", headers=OK)(scope, receive, send)

    bodies = [b"%d" % n * n for n in range(1, 9)]
    stream = b"".join(post(len(body)) + body for body in bodies)

    wire = talked(keeping, stream, b"\r\n" + GET)

    assert wire.written.count(b"HTTP/1.1 200 OK") == 9
    assert heard == [*bodies, b""]


def test_a_request_begins_when_the_one_before_it_was_answered() -> None:
    async def flow() -> list[int]:
        app = Gated()
        app.may_read.set()
        connected = Connected.to(app)
        await connected.send(GET + GET, GET)
        begun = [app.begun]
        app.may_answer.set()
        await connected.settle()
        begun.append(app.begun)
        assert connected.wire.written.count(b"\r\n\r\nok") == 3
        connected.protocol.connection_lost(None)
        return begun

    assert asyncio.run(flow()) == [1, 3]


def test_what_waits_for_an_answer_is_bounded() -> None:
    async def flow() -> list[bool]:
        app = Gated()
        connected = Connected.to(app)
        await connected.send(GET * 1000)
        paused = [connected.wire.is_paused]
        await connected.send(GET * 2000)
        paused.append(connected.wire.is_paused)
        app.may_read.set()
        await connected.settle()
        paused.append(connected.wire.is_paused)
        app.may_answer.set()
        while connected.wire.written.count(b"\r\n\r\nok") < 3000:
            await asyncio.sleep(0)
        paused.append(connected.wire.is_paused)
        connected.protocol.connection_lost(None)
        return paused

    assert asyncio.run(flow()) == [False, True, True, False]


def test_a_caller_who_sent_several_requests_and_no_more_gets_all_answers() -> None:
    async def flow() -> tuple[bytes, bool]:
        app = Gated()
        connected = Connected.to(app)
        await connected.send(GET + GET + b"GET / HT")
        assert connected.protocol.eof_received() is True
        app.may_read.set()
        app.may_answer.set()
        await connected.settle()
        await connected.settle()
        written, is_closed = connected.wire.written, connected.wire.is_closed
        connected.protocol.connection_lost(None)
        return written, is_closed

    written, is_closed = asyncio.run(flow())

    assert written.count(b"\r\n\r\nok") == written.count(b"HTTP/1.1 ") == 2
    assert is_closed


SEEN = ContextVar("SEEN", default="nobody")


def test_what_a_request_puts_into_its_context_is_not_there_for_the_next() -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(SEEN.get())
        SEEN.set("somebody")
        await answering(b"ok", headers=OK)(scope, receive, send)

    talked(app, GET + GET, GET)

    assert seen == ["nobody"] * 3


def test_what_a_request_puts_into_its_state_is_not_there_for_the_next() -> None:
    seen: list[dict[str, object]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append({**scope["state"]})
        scope["state"]["two"] = 2
        scope["asgi"]["version"] = scope["headers"] = None
        await answering(b"ok", headers=OK)(scope, receive, send)

    talked(app, GET, GET)

    assert seen == [{"one": [1]}] * 2


def test_the_scope_is_what_asgi_says() -> None:
    scopes: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scopes.append(dict(scope))
        await answering(b"ok", headers=OK)(scope, receive, send)

    talked(app, b"GET /a%2Fb%C3%A4//c?x=%20&?y HTTP/1.1\r\nHost: h\r\nX-A:  b \r\nx-a: c\r\n\r\n")
    talked(app, b"OPTIONS * HTTP/1.0\r\n\r\n", root_path="/root")

    assert scopes[0] == {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": None,
        "client": None,
        "scheme": "http",
        "method": "GET",
        "root_path": "",
        "path": "/a/bä//c",
        "raw_path": b"/a%2Fb%C3%A4//c",
        "query_string": b"x=%20&?y",
        "headers": [(b"host", b"h"), (b"x-a", b"b"), (b"x-a", b"c")],
        "state": {"one": [1]},
    }
    assert scopes[1]["http_version"] == "1.0"
    assert [scopes[1][name] for name in ("method", "path", "raw_path", "root_path")] == [
        *("OPTIONS", "/root*", b"/root*", "/root"),
    ]


def test_a_server_that_ends_closes_what_is_idle_and_lets_finish_what_is_not() -> None:
    async def flow() -> None:
        app = Gated()
        idle, busy, begun = (Connected.to(app) for _ in range(3))
        await busy.send(GET + GET)
        await begun.send(GET[:9])
        for connected in (idle, busy, begun):
            connected.protocol.shutdown()
        assert [c.wire.is_closed for c in (idle, busy, begun)] == [True, False, True]
        app.may_read.set()
        app.may_answer.set()
        await busy.settle()
        assert busy.wire.is_closed
        assert busy.wire.written.count(b"HTTP/1.1 200 OK") == 1
        assert b"\r\nconnection: close\r\n" in busy.wire.written
        assert busy.state.total_requests == 1
        for connected in (idle, busy, begun):
            connected.protocol.connection_lost(None)

    asyncio.run(flow())


def test_a_server_that_serves_as_many_as_it_may_answers_503() -> None:
    wire = talked(answering(b"ok", headers=OK), GET, limit_concurrency=1)

    assert wire.written.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert wire.is_closed
