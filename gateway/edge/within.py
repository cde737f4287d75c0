"""A bound on the time of a handler: one that does not wait for anything costs no clock."""

import asyncio
from collections.abc import Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Any


class TookTooLongError(Exception):
    """The handler did not end in time, and was cancelled."""


async def rest_within(seconds: float, call: Coroutine[Any, Any, Any], waits_for: Any) -> Any:
    """Await a coroutine whose first step was taken, and ended in waiting for something.

    Raises TookTooLongError where it is not done in time: the clock begins to run here. One that
    swallowed its cancellation took too long all the same: its result is half a one.
    """
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            result = await _go_on(call, waits_for)
    except Exception as error:
        if limit.expired():
            raise TookTooLongError from error
        raise
    if limit.expired():
        raise TookTooLongError
    return result


@coroutine
def _go_on(call: Coroutine[Any, Any, Any], waits_for: Any) -> Generator[Any, Any, Any]:
    """Take the other steps of a coroutine whose first one ended in waiting for something."""
    while True:
        try:
            sent = yield waits_for
        except GeneratorExit:
            call.close()
            raise
        except BaseException as error:  # whatever comes is the coroutine's, a cancellation too
            step = partial(call.throw, error)
        else:
            step = partial(call.send, sent)
        try:
            waits_for = step()
        except StopIteration as done:
            return done.value
