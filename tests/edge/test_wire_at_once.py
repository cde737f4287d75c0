"""An answer that begins without a task of its own: the handler does not see a difference."""

import asyncio
import contextvars
import time
from collections.abc import Awaitable, Callable, Coroutine
from itertools import pairwise
from typing import Any

import anyio
import pytest
from starlette.types import Receive, Scope, Send

from gateway.edge.within import rest_within
from tests.edge.connected import GET, Connected

Answer = tuple[int, list[tuple[bytes, bytes]], bytes]
Handler = Callable[[], Awaitable[str]]
SEEN: contextvars.ContextVar[str] = contextvars.ContextVar("seen", default="nothing")


def answer_of(text: str) -> Answer:
    return 200, [(b"content-length", str(len(text)).encode())], text.encode()


class Beginning:
    """Begins to answer by a handler's first step; counts how it was asked."""

    def __init__(self, handler: Callable[[], Coroutine[Any, Any, str]]) -> None:
        self.handler = handler
        self.begun = self.called = 0

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        self.called += 1
        status, headers, body = answer_of(await self.handler())
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def answer_now(self, _scope: Scope, _body: bytes | None) -> Any:
        return self

    def begin(self, _receive: Receive) -> Any:
        self.begun += 1
        call = self.handler()
        try:
            waits_for = call.send(None)
        except StopIteration as done:
            return answer_of(done.value)
        return self._rest(call, waits_for)

    async def _rest(self, call: Coroutine[Any, Any, str], waits_for: Any) -> Answer:
        return answer_of(await rest_within(5, call, waits_for))


def bodies(handler: Callable[[], Coroutine[Any, Any, str]], *pieces: bytes) -> list[str]:
    """The bodies of the answers; each piece arrives as the loop hands it over, outside any task."""

    async def talk() -> list[str]:
        app = Beginning(handler)
        connected = Connected.to(app)
        await connected.settle()
        for piece in pieces:
            asyncio.get_running_loop().call_soon(connected.protocol.data_received, piece)
            await connected.settle()
            await asyncio.sleep(0.02)
        connected.protocol.connection_lost(None)
        await connected.settle()
        assert not connected.state.tasks
        assert (app.called, app.begun) == (0, sum(piece.count(b"GET ") for piece in pieces))
        heads = connected.wire.written.split(b"HTTP/1.1 ")[1:]
        return [head.partition(b"\r\n\r\n")[2].decode() for head in heads]

    return asyncio.run(talk())


def test_a_handler_that_does_not_wait_has_no_task_made_for_it() -> None:
    made: list[str] = []

    async def handler() -> str:
        return f"{len(made)}"

    def factory(loop: Any, coroutine: Any, **more: Any) -> Any:
        made.append("a task")
        return asyncio.Task(coroutine, loop=loop, **more)

    async def talk() -> bytes:
        connected = Connected.to(Beginning(handler))
        await connected.settle()
        loop = asyncio.get_running_loop()
        loop.set_task_factory(factory)
        for _ in range(3):
            loop.call_soon(connected.protocol.data_received, GET)
            await connected.settle()
        connected.protocol.connection_lost(None)
        return connected.wire.written

    assert asyncio.run(talk()).count(b"\r\n\r\n0") == 3


def test_what_a_request_puts_into_its_context_no_other_one_sees() -> None:
    async def at_once() -> str:
        before = SEEN.get()
        SEEN.set("somebody's")
        return before

    async def late() -> str:
        before = SEEN.get()
        SEEN.set("somebody's")
        await asyncio.sleep(0)
        return f"{before}, {SEEN.get()}"

    assert bodies(at_once, GET + GET, GET) == ["nothing"] * 3
    assert bodies(late, GET + GET, GET) == ["nothing, somebody's"] * 3


def test_a_handler_is_in_one_task_from_its_first_step_to_its_last() -> None:
    async def handler() -> str:
        before = asyncio.current_task()
        await asyncio.sleep(0)
        between = asyncio.current_task()
        await asyncio.sleep(0.001)
        return str(before is not None and before is between is asyncio.current_task())

    assert bodies(handler, GET + GET, GET) == ["True"] * 3


async def _by_timeout() -> str:
    try:
        async with asyncio.timeout(0.001):
            await asyncio.sleep(10)
    except TimeoutError:
        return "in time"
    return "late"


