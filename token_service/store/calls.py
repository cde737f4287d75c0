"""Listens to the calls by which PostgreSQL tells that there are new revocations."""

import contextlib
import math
import threading
from typing import Any

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import PoolProxiedConnection

from token_service.store.revocations import CHANNEL

#: seconds between reads of PostgreSQL while it calls out what is new, and while it cannot
CALLED_SECONDS = 5.0
UNCALLED_SECONDS = 1.0
#: seconds after which a wait for PostgreSQL's call looks whether it is to end
_SLICE_SECONDS = 0.25
#: seconds in which calls that come together are answered by one read
_BURST_SECONDS = 0.05


class PostgresqlWatch:
    """Listens on a connection of its own; it is time as well when the clock says so."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._held: PoolProxiedConnection | None = None

    def wait(self, stopping: threading.Event, *, at_most: float) -> None:
        """Wait to be called, for 5 seconds; where nobody can call, for one.

        A listener that has just begun to listen returns at once: what came before was not heard.
        """
        if self._held is not None:
            self._await_call(stopping, min(CALLED_SECONDS, at_most))
        elif not self._listen():
            stopping.wait(min(UNCALLED_SECONDS, at_most))

    def has_changed(self) -> bool:
        """Nobody knows without reading."""
        return True

    def close(self) -> None:
        """Listen no more."""
        if self._held is not None:
            with contextlib.suppress(psycopg.Error):
                self._held.close()
        self._held = None

    def _listen(self) -> bool:
        try:
            self._held = self._engine.raw_connection()
            self._held.detach()
            listener = _psycopg_connection(self._held)
            listener.autocommit = True
            listener.execute(f"LISTEN {CHANNEL}")
        except (psycopg.Error, SQLAlchemyError):
            self.close()
            return False
        return True

    def _await_call(self, stopping: threading.Event, seconds: float) -> None:
        listener = _psycopg_connection(self._held)
        try:
            for _ in range(math.ceil(seconds / _SLICE_SECONDS)):
                if stopping.is_set():
                    return
                if list(listener.notifies(timeout=_SLICE_SECONDS, stop_after=1)):
                    stopping.wait(_BURST_SECONDS)
                    return
            listener.execute("SELECT 1")  # finds out whether anybody is still there
        except psycopg.Error:
            self.close()


def _psycopg_connection(held: PoolProxiedConnection | None) -> psycopg.Connection[Any]:
    connection: object = held.dbapi_connection if held else None
    if not isinstance(connection, psycopg.Connection):
        raise TypeError("the database is not reached by psycopg")
    return connection
