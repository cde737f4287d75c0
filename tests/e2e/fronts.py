"""The backend that a module's tests share, and gateways in front of it."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest

from tests.e2e.backend import Backend, running_backend
from tests.e2e.fronted import fronting
from tests.e2e.servers import Server


class Front(Protocol):
    """Starts a gateway in front of the module's backend; it is stopped when the module ends."""

    def __call__(self, *arguments: str, **environment: str) -> Server:
        """Start `scopegate serve` with these arguments and settings in a folder of its own."""


@pytest.fixture(scope="module")
def shared_backend() -> Iterator[Backend]:
    """What the module's gateways stand in front of; a module may put another in its place."""
    with running_backend() as backend:
        yield backend


@pytest.fixture(scope="module")
def front(shared_backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Starts gateways in front of the module's backend."""
    with ExitStack() as stack:

        def start(*arguments: str, **environment: str) -> Server:
            folder = tmp_path_factory.mktemp("front")
            server = fronting(shared_backend, folder, *arguments, **environment)
            return stack.enter_context(server)

        yield start


@pytest.fixture
def backend(shared_backend: Backend) -> Backend:
    """The module's backend as it was at the beginning: nothing came yet."""
    shared_backend.reset()
    return shared_backend
