"""What a task waits for that is to wait for something else, once that is known."""

import asyncio
import contextvars
from collections.abc import Callable, Generator
from typing import Any

#: what asyncio asks of whatever a task may wait for
_BLOCKING = "_asyncio_future_blocking"


class Relay:
    """Waited for by one task: for nothing at first, then for what it is told to, as if itself."""

    __slots__ = (_BLOCKING, "_context", "_loop", "target", "_wake", "owner")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._asyncio_future_blocking = False
        self._wake: Callable[[Any], object] | None = None
        self._context: contextvars.Context | None = None
        #: what is waited for; None: it is not known yet
        self.target: Any = None
        #: the task that waits
        self.owner: asyncio.Task[None] | None = None

    def __await__(self) -> Generator[Any, None, None]:
        """Wait."""
        self._asyncio_future_blocking = True
        yield self

    @property
    def is_waited_for(self) -> bool:
        """Whether the task waits."""
        return self._wake is not None

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """As futures have it."""
        return self._loop

    def add_done_callback(
        self, wake: Callable[[Any], object], *, context: contextvars.Context | None = None
    ) -> None:
        """As futures have it: here the task says how it is to be woken."""
        self._wake, self._context = wake, context

    def cancel(self, msg: Any = None) -> bool:
        """Cancel what is waited for; False: the task runs just now, and sees that it was meant."""
        if self.target is None:
            if self._wake is None or asyncio.current_task(self._loop) is self.owner:
                return False
            self.target = self._loop.create_future()
            self.target.add_done_callback(self._wake, context=self._context)
        return bool(self.target.cancel(msg=msg))

    def wait_for(self, yielded: Any, *, is_cancelled: bool) -> None:
        """Let the task wait for what a coroutine yielded, as a task would that runs it."""
        if self._wake is None or self.target is not None:
            raise RuntimeError("no task waits to be told for what")
        target = self.target = _awaited(yielded, self._loop)
        target.add_done_callback(self._wake, context=self._context)
        if is_cancelled:
            target.cancel()


def _awaited(yielded: Any, loop: asyncio.AbstractEventLoop) -> Any:
    """The future that was yielded; one that is done for a bare yield, or failed for a wrong one."""
    is_blocking = getattr(yielded, _BLOCKING, None)
    if is_blocking and yielded.get_loop() is loop:
        setattr(yielded, _BLOCKING, False)
        return yielded
    done: asyncio.Future[None] = loop.create_future()
    if yielded is None:
        done.set_result(None)
    elif is_blocking:
        done.set_exception(RuntimeError(f"got Future {yielded!r} attached to a different loop"))
    else:
        done.set_exception(RuntimeError(f"Task got bad yield: {yielded!r}"))
    return done