async def _by_group() -> str:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(asyncio.sleep(0, "grouped"))
    return task.result()


async def _by_scope() -> str:
    with anyio.move_on_after(0.001):
        await anyio.sleep(10)
    return await anyio.to_thread.run_sync(lambda: "moved on")


async def _by_gathering() -> str:
    return " ".join(await asyncio.gather(*(asyncio.sleep(0, name) for name in ("a", "b"))))


@pytest.mark.parametrize(
    ("handler", "says"),
    [
        (_by_timeout, "in time"),
        (_by_group, "grouped"),
        (_by_scope, "moved on"),
        (_by_gathering, "a b"),
    ],
)
def test_what_libraries_do_with_tasks_works(
    handler: Callable[[], Coroutine[Any, Any, str]], says: str
) -> None:
    assert bodies(handler, GET, GET) == [says, says]


def test_a_handler_may_cancel_itself_where_it_waits_next() -> None:
    async def handler() -> str:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            task.uncancel()
            return "cancelled"
        return "went on"

    assert bodies(handler, GET) == ["cancelled"]


def test_a_cancellation_that_met_no_wait_meets_nobody_else() -> None:
    turns = iter(range(10))

    async def talk() -> list[int]:
        async def handler() -> str:
            task = asyncio.current_task()
            assert task is not None
            if next(turns) == 0:
                task.cancel()
                return "first"
            await asyncio.sleep(0)
            return "later"

        connected = Connected.to(Beginning(handler))
        await connected.settle()
        for _ in range(3):
            asyncio.get_running_loop().call_soon(connected.protocol.data_received, GET)
            await connected.settle()
        connected.protocol.connection_lost(None)
        await connected.settle()
        written = connected.wire.written
        return [written.count(b"\r\n\r\n" + word) for word in (b"first", b"later")]

    assert asyncio.run(talk()) == [1, 2]


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("error", [ValueError("x"), asyncio.CancelledError(), SystemExit(1)])
def test_whatever_comes_out_is_answered_for(error: BaseException, waits: bool) -> None:
    async def handler() -> str:
        if waits:
            await asyncio.sleep(0)
        raise error

    async def talk() -> bytes:
        connected = Connected.to(Beginning(handler))
        await connected.settle()
        asyncio.get_running_loop().call_soon(connected.protocol.data_received, GET)
        await connected.settle()
        assert not connected.state.tasks
        return connected.wire.written

    assert asyncio.run(talk()).startswith(b"HTTP/1.1 500 ")


def test_a_caller_who_left_is_not_answered_and_nothing_stays_behind() -> None:
    ends: list[str] = []

    async def handler() -> str:
        await asyncio.sleep(0.001)
        ends.append("done")
        return "late"

    async def talk() -> bytes:
        connected = Connected.to(Beginning(handler))
        await connected.settle()
        asyncio.get_running_loop().call_soon(connected.protocol.data_received, GET)
        await connected.settle()
        assert len(connected.state.tasks) == 1
        connected.protocol.connection_lost(None)
        await asyncio.sleep(0.02)
        assert not connected.state.tasks
        return connected.wire.written

    assert asyncio.run(talk()) == b""
    assert ends == ["done"]


def test_within_a_task_it_is_called_as_asgi_has_it() -> None:
    async def handler() -> str:
        return "ok"

    async def talk() -> tuple[int, int]:
        app = Beginning(handler)
        connected = Connected.to(app)
        await connected.send(GET, GET)
        return app.called, app.begun

    assert asyncio.run(talk()) == (2, 0)


def test_who_sends_many_requests_at_once_lets_others_have_their_turn() -> None:
    async def talk() -> list[int]:
        seen: list[int] = []

        async def handler() -> str:
            time.sleep(0.001)
            return "ok"

        connected = Connected.to(Beginning(handler))
        await connected.settle()
        loop = asyncio.get_running_loop()

        def look() -> None:
            seen.append(connected.wire.written.count(b"\r\n\r\nok"))
            if seen[-1] < 60:
                loop.call_soon(look)

        loop.call_soon(connected.protocol.data_received, GET * 60)
        loop.call_soon(look)
        while not seen or seen[-1] < 60:
            await asyncio.sleep(0)
        return seen

    seen = asyncio.run(talk())
    assert seen[0] <= 5
    assert max(after - before for before, after in pairwise(seen)) <= 5
