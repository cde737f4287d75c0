"""Tells when the database may hold revocations that were not read yet."""

import os
import sqlite3
import threading
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Engine, Text, cast, func, select
from sqlalchemy.pool import PoolProxiedConnection

from token_service.errors import StoreUnavailableError
from token_service.store.engine import reading

#: seconds between looks at an SQLite file; a look costs about 10 microseconds
SQLITE_SECONDS = 0.5


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
    # psycopg takes 9 MB: for those who have a PostgreSQL alone
    from token_service.store.calls import PostgresqlWatch

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
