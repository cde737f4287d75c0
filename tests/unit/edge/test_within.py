"""A bound on time that a handler which does not wait never meets."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from gateway.edge.within import TookTooLongError, rest_within


async def within(seconds: float, call: Coroutine[Any, Any, Any]) -> Any:
    """Take the first step, then wait for the rest."""
    waits_for = call.send(None)
    return await rest_within(seconds, call, waits_for)


def run(call: Coroutine[Any, Any, Any], seconds: float = 5.0) -> Any:
    return asyncio.run(within(seconds, call))


def test_a_coroutine_that_waits_returns_what_it_comes_to() -> None:
    async def handler() -> list[Any]:
        seen: list[Any] = [await asyncio.sleep(0, "slept")]
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_result, "told")
        seen.append(await future)
        async with asyncio.timeout(1), asyncio.TaskGroup() as group:
            task = group.create_task(asyncio.sleep(0, "grouped"))
        return [*seen, task.result()]

    assert run(handler()) == ["slept", "told", "grouped"]


def test_what_it_raises_comes_out() -> None:
    async def late() -> None:
        await asyncio.sleep(0)
        raise LookupError("late")

    with pytest.raises(LookupError, match="late"):
        run(late())


def test_an_exception_that_it_waits_for_is_thrown_into_it() -> None:
    async def handler() -> str:
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_exception, LookupError("no"))
        try:
            await future
        except LookupError as error:
            return str(error)
        return "nothing"

    assert run(handler()) == "no"


def test_one_that_waits_too_long_is_cancelled() -> None:
    ends: list[str] = []

    async def handler() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ends.append("cancelled")

    with pytest.raises(TookTooLongError):
        run(handler(), 0.01)
    assert ends == ["cancelled"]


def test_one_that_swallows_its_cancellation_took_too_long_all_the_same() -> None:
    async def handler() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "half a result"
        return "never"

    with pytest.raises(TookTooLongError):
        run(handler(), 0.01)


def test_a_cancellation_from_outside_goes_through() -> None:
    async def scene() -> str:
        async def handler() -> None:
            await asyncio.Event().wait()

        task = asyncio.create_task(within(5, handler()))
        await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            return "cancelled"
        return "went on"

    assert asyncio.run(scene()) == "cancelled"
