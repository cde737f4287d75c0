"""The fixtures of these tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.token_service.applications import alice, browser_of
from tests.edge.token_service.browser import Browser
from tests.edge.token_service.world import World, make_world
from tests.unit.token_service.databases import copy_template, make_template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database to copy."""
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    """A token service on SQLite."""
    made = make_world(tmp_path, database_url=copy_template(template, tmp_path))
    yield made
    made.engine.dispose()


@pytest.fixture
def browser(world: World) -> Browser:
    """Alice's browser; she is not staff."""
    return browser_of(world, alice(world))


@pytest.fixture
def postgresql_world(tmp_path: Path, postgresql_url: str) -> Iterator[World]:
    """A token service on PostgreSQL."""
    made = make_world(tmp_path, database_url=postgresql_url)
    yield made
    made.engine.dispose()
