"""Authorization codes and device codes in the database, on both kinds of it."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from token_service.admin import Administration
from token_service.entities import Client, DeviceStatus, GrantType, User
from token_service.errors import StoreUnavailableError
from token_service.store.codes import NewCode, family_of_code, find_code, insert_code
from token_service.store.devices import (
    NewDeviceCode,
    answer_device_code,
    family_of_device_code,
    find_device_code,
    find_user_code,
    insert_device_code,
    poll_device_code,
)
from token_service.store.families import NewFamily, begin_family, redeem_code, redeem_device_code
from token_service.store.users import find_login, set_password_hash

NOW = 1_800_000_000


@pytest.fixture
def user(anywhere: Administration) -> User:
    return anywhere.create_user("alice", "a-password-for-alice")


@pytest.fixture
def client(anywhere: Administration) -> Client:
    return anywhere.create_client("radio").client


@pytest.fixture
def new_code(client: Client, user: User) -> NewCode:
    return NewCode(
        code_hash="c" * 64,
        client=client.id,
        user=user.id,
        redirect_uri="https://radio.example/callback",
        scope="read create",
        resource=None,
        code_challenge="x" * 43,
        issued_at=NOW,
        expires_at=NOW + 60,
    )


@pytest.fixture
def asked(client: Client) -> NewDeviceCode:
    return NewDeviceCode(
        device_code_hash="d" * 64,
        user_code_hash="u" * 64,
        client=client.id,
        scope="",
        resource=None,
        interval=5,
        issued_at=NOW,
        expires_at=NOW + 600,
    )


def family(client: Client, user: User, public_id: str = "g") -> NewFamily:
    return NewFamily(
        client=client.id,
        user=user.id,
        grant_type=GrantType.AUTHORIZATION_CODE,
        public_id=public_id,
        scope="read",
        resource=None,
        created_at=NOW,
        access_expires_at=NOW + 3600,
    )


def race(attempt: Callable[[int], bool]) -> Counter[bool]:
    """Eight threads try at the same moment."""
    barrier = threading.Barrier(8)

    def run(number: int) -> bool:
        barrier.wait(timeout=10)
        return attempt(number)

    with ThreadPoolExecutor(8) as pool:
        return Counter(pool.map(run, range(8), timeout=60))


def test_a_code_is_found_by_its_hash_with_all_it_is_bound_to(
    migrated: Engine, new_code: NewCode
) -> None:
    insert_code(migrated, new_code)

    found = find_code(migrated, "c" * 64)

    assert found is not None
    assert not found.is_used
    assert (found.client, found.user) == (new_code.client, new_code.user)
    assert (found.redirect_uri, found.scope) == (new_code.redirect_uri, "read create")
    assert (found.code_challenge, found.expires_at) == ("x" * 43, NOW + 60)
    assert find_code(migrated, "C" * 64) is None


def test_a_spent_code_stays_and_names_what_it_bought(
    migrated: Engine, new_code: NewCode, client: Client, user: User
) -> None:
    insert_code(migrated, new_code)
    code = find_code(migrated, new_code.code_hash)
    assert code is not None
    assert family_of_code(migrated, code.id) is None

    assert redeem_code(migrated, code.id, family(client, user), first=None)

    spent = find_code(migrated, new_code.code_hash)
    assert spent is not None
    assert spent.is_used
    assert family_of_code(migrated, code.id) is not None
    assert not redeem_code(migrated, code.id, family(client, user, "h"), first=None)


def test_of_eight_who_spend_a_code_at_once_one_does(
    migrated: Engine, new_code: NewCode, client: Client, user: User
) -> None:
    insert_code(migrated, new_code)
    code = find_code(migrated, new_code.code_hash)
    assert code is not None

    def spend(number: int) -> bool:
        return redeem_code(migrated, code.id, family(client, user, str(number)), first=None)

    assert race(spend) == {True: 1, False: 7}


def test_a_code_that_waits_ends_with_the_password_it_was_granted_by(
    migrated: Engine, new_code: NewCode, user: User
) -> None:
    insert_code(migrated, new_code)

    set_password_hash(migrated, user.id, "another", now=NOW)

    assert find_code(migrated, new_code.code_hash) is None


@pytest.mark.parametrize("gone", ["client", "user"])
def test_a_code_goes_with_its_client_and_its_user(
    migrated: Engine, anywhere: Administration, new_code: NewCode, client: Client, gone: str
) -> None:
    insert_code(migrated, new_code)

    if gone == "client":
        anywhere.delete_client(client.client_id)
    else:
        anywhere.delete_user(new_code.user)

    assert find_code(migrated, new_code.code_hash) is None


def test_a_device_waits_under_both_codes(migrated: Engine, asked: NewDeviceCode) -> None:
    insert_device_code(migrated, asked)

    by_device = find_device_code(migrated, asked.device_code_hash)
    by_user = find_user_code(migrated, asked.user_code_hash, now=NOW)

    assert by_device is not None
    assert by_device == by_user
    assert (by_device.status, by_device.scope) == (DeviceStatus.PENDING, "")
    assert find_user_code(migrated, asked.user_code_hash, now=NOW + 600) is None
    assert find_user_code(migrated, asked.device_code_hash, now=NOW) is None


def test_polls_that_come_too_early_make_the_next_one_wait_longer(
    migrated: Engine, asked: NewDeviceCode
) -> None:
    insert_device_code(migrated, asked)
    code = find_device_code(migrated, asked.device_code_hash)
    assert code is not None

    in_time = [poll_device_code(migrated, code, now=NOW + at) for at in (0, 5, 9, 18, 19, 33, 47)]

    # 5 seconds, then 10 after one that came early, then 15 after another
    assert in_time == [True, True, False, False, False, False, False]


def test_a_poll_in_time_stays_in_time(migrated: Engine, asked: NewDeviceCode) -> None:
    insert_device_code(migrated, asked)
    code = find_device_code(migrated, asked.device_code_hash)
    assert code is not None

    assert not [at for at in range(0, 100, 5) if not poll_device_code(migrated, code, now=NOW + at)]


@pytest.mark.parametrize(
    ("granted", "status"), [("read", DeviceStatus.APPROVED), (None, DeviceStatus.DENIED)]
)
def test_the_first_answer_of_a_user_stands(
    migrated: Engine, asked: NewDeviceCode, user: User, granted: str | None, status: DeviceStatus
) -> None:
    insert_device_code(migrated, asked)
    code = find_user_code(migrated, asked.user_code_hash, now=NOW)
    assert code is not None

    first = answer_device_code(migrated, code, user=user.id, granted=granted, now=NOW)
    second = answer_device_code(migrated, code, user=user.id, granted="create", now=NOW)

    assert (first, second) == (True, False)
    answered = find_device_code(migrated, asked.device_code_hash)
    assert answered is not None
    assert (answered.status, answered.user) == (status, user.id)
    assert answered.scope == (granted or "")
    assert find_user_code(migrated, asked.user_code_hash, now=NOW) is None


def test_an_answer_after_the_end_is_none(
    migrated: Engine, asked: NewDeviceCode, user: User
) -> None:
    insert_device_code(migrated, asked)
    code = find_user_code(migrated, asked.user_code_hash, now=NOW)
    assert code is not None

    assert not answer_device_code(migrated, code, user=user.id, granted="read", now=NOW + 600)


def test_of_eight_who_spend_a_device_code_at_once_one_does(
    migrated: Engine, asked: NewDeviceCode, client: Client, user: User
) -> None:
    insert_device_code(migrated, asked)
    code = find_user_code(migrated, asked.user_code_hash, now=NOW)
    assert code is not None
    assert not redeem_device_code(migrated, code.id, family(client, user, "early"), first=None)
    answer_device_code(migrated, code, user=user.id, granted="read", now=NOW)

    def spend(number: int) -> bool:
        bought = replace(family(client, user, str(number)), grant_type=GrantType.DEVICE_CODE)
        return redeem_device_code(migrated, code.id, bought, first=None)

    assert race(spend) == {True: 1, False: 7}
    assert family_of_device_code(migrated, code.id) is not None


def test_an_approval_that_waits_ends_with_the_password_it_was_given_by(
    migrated: Engine, asked: NewDeviceCode, user: User
) -> None:
    insert_device_code(migrated, asked)
    code = find_user_code(migrated, asked.user_code_hash, now=NOW)
    assert code is not None
    answer_device_code(migrated, code, user=user.id, granted="read", now=NOW)

    set_password_hash(migrated, user.id, "another", now=NOW)

    assert find_device_code(migrated, asked.device_code_hash) is None


def test_no_repr_shows_what_a_code_is_stored_by(new_code: NewCode, asked: NewDeviceCode) -> None:
    assert "cccc" not in repr(new_code)
    assert "dddd" not in repr(asked)
    assert "uuuu" not in repr(asked)


def test_a_user_code_that_is_taken_is_not_given_twice(
    migrated: Engine, asked: NewDeviceCode
) -> None:
    insert_device_code(migrated, asked)

    with pytest.raises(StoreUnavailableError, match="taken"):
        insert_device_code(migrated, replace(asked, device_code_hash="e" * 64))


def test_nothing_begins_for_a_user_who_was_deleted_meanwhile(
    migrated: Engine, anywhere: Administration, client: Client, user: User
) -> None:
    begun, login = family(client, user), find_login(migrated, user.username)
    assert login is not None
    anywhere.delete_user(user.id)

    assert not begin_family(migrated, begun, first=None, password_hash=login.password_hash)


def test_nothing_begins_by_a_password_that_was_changed_meanwhile(
    migrated: Engine, anywhere: Administration, client: Client, user: User
) -> None:
    begun, login = family(client, user), find_login(migrated, user.username)
    assert login is not None
    anywhere.set_password(user.id, "a-new-password-of-hers")

    assert not begin_family(migrated, begun, first=None, password_hash=login.password_hash)
