"""The fixtures of these tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from token_service.admin import Administration
from token_service.migrations.run import upgrade
from token_service.passwords import SecretHasher
from token_service.settings import Argon2Profile
from token_service.store.engine import open_engine

CHEAP = Argon2Profile(time_cost=1, memory_kib=8, parallelism=1)


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))]
)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'scopegate.db'}"
    else:
        url = request.getfixturevalue("postgresql_url")
    made = open_engine(url, busy_seconds=2)
    yield made
    made.dispose()


@pytest.fixture
def administration(engine: Engine) -> Administration:
    """An administration on a migrated database."""
    upgrade(engine)
    return Administration(engine, hasher=SecretHasher(CHEAP), clock=lambda: 1_800_000_000.5)
