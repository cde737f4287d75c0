"""The threads of plain handlers: few, with a queue that has an end."""

import asyncio
import contextvars
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gateway.edge.threads import HandlerThreads
from gateway.handler import Unavailable


class Gate:
    """A handler that tells when it runs, and ends when it is let go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go_on = threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.go_on.wait(5)
        return threading.current_thread().name


def run(test: Callable[[], Awaitable[Any]]) -> Any:
    async def inner() -> Any:
        return await test()

    return asyncio.run(inner())


def test_a_function_runs_in_a_thread_of_ours() -> None:
    threads = HandlerThreads(1, waiting=1)

    assert run(lambda: threads.run(lambda: threading.current_thread().name)) == "handler"


def test_one_thread_serves_one_call_after_the_other() -> None:
    threads = HandlerThreads(1, waiting=2)

    async def three() -> list[int]:
        return [await threads.run(threading.get_ident) for _ in range(3)]

    assert len(set(run(three))) == 1


def test_a_call_sees_the_context_of_its_request() -> None:
    request = contextvars.ContextVar[str]("request")
    threads = HandlerThreads(1, waiting=1)

    async def call() -> str:
        request.set("mine")
        found: str = await threads.run(request.get)
        return found

    assert run(call) == "mine"


@pytest.mark.parametrize("error", [LookupError("x"), SystemExit(3), KeyboardInterrupt()], ids=str)
def test_what_a_call_raises_comes_back_and_the_thread_lives_on(error: BaseException) -> None:
    threads = HandlerThreads(1, waiting=1)

    def fail() -> None:
        raise error

    async def both() -> str:
        with pytest.raises(type(error)):
            await threads.run(fail)
        alive: str = await threads.run(lambda: "alive")
        return alive

    assert run(both) == "alive"


def test_a_call_too_many_is_refused_and_those_that_wait_are_served() -> None:
    threads, gate = HandlerThreads(1, waiting=1), Gate()

    async def test() -> str:
        running = asyncio.create_task(threads.run(gate))
        await asyncio.to_thread(gate.begun.wait, 5)
        waiting = asyncio.create_task(threads.run(lambda: "served"))
        await asyncio.sleep(0)
        with pytest.raises(Unavailable, match="nothing was changed"):
            await threads.run(lambda: "too many")
        gate.go_on.set()
        await running
        served: str = await waiting
        return served

    assert run(test) == "served"


def test_a_call_whose_caller_has_left_is_never_begun() -> None:
    threads, gate = HandlerThreads(1, waiting=2), Gate()
    begun: list[str] = []

    async def test() -> None:
        running = asyncio.create_task(threads.run(gate))
        await asyncio.to_thread(gate.begun.wait, 5)
        left = asyncio.create_task(threads.run(lambda: begun.append("left")))
        await asyncio.sleep(0)
        left.cancel()
        await asyncio.gather(left, return_exceptions=True)
        gate.go_on.set()
        await running
        await threads.run(lambda: begun.append("stayed"))

    run(test)

    assert begun == ["stayed"]


def test_a_second_thread_is_started_while_the_first_is_busy() -> None:
    threads, gate = HandlerThreads(2, waiting=2), Gate()

    async def test() -> str:
        running = asyncio.create_task(threads.run(gate))
        await asyncio.to_thread(gate.begun.wait, 5)
        beside: str = await threads.run(lambda: "beside")
        gate.go_on.set()
        await running
        return beside

    assert run(test) == "beside"


async def lost(threads: HandlerThreads, gate: Gate) -> None:
    """Give a call up while it runs."""
    running = asyncio.create_task(threads.run(gate))
    await asyncio.to_thread(gate.begun.wait, 5)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_calls_that_hang_starve_no_others() -> None:
    threads, gates = HandlerThreads(1, waiting=2), [Gate() for _ in range(5)]

    async def test() -> str:
        for gate in gates:
            await lost(threads, gate)
        served: str = await threads.run(lambda: "served")
        for gate in gates:
            gate.go_on.set()
        return served

    assert run(test) == "served"


def test_a_call_that_waits_behind_one_that_hangs_is_served_when_that_is_given_up() -> None:
    threads, gate = HandlerThreads(1, waiting=2), Gate()

    async def test() -> str:
        running = asyncio.create_task(threads.run(gate))
        await asyncio.to_thread(gate.begun.wait, 5)
        waiting = asyncio.create_task(threads.run(lambda: "served"))
        await asyncio.sleep(0)
        running.cancel()
        served: str = await asyncio.wait_for(waiting, 5)
        gate.go_on.set()
        return served

    assert run(test) == "served"


def test_a_thread_that_was_replaced_ends_with_its_call() -> None:
    threads, gate = HandlerThreads(1, waiting=2), Gate()
    found: list[threading.Thread] = []

    def hang() -> None:
        found.append(threading.current_thread())
        gate()

    async def test() -> tuple[int, int]:
        running = asyncio.create_task(threads.run(hang))
        await asyncio.to_thread(gate.begun.wait, 5)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        another: int = await threads.run(threading.get_ident)
        gate.go_on.set()
        await asyncio.to_thread(found[0].join, 5)
        same: int = await threads.run(threading.get_ident)
        return another, same

    another, same = run(test)

    assert not found[0].is_alive()
    assert another == same != found[0].ident


def test_only_so_many_threads_are_replaced_and_then_the_queue_fills_up() -> None:
    threads, gates = HandlerThreads(1, waiting=1, most_lost=1), [Gate(), Gate()]

    async def test() -> str:
        for gate in gates:
            await lost(threads, gate)
        waiting = asyncio.create_task(threads.run(lambda: "served"))
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await threads.run(lambda: "too many")
        gates[1].go_on.set()
        served: str = await waiting
        gates[0].go_on.set()
        return served

    assert run(test) == "served"
