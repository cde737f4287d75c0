"""Handlers of every kind behind the whole stack: what they return, raise, or fail to do."""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import HandlerError
from gateway.handler import (
    MARK,
    Answer,
    Conflict,
    Forbidden,
    NotFound,
    Refusal,
    Unavailable,
    Unprocessable,
    Violation,
)
from gateway.handler import operation as handles
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import (
    document,
    gateway,
    operation,
)

TEXT = document({"/a": {"get": operation([{"oauth": ["read"]}, {}])}})


def answer(handler: Callable[..., Any], headers: Any = (), **more: Any) -> Reply:
    """What a handler of `GET /a` makes of a request."""
    marked = handler if hasattr(handler, MARK) else handles("GET /a")(handler)
    return asyncio.run(call(gateway(TEXT, marked, **more).app, "GET", "/a", headers))


def asynchronous(result: Any) -> Callable[..., Any]:
    async def handler() -> Any:
        if isinstance(result, BaseException):
            raise result
        return result

    return handler


def synchronous(result: Any) -> Callable[..., Any]:
    def handler() -> Any:
        if isinstance(result, BaseException):
            raise result
        return result

    return handler


KINDS = pytest.mark.parametrize(
    "make", [asynchronous, synchronous], ids=["coroutine", "in a thread"]
)


@KINDS
@pytest.mark.parametrize(
    ("result", "status", "body"),
    [
        pytest.param({"a": 1}, 200, b'{"a":1}', id="value"),
        pytest.param(None, 200, b"", id="none"),
        pytest.param(({"a": 1}, 201), 201, b'{"a":1}', id="body and status"),
        pytest.param(({}, 202, {"X-One": "1"}), 202, b"{}", id="body, status, headers"),
        pytest.param((None, 204), 204, b"", id="no content"),
        pytest.param(Answer([1, "x"], status=206), 206, b'[1,"x"]', id="answer"),
    ],
)
def test_a_handler_answers(make: Callable[..., Any], result: Any, status: int, body: bytes) -> None:
    reply = answer(make(result))

    assert (reply.status, reply.body) == (status, body)


@KINDS
@pytest.mark.parametrize(
    ("refusal", "problem"),
    [
        (Refusal("no"), (400, "refused")),
        (Forbidden("no"), (403, "forbidden")),
        (NotFound("no"), (404, "no-such-object")),
        (Conflict("no"), (409, "conflict")),
        (Unprocessable("no"), (422, "unprocessable")),
        (Unavailable("no"), (503, "store-unavailable")),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Refusal) else "",
)
def test_a_refusal_is_answered_as_a_problem(
    make: Callable[..., Any], refusal: Refusal, problem: tuple[int, str]
) -> None:
    reply = answer(make(refusal))

    assert reply.problem() == problem
    assert reply.json()["detail"] == "no"


def test_a_refusal_lists_its_violations() -> None:
    reply = answer(synchronous(Conflict("no", violations=[Violation("/name", "is taken")])))

    assert reply.json()["violations"] == [{"pointer": "/name", "detail": "is taken"}]


