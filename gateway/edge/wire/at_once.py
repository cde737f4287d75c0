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

    __slots__ = ("_context", "_rest", "held", "name", "relay", "task", "watched")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.relay = Relay(loop)
        self._rest: Coroutine[Any, Any, None] | None = None
        self._context: contextvars.Context | None = None
        self.task = self.relay.owner = loop.create_task(self._serve())
        # that it never had anything to do is nobody's mistake
        self.task._log_destroy_pending = False  # type: ignore[attr-defined]  # as asyncio.gather does
        self.name = self.task.get_name()
        #: how often it is referred to while nobody but us does; 0: it is not known yet
        self.held = self.watched = 0

    def is_ready(self) -> bool:
        """Whether it has begun, and was not ended by the loop; asked until it is."""
        if not self.relay.is_waited_for or self.is_spent:
            return False
        self.held, self.watched = getrefcount(self.task), getweakrefcount(self.task)
        return True

    @property
    def is_spent(self) -> bool:
        """Whether it ends, for it was cancelled."""
        return self.relay.target is not None or self.task.done()

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
        self.relay.wait_for(waits_for, is_cancelled=self.task._must_cancel)  # type: ignore[attr-defined]

    def end(self) -> None:
        """Let the task end, and whoever waits for that know."""
        self.relay.wait_for(None, is_cancelled=False)

    async def _serve(self) -> None:
        error: BaseException | None = None
        try:
            await self.relay
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

    def enter(self) -> bool:
        """Take on the name of a task, for `step`; False: only a task of its own will do."""
        spare = self._spare
        if not (spare.held or spare.is_ready()) or spare.relay.target is not None:
            if spare.is_spent:
                self._spare = _Spare(self._loop)
            return False
        try:
            _enter_task(self._loop, spare.task)
        except RuntimeError:  # within another task
            return False
        return True

    def step(self, work: Callable[[_A], _T], argument: _A) -> _T:
        """Call something in the name that was taken on, and in a context of its own.

        It sees `asyncio.current_task()` and may change context variables as in any other task. The
        next call is `go_on`, or `end`.
        """
        context = self._context = contextvars.copy_context()
        try:
            return context.run(work, argument)
        finally:
            _leave_task(self._loop, self._spare.task)

    def end(self) -> None:
        """The last step was all there is; who left something with its task has that for himself.

        A reference, a callback, a name, a wish to be cancelled: what somebody keeps by the task he
        is in must never be found by who comes after him.
        """
        spare = self._spare
        task = spare.task
        if (
            getrefcount(task) != spare.held + 1
            or getweakrefcount(task) != spare.watched
            or task._callbacks
            or task._must_cancel  # type: ignore[attr-defined]
            or task.get_name() != spare.name
        ):
            spare.end()
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
