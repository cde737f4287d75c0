"""When a connection is late: one timer for all that it waits for, in turn."""

import asyncio
from collections.abc import Callable

#: loops count in milliseconds; a timer that rings so little too early rang in time
_GRAIN = 0.002


class Deadline:
    """What happens at the end of a time, unless something else is waited for before.

    A timer that runs is left alone when its time moves on, and looks at the clock when it rings:
    a request costs no timer.
    """

    __slots__ = ("_due", "_loop", "_rings_at", "_then", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._due = self._rings_at = 0.0
        self._then: Callable[[], None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def wait(self, seconds: float, then: Callable[[], None]) -> None:
        """Wait for this, and for nothing else any more."""
        self._then = then
        self._due = self._loop.time() + seconds
        if self._timer is None or self._due < self._rings_at:
            self._arm(seconds)

    def forget(self) -> None:
        """Wait for nothing."""
        self._then = None

    def end(self) -> None:
        """Leave no timer behind."""
        self._then = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._rings_at = self._due
        self._timer = self._loop.call_later(seconds, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._then is None:
            return
        left = self._due - self._loop.time()
        if left > _GRAIN:
            self._arm(left)
        else:
            then, self._then = self._then, None
            then()
