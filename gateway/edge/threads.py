"""The threads that plain handlers run in: few, with a queue that has an end."""

import asyncio
import contextvars
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from gateway.handler import Unavailable

#: threads that may hang, each with another in its place, before no more are replaced
MOST_LOST = 64


class _Work:
    """One call of a handler, and whether somebody still waits for it."""

    __slots__ = ("call", "future", "is_lost")

    def __init__(self, call: Callable[[], Any]) -> None:
        self.call = call
        self.future: Future[Any] = Future()
        self.is_lost = False


class HandlerThreads:
    """Daemon threads, started when they are needed; a handler that hangs keeps no process alive.

    A caller who was answered 504 leaves the queue. If his handler runs already, its thread is lost
    until the handler ends: it then ends too, and until then another one serves in its place, so
    that handlers which hang starve no others. Once MOST_LOST hang, no thread is replaced until one
    of them ends. Once `waiting` calls wait, the next one is refused with 503.
    """

    def __init__(self, count: int, *, waiting: int, most_lost: int = MOST_LOST) -> None:
        self._queue: queue.SimpleQueue[_Work] = queue.SimpleQueue()
        self._count = count
        self._waiting = waiting
        self._most_lost = most_lost
        self._lock = threading.Lock()
        self._started = 0
        self._lost = 0

    async def run(self, function: Callable[[], Any]) -> Any:
        """Run a function in a thread; raises what it raises, or Unavailable."""
        if self._queue.qsize() >= self._waiting:
            raise Unavailable("Too many requests wait for a handler; nothing was changed.")
        context = contextvars.copy_context()
        work = _Work(lambda: context.run(function))
        self._queue.put(work)
        if self._started < self._count:
            self._start()
        try:
            result, error = await asyncio.wrap_future(work.future)
        except asyncio.CancelledError:
            if not work.future.cancel():
                self._lose(work)
            raise
        if error is not None:
            raise error
        return result

    def _start(self) -> None:
        self._started += 1
        threading.Thread(target=self._serve, name="handler", daemon=True).start()

    def _lose(self, work: _Work) -> None:
        """Give up a thread whose handler runs on though nobody waits for it."""
        with self._lock:
            if work.future.done() or self._lost >= self._most_lost:
                return
            work.is_lost = True
            self._lost += 1
        self._started -= 1
        if not self._queue.empty():
            self._start()

    def _serve(self) -> None:
        while True:
            work = self._queue.get()
            if not work.future.set_running_or_notify_cancel():
                continue
            outcome = _outcome(work.call)
            with self._lock:
                work.future.set_result(outcome)
                if work.is_lost:
                    self._lost -= 1
                    return


def _outcome(call: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    """Call; an error is a value here, for a Future cannot hold each kind of it."""
    try:
        return call(), None
    except BaseException as error:  # the thread must live on, whatever a handler raises
        return None, error
