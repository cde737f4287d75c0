"""Bringing a database to the newest schema, and telling where it stands."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, select

from token_service.models import Base
from token_service.store.engine import translating_faults
from token_service.store.schema import VERSION_TABLE

__all__ = [
    "VERSION_TABLE",
    "check",
    "configuration_of",
    "current",
    "downgrade",
    "drift",
    "head",
    "upgrade",
]

#: the advisory lock by which PostgreSQL makes processes that start together take turns
_LOCK = 7234105

_METADATA = Base.metadata


def upgrade(engine: Engine, *, revision: str = "head") -> None:
    """Bring the database to the newest schema, or to a revision above its own; all or nothing."""
    with _writing(engine) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, *, revision: str) -> None:
    """Bring the database back to a revision, `base` for none; data of dropped tables is lost."""
    with _writing(engine) as connection:
        command.downgrade(_config(connection), revision)


def current(engine: Engine) -> str | None:
    """The revision the database is at; None before the first upgrade."""
    with translating_faults(), engine.connect() as connection:
        return _migration_context(connection).get_current_revision()


def head() -> str:
    """The newest revision."""
    return str(ScriptDirectory.from_config(_config(None)).get_current_head())


def check(engine: Engine) -> bool:
    """Whether the database is at the newest revision."""
    return current(engine) == head()


def drift(engine: Engine) -> list[str]:
    """How the tables differ from the models; empty when all is well."""
    with engine.connect() as connection:
        return [
            str(change) for change in compare_metadata(_migration_context(connection), _METADATA)
        ]


def configuration_of(connection: Connection) -> dict[str, Any]:
    """How Alembic treats our tables, and leaves those of others alone."""
    return {
        "target_metadata": _METADATA,
        "version_table": VERSION_TABLE,
        "include_name": _is_ours,
        "render_as_batch": connection.dialect.name == "sqlite",
        "compare_type": True,
        "compare_server_default": True,
    }


def _is_ours(name: str | None, type_: str, _parents: Any) -> bool:
    return type_ != "table" or name in _METADATA.tables


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    with (
        engine.execution_options(write=True).connect() as connection,
        _without_cascades(connection),
        connection.begin(),
    ):
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        yield connection


@contextmanager
def _without_cascades(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by replacing it, which must not delete what refers to its rows."""
    if connection.dialect.name != "sqlite":
        yield
        return
    # A pragma of a connection, which has no effect inside a transaction.
    raw = connection.connection.cursor()
    try:
        raw.execute("PRAGMA foreign_keys = OFF")
        yield
    finally:
        raw.execute("PRAGMA foreign_keys = ON")
        raw.close()


def _migration_context(connection: Connection) -> MigrationContext:
    return MigrationContext.configure(connection, opts=configuration_of(connection))


def _config(connection: Connection | None) -> Config:
    config = Config()
    # the option is interpolated, so a percent sign in the path counts double
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    if connection is not None:
        config.attributes["connection"] = connection
    return config
