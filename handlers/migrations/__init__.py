"""How the demo's tables come to be and change: the Alembic tree, run without a file of settings."""

from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from handlers.models import Model
from handlers.schema import VERSION_TABLE

__all__ = ["VERSION_TABLE", "check", "current", "downgrade", "head", "upgrade"]

#: any number, the same wherever this tree is migrated: PostgreSQL lets one migrate at a time
_ADVISORY_LOCK: Final = 7_267_301


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables up to `revision`, all of it or nothing; does nothing if they are there."""
    with engine.execution_options(write=True).begin() as connection:
        _lock(connection)
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take the tables back to `revision`, with whatever they held."""
    with engine.execution_options(write=True).begin() as connection:
        _lock(connection)
        command.downgrade(_config(connection), revision)


def current(engine: Engine) -> str | None:
    """Read the revision the tables are at; None: there are none yet."""
    with engine.connect() as connection:
        return _context(connection).get_current_revision()


def head() -> str | None:
    """Name the revision this version of the program works with."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def check(engine: Engine) -> tuple[str, ...]:
    """Compare the tables with what the program works with; each entry is one difference."""
    found = current(engine)
    if found != head():
        return (f"handlers: the tables are at revision {found or 'none'}, wanted {head()}",)
    with engine.connect() as connection:
        differences = compare_metadata(_context(connection), Model.metadata)
    return tuple(f"handlers: {difference}" for difference in differences)


def _config(connection: Connection | None = None) -> Config:
    """Stand in for the usual alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _context(connection: Connection) -> MigrationContext:
    return MigrationContext.configure(
        connection,
        opts={
            "version_table": VERSION_TABLE,
            "target_metadata": Model.metadata,
            "include_object": _is_ours,
        },
    )


def _is_ours(found: Any, name: str | None, kind: str, _reflected: bool, _model: Any) -> bool:
    """Leave tables of other trees alone, and all that hangs on them."""
    table = name if kind == "table" else found.table.name
    return table in Model.metadata.tables


def _lock(connection: Connection) -> None:
    """Wait until nobody else migrates; SQLite's write transaction has done so already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
