"""The database connection: an engine for SQLite or PostgreSQL, and units of work on it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import (
    URL,
    Connection,
    CursorResult,
    Engine,
    UpdateBase,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from token_service.errors import ConfigurationError, StoreUnavailableError

#: `Engine` is passed on for rooms that only hold one
__all__ = ["Engine", "change", "open_engine", "reading", "translating_faults", "writing"]

#: the execution option that makes a transaction take SQLite's write lock when it begins
WRITE = "write"

#: libpq: seconds to connect; a connection whose other side has vanished ends after 15 seconds
_POSTGRESQL_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,
}

#: a lock that somebody else holds is not waited for for ever, unless the URL says how long
_LOCK_PATIENCE = (
    "SELECT set_config('lock_timeout', %(milliseconds)s, false)"
    " WHERE current_setting('lock_timeout') = '0'"
)

#: faults of a statement, not of the database
_STATEMENT_FAULTS = (IntegrityError, DataError, ProgrammingError)


def open_engine(database_url: str, *, busy_seconds: float = 5.0) -> Engine:
    """Open `sqlite:///FILE` or `postgresql+psycopg://...`; other packages may share the engine.

    SQLite: WAL, full sync, foreign keys; a missing file is made with mode 0600. A transaction on
    `engine.execution_options(write=True)` begins with BEGIN IMMEDIATE, so that a writer waits for
    its turn up to `busy_seconds` and cannot lose it between reading and writing. PostgreSQL: locks
    are waited for as long, and nothing connects before the first use. Values never appear in
    logs or errors.
    """
    url = _parse(database_url)
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url, busy_seconds=busy_seconds)
    return _open_postgresql(url, busy_seconds=busy_seconds)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads; a fault of the database is a StoreUnavailableError."""
    with translating_faults(), Session(engine) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """One unit of work: committed at the end of the block, rolled back if it raises."""
    with (
        translating_faults(),
        Session(engine.execution_options(**{WRITE: True})) as session,
        session.begin(),
    ):
        yield session


def change(session: Session, statement: UpdateBase) -> int:
    """Run an UPDATE or DELETE and say how many rows it met."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return result.rowcount if isinstance(result, CursorResult) else 0


def _parse(database_url: str) -> URL:
    try:
        url = make_url(database_url)
    except ArgumentError as error:
        raise ConfigurationError(
            "the database URL cannot be read, write `sqlite:///FILE` or `postgresql+psycopg://...`"
        ) from error
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        if url.database in (None, "", ":memory:"):
            raise ConfigurationError(
                "an SQLite database in memory is not shared, write `sqlite:///FILE`"
            )
        return url
    if url.drivername == "postgresql+psycopg":
        return url
    raise ConfigurationError(
        f"database `{url.drivername}` is not supported,"
        " write `sqlite:///FILE` or `postgresql+psycopg://...`"
    )


def _open_sqlite(url: URL, *, busy_seconds: float) -> Engine:
    file = Path(str(url.database)).absolute()
    _make_private(file)
    # mode=rw: a database that is moved away later must not be replaced by an empty one
    existing = URL.create(
        "sqlite", database=f"file:{quote(str(file))}", query={"mode": "rw", "uri": "true"}
    )
    engine = create_engine(
        existing, hide_parameters=True, pool_size=20, connect_args={"timeout": busy_seconds}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_postgresql(url: URL, *, busy_seconds: float) -> Engine:
    engine = create_engine(
        url, hide_parameters=True, pool_pre_ping=True, connect_args=_POSTGRESQL_PATIENCE
    )
    patience = {"milliseconds": f"{busy_seconds * 1000:.0f}"}

    def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.cursor().execute(_LOCK_PATIENCE, patience)
        connection.commit()

    event.listen(engine, "connect", prepare)
    return engine


def _make_private(file: Path) -> None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        if file.stat().st_mode & 0o077:
            file.chmod(0o600)
    except OSError as error:
        raise ConfigurationError(
            f"database file `{file}` cannot be opened: {error.strerror}"
        ) from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    # sqlite3's own transaction handling begins late and cannot say IMMEDIATE.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def translating_faults() -> Iterator[None]:
    """A fault of the database, not of a statement, is a StoreUnavailableError."""
    try:
        yield
    except _STATEMENT_FAULTS:
        raise
    except (DBAPIError, PoolTimeoutError) as error:
        raise StoreUnavailableError("the database is locked or away, try again") from error
