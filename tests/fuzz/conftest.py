"""What the fuzzers share: the demo behind both doors, and one way to hand in what was found."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.fuzz.ledger import Ledger
from tests.fuzz.summary import (
    hand_in,
    pytest_configure,
    pytest_sessionfinish,
    pytest_terminal_summary,
)
from tests.fuzz.world import World, open_world

__all__ = ["pytest_configure", "pytest_sessionfinish", "pytest_terminal_summary"]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The demo behind both doors."""
    with open_world(tmp_path_factory.mktemp("fuzz") / "home") as opened:
        yield opened


@pytest.fixture
def settle(record_property: Callable[[str, object], None]) -> Callable[[Ledger], None]:
    """Hand in the ledger of a test; fails if there is anything in it that must not be."""
    return partial(hand_in, record=record_property)
