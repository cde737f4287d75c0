"""The fixtures of these tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.unit.token_service.databases import copy_template, make_template
from token_service.admin import Administration
from token_service.migrations.run import upgrade
from token_service.passwords import SecretHasher
from token_service.settings import Argon2Profile
from token_service.store.engine import open_engine

CHEAP = Argon2Profile(time_cost=1, memory_kib=8, parallelism=1)
BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database to copy."""
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'scopegate.db'}"
    else:
        url = request.getfixturevalue("postgresql_url")
    made = open_engine(url, busy_seconds=10)
    yield made
    made.dispose()


@pytest.fixture
def migrated(engine: Engine) -> Engine:
    """A database of each kind with the newest schema."""
    upgrade(engine)
    return engine


@pytest.fixture
def anywhere(migrated: Engine) -> Administration:
    """An administration on each kind of database."""
    return administer(migrated)


@pytest.fixture
def administration(template: Path, tmp_path: Path) -> Iterator[Administration]:
    """An administration on SQLite, for what no database decides."""
    made = open_engine(copy_template(template, tmp_path))
    yield administer(made)
    made.dispose()


def administer(engine: Engine) -> Administration:
    return Administration(engine, hasher=SecretHasher(CHEAP), clock=lambda: 1_800_000_000.5)
