"""The threads that plain handlers run in: few, with a queue that has an end."""

import asyncio
import contextvars
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from gateway.handler import Unavailable

_Work = tuple[Future[Any], Callable[[], Any]]


class HandlerThreads:
    """Daemon threads, started when they are needed; a handler that hangs keeps no process alive.

    A caller who has left, or who was answered 504, leaves the queue; a handler that runs already
    keeps its thread until it ends. Once `waiting` calls wait, the next one is refused with 503.
    """

    def __init__(self, count: int, *, waiting: int) -> None:
        self._work: queue.SimpleQueue[_Work] = queue.SimpleQueue()
        self._count = count
        self._started = 0
        self._waiting = waiting

    async def run(self, function: Callable[[], Any]) -> Any:
        """Run a function in a thread; raises what it raises, or Unavailable."""
        if self._work.qsize() >= self._waiting:
            raise Unavailable("Too many requests wait for a handler; nothing was changed.")
        if self._started < self._count:
            self._started += 1
            threading.Thread(target=self._serve, name="handler", daemon=True).start()
        future: Future[Any] = Future()
        context = contextvars.copy_context()
        self._work.put((future, lambda: context.run(function)))
        result, error = await asyncio.wrap_future(future)
        if error is not None:
            raise error
        return result

    def _serve(self) -> None:
        while True:
            future, call = self._work.get()
            if not future.set_running_or_notify_cancel():
                continue
            future.set_result(_outcome(call))


def _outcome(call: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    """Call; an error is a value here, for a Future cannot hold each kind of it."""
    try:
        return call(), None
    except BaseException as error:  # the thread must live on, whatever a handler raises
        return None, error
