"""An application's answer on the wire: framed as HTTP has it, or ended where it is none."""

import re

import pytest
from starlette.types import Message, Receive, Scope, Send

from tests.edge.connected import DATE, GET, App, Headers, answering, length, talked

HEAD = GET.replace(b"GET", b"HEAD")
OLD = GET.replace(b"1.1", b"1.0")
FAULT = (
    b"HTTP/1.1 500 Internal Server Error\r\ndate: " + DATE + b"\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 21\r\nconnection: close\r\n\r\n"
    b"Internal Server Error"
)


def body_of(written: bytes) -> bytes:
    return written.partition(b"\r\n\r\n")[2]


def test_an_answer_is_its_head_the_servers_headers_and_its_body() -> None:
    app = answering(b"ab", headers=[(b"Content-Type", b"text/plain"), length(2)])

    wire = talked(app, GET)

    assert wire.written == (
        b"HTTP/1.1 200 OK\r\ndate: " + DATE + b"\r\n"
        b"content-type: text/plain\r\ncontent-length: 2\r\n\r\nab"
    )
    assert not wire.is_closed


def test_an_answer_of_untold_length_goes_in_chunks() -> None:
    wire = talked(answering(b"ab", b"", b"c" * 17), GET)

    assert b"\r\ntransfer-encoding: chunked\r\n" in wire.written
    assert body_of(wire.written) == b"2\r\nab\r\n11\r\n" + b"c" * 17 + b"\r\n0\r\n\r\n"
    assert not wire.is_closed


def test_an_answer_of_untold_length_that_is_empty_has_the_end_alone() -> None:
    assert body_of(talked(answering(b""), GET).written) == b"0\r\n\r\n"


def test_an_application_may_say_chunked_itself() -> None:
    wire = talked(answering(b"ab", headers=[(b"Transfer-Encoding", b"Chunked")]), GET)

    assert wire.written.lower().count(b"chunked") == 1
    assert body_of(wire.written) == b"2\r\nab\r\n0\r\n\r\n"


def test_a_caller_of_http_1_0_is_sent_no_chunks_and_the_end_of_the_connection() -> None:
    wire = talked(answering(b"ab", b"c"), OLD)

    assert b"transfer-encoding" not in wire.written
    assert b"\r\nconnection: close\r\n" in wire.written
    assert body_of(wire.written) == b"abc"
    assert wire.is_closed


@pytest.mark.parametrize("headers", [[length(2)], [], [(b"transfer-encoding", b"chunked")]])
def test_head_is_answered_by_the_head_alone(headers: Headers) -> None:
    wire = talked(answering(b"ab", headers=headers), HEAD, HEAD)

    assert wire.written.count(b"HTTP/1.1 200 OK\r\n") == 2
    assert body_of(wire.written).startswith(b"HTTP/1.1 200 OK\r\n")
    assert wire.written.endswith(b"\r\n\r\n")
    assert (b"content-length: 2" in wire.written) is (headers == [length(2)])
    assert not wire.is_closed


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_frames_none(status: int) -> None:
    wire = talked(answering(b"", status=status), GET, GET)

    assert wire.written.count(b"HTTP/1.1 %d " % status) == 2
    assert b"transfer-encoding" not in wire.written
    assert body_of(wire.written).startswith(b"HTTP/1.1 ")


@pytest.mark.parametrize("status", [204, 304])
def test_a_body_for_a_status_that_has_none_is_not_written(status: int) -> None:
    assert talked(answering(b"ab", status=status), GET).written == FAULT


def test_an_answer_that_says_close_is_the_last() -> None:
    wire = talked(answering(b"", headers=[length(0), (b"Connection", b"x, Close")]), GET, GET)

    assert wire.written.count(b"HTTP/1.1 ") == 1
    assert wire.written.count(b"onnection: ") == 1
    assert wire.is_closed


