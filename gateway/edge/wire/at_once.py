"""Work whose first step is taken before there is a task for it: most of it has no other.

A task made for a request that ends in its first step costs more than all else that the wire does
for it. Here the first step runs in the name of a task that is kept ready; only if it then waits for
something is that task used up, and goes on with the rest.
"""

import asyncio
import contextvars
from asyncio.tasks import _enter_task, _leave_task
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Any, TypeVar

_A = TypeVar("_A")
_T = TypeVar("_T")


class _Spare:
    """A task that has begun, and waits to be given something to do."""

    __slots__ = ("_context", "_rest", "_wanted", "has_begun", "task")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._wanted: asyncio.Future[None] = loop.create_future()
        self._rest: Coroutine[Any, Any, None] | None = None
        self._context: contextvars.Context | None = None
        self.has_begun = False
        self.task = loop.create_task(self._serve())
        # that it never had anything to do is nobody's mistake
        self.task._log_destroy_pending = False  # type: ignore[attr-defined]

    def give(self, rest: Coroutine[Any, Any, None], context: contextvars.Context) -> None:
        """Let it go on with this, in the context that the first step had."""
        self._rest, self._context = rest, context
        if not self._wanted.done():
            self._wanted.set_result(None)

    async def _serve(self) -> None:
        self.has_begun = True
        error: BaseException | None = None
        try:
            await self._wanted
        except asyncio.CancelledError as cancelled:
            # by the first step, as a task may cancel itself: it is told where it waits
            error = cancelled
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
        spare = self._spare
        if not spare.has_begun:
            return False
        if not spare.task.cancelling():
            return asyncio.current_task(self._loop) is None
        self._spare = _Spare(self._loop)
        return False

    def step(self, work: Callable[[_A], _T], argument: _A) -> _T:
        """Call something in the name of a task, and in a context of its own.

        It sees `asyncio.current_task()` and may change context variables as in any other task. The
        next call is `go_on`, or another `step`.
        """
        context = self._context = contextvars.copy_context()
        task = self._spare.task
        _enter_task(self._loop, task)
        try:
            return context.run(work, argument)
        finally:
            _leave_task(self._loop, task)

    def go_on(self, rest: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Await the rest of what the last `step` began, in the task that it saw."""
        spare, context = self._spare, self._context
        if context is None:
            raise RuntimeError("nothing was begun that could go on")
        self._spare, self._context = _Spare(self._loop), None
        spare.give(rest, context)
        return spare.task


@coroutine
def _steps(
    call: Coroutine[Any, Any, None], context: contextvars.Context, error: BaseException | None
) -> Generator[Any, Any, None]:
    """Await a coroutine in a context that is not the task's own; `error` is raised in it first."""
    step = (
        partial(call.send, None) if error is None else partial(_throw_where_it_waits, call, error)
    )
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


def _throw_where_it_waits(call: Coroutine[Any, Any, None], error: BaseException) -> Any:
    """Begin a coroutine, so that an error meets it at the first place where it waits."""
    call.send(None)
    return call.throw(error)
