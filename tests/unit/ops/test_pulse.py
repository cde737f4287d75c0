"""What is done beside the requests."""

import threading

import pytest

from gateway.ops.pulse import Pulse


def test_tasks_are_called_over_and_over_until_it_stops() -> None:
    enough = threading.Event()
    calls: list[int] = []

    def count() -> None:
        calls.append(1)
        if len(calls) >= 3:
            enough.set()

    before = set(threading.enumerate())
    pulse = Pulse([count], seconds=0.001)
    pulse.start()
    assert enough.wait(20)
    pulse.stop()

    assert len(calls) >= 3
    assert not [t for t in set(threading.enumerate()) - before if t.name == "scopegate-pulse"]


def test_stopping_calls_them_once_more() -> None:
    calls: list[int] = []
    pulse = Pulse([lambda: calls.append(1)], seconds=3600)

    pulse.start()
    pulse.stop()

    assert calls == [1]


def test_a_task_that_fails_stops_neither_the_others_nor_the_next_beat(
    caplog: pytest.LogCaptureFixture,
) -> None:
    enough = threading.Event()
    calls: list[int] = []

    def fail() -> None:
        raise RuntimeError("words")

    def count() -> None:
        calls.append(1)
        if len(calls) >= 2:
            enough.set()

    pulse = Pulse([fail, count], seconds=0.001)
    pulse.start()
    assert enough.wait(20)
    pulse.stop()

    assert "something beside the requests failed" in caplog.text


def test_what_never_started_stops_without_a_beat() -> None:
    calls: list[int] = []

    Pulse([lambda: calls.append(1)]).stop()

    assert calls == []
