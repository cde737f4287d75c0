"""An application that can answer at once writes what it would have written through ASGI."""

import asyncio
from collections.abc import Sequence

import pytest
from starlette.types import Receive, Scope, Send

from tests.edge.connected import GET, Connected, Paused, answering, length, talked

Answer = tuple[int, list[tuple[bytes, bytes]], bytes]
HOST = b"Host: localhost\r\n"
UPLOAD = b"POST /a HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\n\r\n"
CHUNKS = b"POST /a HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n"
ANSWERS: dict[str, Answer] = {
    "of a length": (200, [length(2), (b"X-A", b"b")], b"ok"),
    "of no length": (200, [], b"ok"),
    "empty": (404, [length(0)], b""),
    "of no body": (204, [], b""),
    "last": (200, [length(2), (b"connection", b"close")], b"ok"),
    "large": (200, [length(100_000)], b"x" * 100_000),
    "too short": (200, [length(3)], b"ok"),
    "no header": (200, [(b"x", b"a\r\nb: c")], b"ok"),
    "no status": (99, [], b"ok"),
}


class Quick:
    """Answers a path at once, or through ASGI; keeps how it was asked."""

    def __init__(self, answer: Answer | None) -> None:
        self.answer = answer
        self.asked: list[tuple[str, bytes | None]] = []
        self.called = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.called += 1
        while (await receive()).get("more_body"):
            pass
        status, headers, body = self.answer or (200, [length(4)], b"ASGI")
        await answering(body, status=status, headers=headers)(scope, receive, send)

    def answer_now(self, scope: Scope, body: bytes | None) -> Answer | None:
        self.asked.append((scope["method"], body))
        return self.answer


def talked_to(app: Quick, pieces: Sequence[bytes], *, quickly: bool) -> Paused:
    async def slowly(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)

    return talked(app if quickly else slowly, *pieces)


REQUESTS = {
    "GET": [GET],
    "two at once": [GET + GET],
    "HEAD": [GET.replace(b"GET", b"HEAD")],
    "HTTP/1.0": [GET.replace(b"1.1", b"1.0")],
    "the last": [GET[:-2] + b"Connection: close\r\n\r\n" + GET],
    "a body": [UPLOAD + b"abc" + GET],
    "chunks": [CHUNKS + b"0\r\n\r\n" + GET],
    "a refused one behind": [GET + b"GET / HTTP/2.0\r\n\r\n"],
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("pieces", REQUESTS.values(), ids=REQUESTS)
def test_the_octets_are_those_of_asgi(answer: Answer, pieces: list[bytes]) -> None:
    at_once, by_asgi = Quick(answer), Quick(answer)

    wires = talked_to(at_once, pieces, quickly=True), talked_to(by_asgi, pieces, quickly=False)

    quick, slow = (wire.written.partition(b"urn:uuid:")[0] for wire in wires)
    assert quick == slow
    assert wires[0].is_closed == wires[1].is_closed
    assert (at_once.called, by_asgi.asked) == (0, [])
    assert len(at_once.asked) == by_asgi.called > 0


def test_the_body_is_handed_over_whole_and_none_where_there_is_none() -> None:
    app = Quick((200, [length(2)], b"ok"))

    talked(app, GET + UPLOAD + b"abc" + CHUNKS + b"2\r\nbc\r\n0\r\n\r\n")

    assert app.asked == [("GET", None), ("POST", b"abc"), ("POST", b"abc")]


def test_an_application_that_answers_none_is_called_as_asgi_has_it() -> None:
    app = Quick(None)

    wire = talked(app, UPLOAD + b"abc" + GET)

    assert wire.written.count(b"\r\n\r\nASGI") == 2
    assert (len(app.asked), app.called) == (2, 2)


@pytest.mark.parametrize(
    "pieces",
    [
        [UPLOAD, b"abc"],
        [UPLOAD + b"ab", b"c"],
        [UPLOAD[:-2] + b"Expect: 100-continue\r\n\r\nabc"],
        [UPLOAD.replace(b"3", b"65537") + b"x" * 65537],
    ],
    ids=["late", "half", "expecting", "large"],
)
def test_a_request_that_is_not_there_or_not_small_is_not_asked_about(pieces: list[bytes]) -> None:
    app = Quick((200, [length(2)], b"ok"))

    wire = talked(app, *pieces)

    assert (app.asked, app.called) == ([], 1)
    assert wire.written.endswith(b"\r\n\r\nok")


def test_a_caller_who_does_not_take_answers_is_not_answered_at_once() -> None:
    async def talk() -> tuple[int, int]:
        app = Quick((200, [length(2)], b"ok"))
        connected = Connected.to(app)
        await connected.send(GET)
        connected.protocol.pause_writing()
        await connected.send(GET + GET)
        connected.protocol.connection_lost(None)
        await connected.settle()
        return len(app.asked), app.called

    assert asyncio.run(talk()) == (1, 1)


@pytest.mark.parametrize("quickly", [True, False])
def test_a_flood_of_requests_whose_answers_nobody_takes_stops_at_the_high_water(
    quickly: bool,
) -> None:
    body = b"x" * 1000
    most, requests = 64 * 1024, 2000

    async def talk() -> tuple[int, int]:
        app = Quick((200, [length(len(body))], body))
        if not quickly:
            app.answer_now = lambda scope, body: None  # type: ignore[method-assign]  # as told
        connected = Connected.to(app)
        connected.wire.high_water = most, connected.protocol.pause_writing
        await connected.send(GET * requests)
        for _ in range(2000):
            await asyncio.sleep(0)
        stopped_at = len(connected.wire.written)
        connected.wire.high_water = None
        connected.protocol.resume_writing()
        while connected.state.total_requests < requests:
            await asyncio.sleep(0)
        connected.protocol.connection_lost(None)
        return stopped_at, connected.wire.written.count(body)

    stopped_at, answered = asyncio.run(talk())

    assert most < stopped_at < most + 2 * len(body)
    assert answered == requests


def test_an_application_that_fails_at_once_is_answered_for() -> None:
    class Failing(Quick):
        def answer_now(self, scope: Scope, body: bytes | None) -> Answer | None:
            raise ValueError("as told")

    app = Failing(None)

    wire = talked(app, GET + GET)

    assert wire.written.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert wire.written.count(b"HTTP/1.1 ") == 1
    assert wire.is_closed
    assert app.called == 0
