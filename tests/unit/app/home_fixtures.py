"""A home with database and keys, and its database open: for a test alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.app.tokens import open_database
from tests.unit.app.homes import copy_template, make_template, settings_in
from token_service.store.engine import Engine


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home to copy."""
    return make_template(tmp_path_factory.mktemp("template") / "home")


@pytest.fixture
def home(template: Path, tmp_path: Path) -> Path:
    """A home of the test's own."""
    return copy_template(template, tmp_path / "home")


@pytest.fixture
def engine(home: Path) -> Iterator[Engine]:
    """Its database, open."""
    opened = open_database(settings_in(home))
    yield opened
    opened.dispose()