@pytest.mark.parametrize(
    "header",
    [
        (b"x", b"a\r\nset-cookie: b"),
        (b"x", b"a\nb"),
        (b"x", b"a\rb"),
        (b"x", b"a\x00b"),
        (b"x\r\nset-cookie", b"b"),
        (b"x y", b"a"),
        (b"x:", b"a"),
        (b"", b"a"),
        (b"content-type", b"a\r\n\r\nb"),
        (b"content-length", b"+2"),
        (b"content-length", b"2, 2"),
        (b"content-length", b"two"),
    ],
)
def test_a_header_that_is_none_is_not_written(header: tuple[bytes, bytes]) -> None:
    wire = talked(answering(b"ab", headers=[header]), GET)

    assert wire.written == FAULT
    assert wire.is_closed


@pytest.mark.parametrize(
    "headers",
    [
        [length(2), length(3)],
        [length(2), (b"Transfer-Encoding", b"chunked")],
        [(b"transfer-encoding", b"chunked"), length(2)],
    ],
)
def test_an_answer_whose_length_is_told_twice_is_not_written(headers: Headers) -> None:
    assert talked(answering(b"ab", headers=headers), GET).written == FAULT


@pytest.mark.parametrize("bodies", [(b"abc",), (b"a",), (b"",)], ids=["long", "short", "empty"])
def test_a_body_that_is_not_of_its_length_is_not_written(bodies: tuple[bytes, ...]) -> None:
    wire = talked(answering(*bodies, headers=[length(2)]), GET)

    assert wire.written == FAULT
    assert wire.is_closed


@pytest.mark.parametrize("last", [b"bc", b""], ids=["too long", "too short"])
def test_a_begun_body_that_is_not_of_its_length_ends_the_connection(last: bytes) -> None:
    wire = talked(answering(b"a", last, headers=[length(2)]), GET)

    assert wire.written.count(b"HTTP/1.1 ") == 1
    assert body_of(wire.written) == b"a"
    assert wire.is_closed


async def raising(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise ValueError("as told")


async def silent(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Answer nothing."""


async def odd(_scope: Scope, _receive: Receive, _send: Send) -> None:
    return 1  # type: ignore[return-value]  # that is what is odd


async def headless(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.body", "body": b"a"})


async def twice(_scope: Scope, _receive: Receive, send: Send) -> None:
    start: Message = {"type": "http.response.start", "status": 200, "headers": [length(1)]}
    await send(start)
    await send(start)


@pytest.mark.parametrize(
    "app", [raising, silent, odd, headless, twice, answering(raises=True), answering()]
)
def test_an_application_that_fails_before_its_body_is_answered_for(app: App) -> None:
    wire = talked(app, GET)

    assert wire.written == FAULT
    assert wire.is_closed


def test_an_application_that_fails_within_its_body_ends_the_connection() -> None:
    wire = talked(answering(b"a", raises=True), GET)

    assert body_of(wire.written) == b"1\r\na\r\n"
    assert wire.is_closed


def test_an_application_that_stops_within_its_body_ends_the_connection() -> None:
    async def stopping(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})

    wire = talked(stopping, GET)

    assert body_of(wire.written) == b"1\r\na\r\n"
    assert wire.is_closed


def test_an_application_that_goes_on_after_its_answer_writes_no_more() -> None:
    async def talkative(scope: Scope, receive: Receive, send: Send) -> None:
        await answering(b"", headers=[length(0)])(scope, receive, send)
        assert (await receive())["type"] == "http.disconnect"
        await send({"type": "http.response.body", "body": b"more"})

    wire = talked(talkative, GET, GET)

    assert re.findall(rb"\r\n\r\n([^H]*)", wire.written) == [b"", b""]


def test_an_answer_of_one_part_is_one_piece_on_the_wire_and_its_head_waits_for_it() -> None:
    sent: list[Message] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [length(1)]})
        sent.append({"type": "head"})
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        await send({"type": "http.response.body", "body": b"a"})

    wire = talked(app, GET)

    assert sent == [{"type": "head"}]
    assert wire.pieces[0].endswith(b"\r\n\r\n")
    assert wire.pieces[1:] == [b"a"]
    assert len(talked(answering(b"a", headers=[length(1)]), GET).pieces) == 1
    big = b"x" * 100_000
    assert talked(answering(big, headers=[length(len(big))]), GET).pieces[1] == big
