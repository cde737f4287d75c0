"""Users who send a password with each request: proven, throttled, remembered for a minute."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.unit.token_service.conftest import CHEAP
from token_service.admin import Administration
from token_service.basic_users import (
    REMEMBERED,
    REMEMBERED_SECONDS,
    BasicUsers,
    RememberedPasswords,
)
from token_service.entities import User
from token_service.errors import TooManyFailuresError
from token_service.passwords import SecretHasher
from token_service.store.users import find_login
from token_service.throttle import Throttle

HOME, AWAY = "192.0.2.1", "192.0.2.2"
PASSWORD = "correct:horse ü9"


@dataclass
class ManualClock:
    now: float = 1_800_000_000.5

    def __call__(self) -> float:
        return self.now


class CountingHasher(SecretHasher):
    """Counts how often a password was hashed."""

    asked = 0

    def matches(self, stored: str | None, secret: str) -> bool:
        self.asked += 1
        return super().matches(stored, secret)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher(CHEAP)


@pytest.fixture
def alice(administration: Administration) -> User:
    administration.create_group("editors")
    return administration.create_user("alice", PASSWORD, groups=["editors"])


@pytest.fixture
def users(
    administration: Administration, alice: User, clock: ManualClock, hasher: CountingHasher
) -> BasicUsers:
    engine = administration.engine
    return BasicUsers(engine, hasher, Throttle(engine), clock)


def test_the_right_password_proves_the_user_with_his_groups(users: BasicUsers) -> None:
    proven = users.prove("alice", PASSWORD, address=HOME)

    assert proven is not None
    assert (proven.username, proven.groups) == ("alice", ("editors",))


@pytest.mark.parametrize(
    ("name", "password"),
    [
        pytest.param("alice", "correct:horse ü8", id="wrong"),
        pytest.param("alice", "", id="empty"),
        pytest.param("alice", "correct", id="up-to-the-colon"),
        pytest.param("alice", PASSWORD * 200, id="too-long"),
        pytest.param("Alice", PASSWORD, id="case"),
        pytest.param("nobody", PASSWORD, id="unknown"),
        pytest.param("", PASSWORD, id="no-name"),
    ],
)
def test_anything_else_proves_nobody_at_the_price_of_one_hash(
    users: BasicUsers, hasher: CountingHasher, name: str, password: str
) -> None:
    assert users.prove(name, password, address=HOME) is None

    assert hasher.asked == 1


def test_a_disabled_user_proves_nothing(
    users: BasicUsers, administration: Administration, alice: User
) -> None:
    administration.set_user_active(alice.id, active=False)

    assert users.prove("alice", PASSWORD, address=HOME) is None


def fail(users: BasicUsers, name: str, times: int, *, address: str) -> None:
    for number in range(times):
        users.prove(name, f"guess {number}", address=address)


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_guesses_at_one_name_from_one_address_have_to_wait(
    users: BasicUsers, hasher: CountingHasher, name: str
) -> None:
    fail(users, name, 10, address=HOME)
    before = hasher.asked

    with pytest.raises(TooManyFailuresError) as refused:
        users.prove(name, PASSWORD, address=HOME)

    assert refused.value.retry_after >= 1
    assert hasher.asked == before


def test_nobody_elsewhere_is_locked_out_with_them(users: BasicUsers) -> None:
    fail(users, "alice", 10, address=HOME)

    assert users.prove("alice", PASSWORD, address=AWAY) is not None


def test_a_remembered_password_is_no_answer_from_an_address_that_has_to_wait(
    users: BasicUsers, clock: ManualClock
) -> None:
    users.prove("alice", PASSWORD, address=HOME)
    users.prove("alice", PASSWORD, address=AWAY)

    fail(users, "alice", 10, address=HOME)

    for password in (PASSWORD, "guess"):
        with pytest.raises(TooManyFailuresError):
            users.recall("alice", password, address=HOME)
    assert users.recall("alice", PASSWORD, address=AWAY) is not None
    clock.now += 1
    assert users.recall("alice", PASSWORD, address=HOME) is not None


def test_guesses_at_many_names_make_a_remembered_password_wait_too(users: BasicUsers) -> None:
    users.prove("alice", PASSWORD, address=HOME)

    for number in range(100):
        users.prove(f"user{number}", "guess", address=HOME)

    with pytest.raises(TooManyFailuresError):
        users.recall("alice", PASSWORD, address=HOME)


def test_a_password_is_remembered_for_the_addresses_that_proved_it(users: BasicUsers) -> None:
    users.prove("alice", PASSWORD, address=HOME)

    assert users.recall("alice", PASSWORD, address=AWAY) is None
    users.prove("alice", PASSWORD, address=AWAY)

    for address in (HOME, AWAY):
        assert users.recall("alice", PASSWORD, address=address) is not None


def test_the_addresses_of_one_ipv6_network_are_one(users: BasicUsers) -> None:
    users.prove("alice", PASSWORD, address="2001:db8::1")
    assert users.recall("alice", PASSWORD, address="2001:db8::2") is not None
    assert users.recall("alice", PASSWORD, address="2001:db8:0:1::1") is None

    for number in range(10):
        users.prove("alice", "guess", address=f"2001:db8::{number}")

    with pytest.raises(TooManyFailuresError):
        users.prove("alice", PASSWORD, address="2001:db8::ffff")
    assert users.prove("alice", PASSWORD, address="2001:db8:0:1::1") is not None


def test_nine_failures_and_the_right_password_begin_anew(users: BasicUsers) -> None:
    fail(users, "alice", 9, address=HOME)
    assert users.prove("alice", PASSWORD, address=HOME) is not None

    fail(users, "alice", 9, address=HOME)

    assert users.prove("alice", PASSWORD, address=HOME) is not None


def test_guesses_at_many_names_from_one_address_have_to_wait(users: BasicUsers) -> None:
    for number in range(100):
        users.prove(f"user{number}", "guess", address=HOME)

    with pytest.raises(TooManyFailuresError):
        users.prove("alice", PASSWORD, address=HOME)
    assert users.prove("alice", PASSWORD, address=AWAY) is not None


def test_a_right_password_is_remembered_for_a_minute(
    users: BasicUsers, hasher: CountingHasher, clock: ManualClock
) -> None:
    assert users.recall("alice", PASSWORD, address=HOME) is None
    users.prove("alice", PASSWORD, address=HOME)

    clock.now += REMEMBERED_SECONDS - 1
    recalled = users.recall("alice", PASSWORD, address=HOME)
    assert recalled is not None
    assert recalled.groups == ("editors",)
    assert hasher.asked == 1
    clock.now += 1

    assert users.recall("alice", PASSWORD, address=HOME) is None


@pytest.mark.parametrize("password", ["", "correct", PASSWORD + " ", "guess"])
def test_no_other_password_is_taken_for_it(users: BasicUsers, password: str) -> None:
    users.prove("alice", PASSWORD, address=HOME)
    users.prove("alice", password, address=HOME)

    assert users.recall("alice", password, address=HOME) is None
    assert users.recall("bob", PASSWORD, address=HOME) is None


def change_password(administration: Administration, user: User) -> None:
    administration.set_password(user.id, "another-password")


def disable(administration: Administration, user: User) -> None:
    administration.set_user_active(user.id, active=False)


def delete(administration: Administration, user: User) -> None:
    administration.delete_user(user.id)


@pytest.mark.parametrize("end", [change_password, disable, delete])
def test_what_is_remembered_ends_at_once_with_what_it_rests_on(
    users: BasicUsers,
    administration: Administration,
    alice: User,
    end: Callable[[Administration, User], None],
) -> None:
    users.prove("alice", PASSWORD, address=HOME)

    end(administration, alice)

    assert users.recall("alice", PASSWORD, address=HOME) is None


def test_only_so_many_are_remembered_and_the_oldest_goes(
    users: BasicUsers, administration: Administration, alice: User
) -> None:
    remembered = RememberedPasswords()
    login = find_login(administration.engine, "alice")
    assert login is not None

    for number in range(REMEMBERED + 1):
        remembered.remember(login, str(number), address=HOME, now=0.0)

    assert not remembered.is_right(login, "0", address=HOME, now=0.0)
    assert remembered.is_right(login, "1", address=HOME, now=0.0)
    assert remembered.is_right(login, str(REMEMBERED), address=HOME, now=0.0)


def test_no_password_shows(users: BasicUsers) -> None:
    users.prove("alice", PASSWORD, address=HOME)

    assert PASSWORD not in repr(users)
    assert "argon2" not in repr(users)
