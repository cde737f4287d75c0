"""The servers that several tests share, and one that a test starts for itself."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from tests.e2e.edges import serving_edges
from tests.e2e.servers import Server, serving, serving_demo


class Serve(Protocol):
    """Starts a server that is stopped when the test ends."""

    def __call__(
        self,
        spec: str | Path,
        *arguments: str,
        home: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Server:
        """Start `scopegate serve` with these arguments in the test's own folder."""


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts servers in the test's own folder."""
    with ExitStack() as stack:

        def start(
            spec: str | Path,
            *arguments: str,
            home: Path | None = None,
            environment: Mapping[str, str] | None = None,
        ) -> Server:
            running = serving(spec, *arguments, folder=tmp_path, home=home, environment=environment)
            return stack.enter_context(running)

        yield start


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`serve --demo`: tests may add to it, and rely only on what they added and on its people."""
    with serving_demo(tmp_path_factory.mktemp("demo")) as server:
        yield server


@pytest.fixture(scope="session")
def edges(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The document with one operation for each edge of HTTP."""
    with serving_edges(tmp_path_factory.mktemp("edges")) as server:
        yield server
