"""Work whose first step is taken before there is a task for it: most of it has no other.

A task made for a request that ends in its first step costs more than all else that the wire does
for it. Here the first step runs in the name of a task that is kept ready; only if it then waits for
something is that task used up, and goes on with the rest. Python has that of its own from 3.12 on.
"""

import asyncio
import contextvars
from asyncio.tasks import _enter_task, _leave_task
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from sys import getrefcount
from types import coroutine
from typing import Any, TypeVar
from weakref import getweakrefcount

from gateway.edge.wire.relay import Relay

_A = TypeVar("_A")
_T = TypeVar("_T")


class _Spare:
    """A task that has begun, and waits to be given something to do."""

    __slots__ = ("_context", "_held", "_name", "_relay", "_rest", "_watched", "task")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._relay = Relay(loop)
        self._rest: Coroutine[Any, Any, None] | None = None
        self._context: contextvars.Context | None = None
        self.task = self._relay.owner = loop.create_task(self._serve())
        # that it never had anything to do is nobody's mistake
        self.task._log_destroy_pending = False  # type: ignore[attr-defined]  # as asyncio.gather does
        self._name = self.task.get_name()
        #: how often it is referred to while nobody but us does; 0: it is not known yet
        self._held = self._watched = 0

    @property
    def is_ready(self) -> bool:
        """Whether it has begun, and was not ended by the loop."""
        if self._held:
            return not self._relay.is_spent
        if not self._relay.is_waited_for:
            return False
        self._held, self._watched = getrefcount(self.task), getweakrefcount(self.task)
        return True

    @property
    def is_spent(self) -> bool:
        """Whether it ends, for it was cancelled."""
        return self._relay.is_spent or self.task.done()

    @property
    def is_untouched(self) -> bool:
        """Whether a step that ended left nothing with it: no reference, no callback, no wish.

        What somebody keeps by the task he is in must never be found by who comes after him.
        """
        task = self.task
        return (
            getrefcount(self.task) == self._held + 1
            and getweakrefcount(task) == self._watched
            and not task._callbacks
            and not task._must_cancel  # type: ignore[attr-defined]
            and task.get_name() == self._name
        )

    def go_on(self, rest: Coroutine[Any, Any, None], context: contextvars.Context) -> None:
        """Take the rest on, which begins by waiting for what the first step waits for.

        To be called in the name of the task.
        """
        self._rest, self._context = rest, context
        try:
            waits_for = context.run(rest.send, None)
        except StopIteration:
            self._rest = None
            waits_for = None
        self._relay.wait_for(waits_for, is_cancelled=self.task._must_cancel)  # type: ignore[attr-defined]

    def end(self) -> None:
        """Let the task end, and whoever waits for that know."""
        self._relay.wait_for(None, is_cancelled=False)

    async def _serve(self) -> None:
        error: BaseException | None = None
        try:
            await self._relay
        except GeneratorExit:
            raise
        except BaseException as raised:  # it is what the rest waits for
            error = raised
        if self._rest is not None and self._context is not None:
            await _steps(self._rest, self._context, error)
        elif error is not None:
            raise error


class AtOnce:
    """Takes first steps on one loop."""

    __slots__ = ("_context", "_loop", "_spare")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._spare = _Spare(loop)
        #: of the step that was taken last
        self._context: contextvars.Context | None = None

    @property
    def is_ready(self) -> bool:
        """Whether `step` may be called; if not, there is nothing for it but a task."""
        if self._spare.is_ready:
            return asyncio.current_task(self._loop) is None
        if self._spare.is_spent:
            self._spare = _Spare(self._loop)
        return False

    def step(self, work: Callable[[_A], _T], argument: _A) -> _T:
        """Call something in the name of a task, and in a context of its own.

        It sees `asyncio.current_task()` and may change context variables as in any other task. The
        next call is `go_on`, or `end`.
        """
        context = self._context = contextvars.copy_context()
        task = self._spare.task
        _enter_task(self._loop, task)
        try:
            return context.run(work, argument)
        finally:
            _leave_task(self._loop, task)

    def end(self) -> None:
        """The last step was all there is; who kept the task it saw has that for himself."""
        if not self._spare.is_untouched:
            self._spare.end()
            self._spare = _Spare(self._loop)

    def go_on(self, rest: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Await the rest of what the last `step` began, in the task that it saw."""
        spare, context = self._spare, self._context
        if context is None:
            raise RuntimeError("nothing was begun that could go on")
        self._spare, self._context = _Spare(self._loop), None
        _enter_task(self._loop, spare.task)
        try:
            spare.go_on(rest, context)
        finally:
            _leave_task(self._loop, spare.task)
        return spare.task


@coroutine
def _steps(
    call: Coroutine[Any, Any, None], context: contextvars.Context, error: BaseException | None
) -> Generator[Any, Any, None]:
    """Await a coroutine that waits for something, in a context that is not the task's own."""
    step = partial(call.send, None) if error is None else partial(call.throw, error)
    while True:
        try:
            waits_for = context.run(step)
        except StopIteration:
            return
        try:
            sent = yield waits_for
        except GeneratorExit:
            call.close()
            raise
        except BaseException as raised:  # whatever comes is the coroutine's, a cancellation too
            step = partial(call.throw, raised)
        else:
            step = partial(call.send, sent)
