"""Tells whether the tables are the newest ones, without loading what makes them so."""

from sqlalchemy import Engine, inspect, text

from token_service.store.engine import translating_faults

#: where the tree of migrations keeps its place; other trees in the same database have their own
VERSION_TABLE = "token_service_version"
#: the newest revision of the tree; a test compares it with the files
NEWEST = "0003"

_PLACE = text(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608 -- a constant of ours


def is_newest(engine: Engine) -> bool:
    """Whether the schema is the newest; anything else, Alembic has to look at."""
    with translating_faults(), engine.connect() as connection:
        is_there = inspect(connection).has_table(VERSION_TABLE)
        return is_there and connection.scalars(_PLACE).all() == [NEWEST]