@KINDS
@pytest.mark.parametrize(
    "error", [RuntimeError("words of mine"), KeyError("k"), StopIteration()], ids=repr
)
def test_a_fault_is_a_500_without_a_word_on_why_and_a_log_with_its_id(
    make: Callable[..., Any], error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    reply = answer(make(error))

    assert reply.problem() == (500, "internal-error")
    assert reply.header("cache-control") == "no-store"
    assert b"words of mine" not in reply.body
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("scopegate.edge", logging.ERROR)
    assert record.getMessage() == f"{reply.json()['instance']}: GET /a failed"


@KINDS
@pytest.mark.parametrize(
    "stop",
    [SystemExit(3), KeyboardInterrupt(), GeneratorExit(), asyncio.CancelledError()],
    ids=repr,
)
def test_a_handler_that_would_end_the_process_has_merely_failed(
    make: Callable[..., Any], stop: BaseException
) -> None:
    assert answer(make(stop)).problem() == (500, "internal-error")


def test_a_request_that_is_cancelled_from_outside_is_cancelled() -> None:
    begun = asyncio.Event()

    async def handler() -> None:
        begun.set()
        await asyncio.Event().wait()

    app = gateway(TEXT, handles("GET /a")(handler)).app

    async def run() -> bool:
        request = asyncio.create_task(call(app, "GET", "/a"))
        await begun.wait()
        request.cancel()
        await asyncio.wait([request])
        return request.cancelled()

    assert asyncio.run(run())


@KINDS
@pytest.mark.parametrize(
    "rubbish",
    [
        object(),
        {1, 2},
        2**80,
        "\ud800",
        Answer(object()),
        Answer(1, headers={"x": "a\r\nb: c"}),
        ("x", 2),
    ],
    ids=["object", "set", "number", "surrogate", "object in an answer", "header", "status"],
)
def test_rubbish_is_a_500_and_never_half_an_answer(
    make: Callable[..., Any], rubbish: Any, caplog: pytest.LogCaptureFixture
) -> None:
    reply = answer(make(rubbish))

    assert reply.problem() == (500, "internal-error")
    assert [message["type"] for message in reply.messages] == [
        "http.response.start",
        "http.response.body",
    ]
    assert len(caplog.records) == 1


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(),
    lambda inner: st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def echo() -> Callable[[Any], Reply]:
    """Answers with the value it is handed."""
    handed: list[Any] = []

    async def handler() -> Any:
        return handed.pop()

    app = gateway(TEXT, handles("GET /a")(handler)).app

    def send(value: Any) -> Reply:
        handed.append(value)
        return asyncio.run(call(app, "GET", "/a"))

    return send


@given(value=VALUES)
def test_whatever_a_handler_returns_is_answered_whole(
    echo: Callable[[Any], Reply], value: Any
) -> None:
    reply = echo(value)

    assert reply.status in {200, 500}
    assert reply.header("content-length") == str(len(reply.body))


def test_a_coroutine_that_hangs_is_ended_with_a_504(caplog: pytest.LogCaptureFixture) -> None:
    ended: list[str] = []

    async def handler() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("yes")

    reply = answer(handler, timeout=0.02)

    assert reply.problem() == (504, "handler-timeout")
    assert ended == ["yes"]
    assert "took too long" in caplog.text


def test_a_thread_that_hangs_is_left_behind_with_a_504() -> None:
    release = threading.Event()

    def handler() -> None:
        release.wait(5)

    world = gateway(TEXT, handles("GET /a")(handler), timeout=0.02)

    async def run() -> Reply:
        reply = await call(world.app, "GET", "/a")
        release.set()
        return reply

    assert asyncio.run(run()).problem() == (504, "handler-timeout")


def test_handlers_get_their_arguments_from_path_query_and_header() -> None:
    parameters = [
        {"name": "songId", "in": "path", "required": True, "schema": {"type": "integer"}},
        {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 20}},
        {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
    ]
    text = document({"/songs/{songId}": {"get": operation(parameters=parameters)}})

    def handler(song_id: int, limit: int, x_trace: str | None) -> list[object]:
        return [song_id, limit, x_trace]

    def taking_all(**rest: object) -> object:
        return rest

    one = gateway(text, handles("GET /songs/{songId}")(handler)).app
    all_ = gateway(text, handles("GET /songs/{songId}")(taking_all)).app

    full = asyncio.run(call(one, "GET", "/songs/5?limit=3", {"x-trace": "t"}))
    bare = asyncio.run(call(one, "GET", "/songs/5"))
    wrong = asyncio.run(call(one, "GET", "/songs/five"))
    rest = asyncio.run(call(all_, "GET", "/songs/5"))
    assert full.json() == [5, 3, "t"]
    assert bare.json() == [5, 20, None]
    assert wrong.problem() == (400, "invalid-request")
    assert rest.json() == {"songId": 5, "limit": 20, "body": None}


def test_a_name_in_the_document_never_chooses_code() -> None:
    text = document(
        {"/a": {"get": operation(operationId="os.getcwd", **{"x-openapi-router-controller": "os"})}}
    )

    reply = asyncio.run(call(gateway(text).app, "GET", "/a"))

    assert reply.problem() == (501, "no-handler")


@pytest.mark.parametrize(
    "handlers",
    [
        pytest.param([handles("GET /b")(lambda: None)], id="unknown operation"),
        pytest.param(
            [handles("GET /a")(lambda: None), handles("GET /a")(lambda: 1)], id="two handlers"
        ),
        pytest.param([handles("GET /a")(lambda store: None)], id="argument from nowhere"),
    ],
)
def test_a_handler_that_does_not_fit_stops_the_start(handlers: list[Any]) -> None:
    with pytest.raises(HandlerError):
        gateway(TEXT, *handlers)


def test_requests_of_one_handler_run_side_by_side() -> None:
    text = document({"/a": {"get": operation()}})

    async def run() -> list[int]:
        both = asyncio.Barrier(3)

        async def handler() -> int:
            await both.wait()
            return 1

        app = gateway(text, handles("GET /a")(handler)).app
        replies = await asyncio.gather(*(call(app, "GET", "/a") for _ in range(3)))
        return [reply.status for reply in replies]

    assert asyncio.run(run()) == [200, 200, 200]
