"""The fixtures of these tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.token_service.world import World, make_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A token service on SQLite."""
    made = make_world(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def postgresql_world(tmp_path: Path, postgresql_url: str) -> Iterator[World]:
    """A token service on PostgreSQL."""
    made = make_world(tmp_path, database_url=postgresql_url)
    yield made
    made.engine.dispose()
