"""Users and groups as handlers answer them."""

import pytest

from handlers import groups, users
from scopegate import Caller, Conflict, Forbidden, NotFound
from tests.unit.handlers.fakes import AccountsInMemory

ALICE = {
    "id": 1,
    "username": "alice",
    "email": "alice@example.com",
    "first_name": "",
    "last_name": "",
}


def caller(*, user: str | None, subject: str | None = None) -> Caller:
    return Caller(subject=subject or user, user=user, client_id="c", scopes=frozenset(), matched=1)


def test_users_are_shown_without_anything_secret(accounts: AccountsInMemory) -> None:
    assert users.list_users(accounts).body == [ALICE]
    assert users.get_user(1, accounts) == ALICE


def test_an_added_user_is_answered_with_his_place(accounts: AccountsInMemory) -> None:
    answer = users.add_user({"username": "carol", "password": "made-up-for-tests"}, accounts)

    assert (answer.status, answer.headers) == (201, {"Location": "/users/2/"})
    assert answer.body == {
        "id": 2,
        "username": "carol",
        "email": "",
        "first_name": "",
        "last_name": "",
    }
    assert users.get_user(2, accounts) == answer.body


def test_nobody_makes_himself_staff(accounts: AccountsInMemory) -> None:
    body = {
        "username": "carol",
        "password": "made-up-for-tests",
        "first_name": "Carol",
        "is_staff": True,
        "groups": ["editors"],
        "id": 1,
    }

    answer = users.add_user(body, accounts)  # type: ignore[arg-type]  # more than it should hold

    assert set(answer.body) == {"id", "username", "email", "first_name", "last_name"}
    assert (answer.body["id"], answer.body["first_name"]) == (2, "Carol")


def test_a_taken_name_is_a_conflict(accounts: AccountsInMemory) -> None:
    with pytest.raises(Conflict, match="the name `alice` is taken") as refusal:
        users.add_user({"username": "alice", "password": "made-up-for-tests"}, accounts)

    assert [violation.pointer for violation in refusal.value.violations] == ["/username"]
    assert "made-up-for-tests" not in repr(refusal.value)


@pytest.mark.parametrize("user_id", [-1, 0, 2, 2**63, 10**30])
def test_an_unknown_user_is_not_found(accounts: AccountsInMemory, user_id: int) -> None:
    with pytest.raises(NotFound):
        users.get_user(user_id, accounts)


def test_a_user_sees_himself(accounts: AccountsInMemory) -> None:
    assert users.show_me(caller(user="user:alice"), accounts) == ALICE


@pytest.mark.parametrize(
    "nobody",
    [
        pytest.param(caller(user=None, subject="client:batch"), id="a client for itself"),
        pytest.param(caller(user=None, subject="user:alice"), id="another issuer's alice"),
        pytest.param(caller(user=None), id="an anonymous caller"),
        pytest.param(caller(user="user:deleted"), id="a user who is no more"),
    ],
)
def test_a_caller_without_a_user_is_refused(accounts: AccountsInMemory, nobody: Caller) -> None:
    with pytest.raises(Forbidden):
        users.show_me(nobody, accounts)


def test_groups_are_shown_by_the_page(accounts: AccountsInMemory) -> None:
    answer = groups.list_groups(accounts, limit=1, offset=1)

    assert answer.body == [{"id": 2, "name": "listeners"}]
    assert answer.headers == {"X-Total-Count": "2", "Link": '<?limit=1&offset=0>; rel="prev"'}
    assert groups.get_group(2, accounts) == {"id": 2, "name": "listeners"}


@pytest.mark.parametrize("group_id", [-1, 0, 3, 2**63])
def test_an_unknown_group_is_not_found(accounts: AccountsInMemory, group_id: int) -> None:
    with pytest.raises(NotFound):
        groups.get_group(group_id, accounts)
