"""Answers that are written together, when all requests that arrived together were read.

To write wakes who waits for it, and to wake somebody for each answer costs the server more than
writing; uvicorn's own protocol, with a task for each request, writes after all reading, too.
"""

import asyncio
import contextvars
from typing import Protocol


class Flushed(Protocol):
    """One who has something to write."""

    def flush(self) -> None:
        """Write it."""


class Outbox:
    """Of one server: who has something to write at the end of this turn of the loop."""

    __slots__ = ("_context", "_loop", "_waiting")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: list[Flushed] = []
        self._context = contextvars.copy_context()

    def add(self, one: Flushed) -> None:
        """Let it be flushed soon; to be called once before each time."""
        if not self._waiting:
            self._loop.call_soon(self._flush, context=self._context)
        self._waiting.append(one)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            one.flush()
