"""A connection has one timer, which rings for what is waited for last, and never too early."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from gateway.edge.wire.deadline import Deadline


class Handle:
    """A timer of the loop below."""

    def __init__(self, at: float, then: Callable[[], None]) -> None:
        self.at, self.then = at, then
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


class Loop:
    """A loop whose time is told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.handles: list[Handle] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, callback: Callable[[], None], *_: Any) -> Handle:
        self.handles.append(Handle(self.now + delay, callback))
        return self.handles[-1]

    def run_to(self, now: float) -> None:
        while due := [one for one in self.handles if one.at <= now and not one.is_cancelled]:
            first = min(due, key=lambda one: one.at)
            self.handles.remove(first)
            self.now = first.at
            first.then()
        self.now = now


def waiting() -> tuple[Loop, Deadline, list[float]]:
    loop = Loop()
    return loop, Deadline(cast("asyncio.AbstractEventLoop", loop)), []


def test_it_rings_when_its_time_has_come_and_once() -> None:
    loop, deadline, rung = waiting()

    deadline.wait(5, lambda: rung.append(loop.now))
    loop.run_to(100)

    assert rung == [5]


def test_what_is_waited_for_last_counts_sooner_or_later() -> None:
    for seconds in (3, 10):
        loop, deadline, rung = waiting()

        deadline.wait(5, lambda rung=rung: rung.append(0))  # type: ignore[misc]  # a default binds
        loop.run_to(1)
        deadline.wait(seconds, lambda loop=loop, rung=rung: rung.append(loop.now))  # type: ignore[misc]  # as above
        loop.run_to(100)

        assert rung == [1 + seconds]


def test_a_time_that_moves_on_costs_no_timer() -> None:
    loop, deadline, rung = waiting()

    for second in range(50):
        loop.run_to(second / 10)
        deadline.wait(5, lambda: rung.append(loop.now))
    timers = len(loop.handles)
    loop.run_to(100)

    assert timers == 1
    assert rung == [9.9]


def test_what_is_forgotten_does_not_ring_and_the_next_does() -> None:
    loop, deadline, rung = waiting()

    deadline.wait(5, lambda: rung.append(0))
    deadline.forget()
    loop.run_to(20)
    deadline.wait(5, lambda: rung.append(loop.now))
    loop.run_to(100)

    assert rung == [25]


def test_a_connection_that_ends_leaves_no_timer() -> None:
    loop, deadline, rung = waiting()

    deadline.wait(5, lambda: rung.append(0))
    deadline.end()
    loop.run_to(100)

    assert rung == []
    assert all(handle.is_cancelled for handle in loop.handles)
