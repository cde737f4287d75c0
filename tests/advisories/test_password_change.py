"""What an old password opens in the very moment it is changed: nothing that outlives the change."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.advisories.served import Served, served_world
from tests.edge.token_service.world import CHEAP, PASSWORD
from token_service.passwords import SecretHasher

NEW = "another-password-of-hers"


class Changing(SecretHasher):
    """Whoever has his password checked finds it right, and has it changed before he goes on."""

    def __init__(self) -> None:
        super().__init__(CHEAP)
        self.change: Callable[[], None] | None = None

    def matches(self, stored: str | None, secret: str) -> bool:
        is_right = super().matches(stored, secret)
        if is_right and secret == PASSWORD and self.change is not None:
            change, self.change = self.change, None
            change()
        return is_right


@pytest.fixture
def hasher() -> Changing:
    return Changing()


@pytest.fixture
def served(tmp_path: Path, hasher: Changing) -> Iterator[Served]:
    with served_world(tmp_path, hasher=hasher) as opened:
        yield opened


def test_a_grant_in_flight_ends_with_the_password_it_was_asked_by(
    served: Served, hasher: Changing
) -> None:
    administration = served.world.service.administration
    alice = administration.find_user_by_name("alice")
    assert alice is not None
    before = served.password()
    hasher.change = lambda: administration.set_password(alice.id, NEW)

    during = served.password()

    assert (before.status, during.status) == (200, 400)
    assert during.json()["error"] == "invalid_grant"
    assert served.password(password=NEW).status == 200
