"""Waits until something is so that another thread or process brings about, and not for ever."""

import threading
import time
from collections.abc import Callable

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session


def until(is_so: Callable[[], object], *, seconds: float = 20) -> float:
    """Ask again and again; how many seconds it took. Fails once the time is over."""
    began, pause = time.monotonic(), threading.Event()
    while not is_so():
        assert time.monotonic() - began < seconds, "waited in vain"
        pause.wait(0.01)
    return time.monotonic() - began


def backend_of(session: Session) -> int:
    """The PostgreSQL process of a session."""
    return int(session.execute(text("SELECT pg_backend_pid()")).scalar_one())


def until_somebody_waits_for(engine: Engine, backend: int) -> None:
    """Return when another session waits for a lock that the backend holds."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE :pid = ANY(pg_blocking_pids(pid))")

    def is_waited_for() -> object:
        with engine.connect() as connection:
            return connection.execute(waiting, {"pid": backend}).scalar_one()

    until(is_waited_for)
