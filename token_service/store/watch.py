"""Tells when the database may hold revocations that were not read yet."""

import contextlib
import math
import os
import sqlite3
import threading
from typing import Any, Protocol

import psycopg
from sqlalchemy import ColumnElement, Engine, Text, cast, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import PoolProxiedConnection

from token_service.errors import StoreUnavailableError
from token_service.store.engine import reading
from token_service.store.revocations import CHANNEL

#: seconds between looks at an SQLite file; a look costs about 10 microseconds
SQLITE_SECONDS = 0.5
#: seconds between reads of PostgreSQL while it calls out what is new, and while it cannot
CALLED_SECONDS = 5.0
UNCALLED_SECONDS = 1.0
#: seconds after which a wait for PostgreSQL's call looks whether it is to end
_SLICE_SECONDS = 0.25
#: seconds in which calls that come together are answered by one read
_BURST_SECONDS = 0.05


class Watch(Protocol):
    """One reader's eye on the database; used by one thread at a time."""

    def wait(self, stopping: threading.Event, *, at_most: float) -> None:
        """Return when it is time to look, after `at_most` seconds, or when it is to stop."""
        ...

    def has_changed(self) -> bool:
        """Whether something may be new since the last call; raises StoreUnavailableError."""
        ...

    def close(self) -> None:
        """Give up what is held open; the next call opens it anew."""
        ...


def watch(engine: Engine) -> Watch:
    """The watch that suits the database."""
    if engine.dialect.name == "sqlite":
        return SqliteWatch(engine)
    return PostgresqlWatch(engine)


def oldest_transaction(engine: Engine) -> int:
    """The oldest transaction that is still under way, or the next one: all before have ended.

    PostgreSQL gives out ids before it commits, so what a transaction wrote may come into sight
    after larger ids. On SQLite writers take turns, and ids come into sight in their order.
    """
    return _number(engine, func.pg_snapshot_xmin(func.pg_current_snapshot()))


def newest_transaction(engine: Engine) -> int:
    """A transaction that begins now, and ends at once: younger than all that are under way."""
    return _number(engine, func.pg_current_xact_id())


def _number(engine: Engine, transaction: ColumnElement[Any]) -> int:
    if engine.dialect.name == "sqlite":
        return 0
    with reading(engine) as session:
        return int(session.execute(select(cast(transaction, Text))).scalar_one())


class SqliteWatch:
    """Looks at `PRAGMA data_version` on a connection of its own, and that the file is the same."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._held: PoolProxiedConnection | None = None
        self._file = ""
        #: device, inode and data version of the last look
        self._seen: tuple[int, int, int] | None = None

    def wait(self, stopping: threading.Event, *, at_most: float) -> None:
        """Wait for the next look."""
        stopping.wait(min(SQLITE_SECONDS, at_most))

    def has_changed(self) -> bool:
        """Whether another connection has committed; a file that is away or another one raises."""
        try:
            seen = self._look()
        except OSError as error:
            self._forget_file()
            raise StoreUnavailableError("the database file is away, put it back") from error
        except sqlite3.Error as error:
            self.close()
            raise StoreUnavailableError("the database is locked or away, try again") from error
        before, self._seen = self._seen, seen
        if before is not None and before[:2] != seen[:2]:
            self._forget_file()
            raise StoreUnavailableError("the database file is another one than before")
        return seen != before

    def close(self) -> None:
        """Close the connection."""
        if self._held is not None:
            self._held.close()
        self._held = self._seen = None

    def _forget_file(self) -> None:
        """Close all connections: what is read or written through them is nowhere any more."""
        self.close()
        self._engine.dispose()

    def _look(self) -> tuple[int, int, int]:
        if self._held is None:
            self._held = self._engine.raw_connection()
            self._held.detach()
            self._file = _ask(self._held, "PRAGMA database_list")[2]
        (version,) = _ask(self._held, "PRAGMA data_version")
        file = os.stat(self._file)  # noqa: PTH116 -- twice as fast as Path.stat
        return file.st_dev, file.st_ino, version


def _ask(connection: PoolProxiedConnection, question: str) -> Any:
    cursor = connection.cursor()
    try:
        cursor.execute(question)
        return cursor.fetchone()
    finally:
        cursor.close()


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
