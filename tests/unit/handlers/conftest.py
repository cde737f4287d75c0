"""A store on each database, and accounts in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from handlers import migrations
from handlers.store import Store
from tests.unit.handlers.fakes import AccountsInMemory
from token_service.store.engine import open_engine

DATABASES = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.service("postgresql")),
]


@pytest.fixture(params=DATABASES)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database without tables, of each kind in turn."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        url = request.getfixturevalue("postgresql_url")
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def each_store(empty_database: Engine) -> Store:
    """An empty store on each database in turn."""
    migrations.upgrade(empty_database)
    return Store(empty_database)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store on SQLite."""
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    migrations.upgrade(engine)
    yield Store(engine)
    engine.dispose()


@pytest.fixture
def accounts() -> AccountsInMemory:
    """Alice, who is user 1, and two groups."""
    accounts = AccountsInMemory(groups=("editors", "listeners"))
    accounts.create_user("alice", "made-up-for-tests", email="alice@example.com")
    return accounts
