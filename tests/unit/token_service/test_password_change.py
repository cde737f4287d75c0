"""On each database: what a password opens is stored only while it is the one that was checked."""

import pytest
from sqlalchemy import Engine

from token_service.admin import Administration
from token_service.entities import Login
from token_service.sessions import Sessions
from token_service.store.engine import writing
from token_service.store.users import find_login, is_proven_still

OLD, NEW = "an-old-password-of-hers", "a-new-password-of-hers"


@pytest.fixture
def login(anywhere: Administration) -> Login:
    anywhere.create_user("alice", OLD)
    found = find_login(anywhere.engine, "alice")
    assert found is not None
    return found


def is_still(engine: Engine, login: Login) -> bool:
    with writing(engine) as session:
        return is_proven_still(session, login.user.id, login.password_hash)


def test_a_password_counts_until_it_is_changed(anywhere: Administration, login: Login) -> None:
    before = is_still(anywhere.engine, login)

    anywhere.set_password(login.user.id, NEW)

    assert (before, is_still(anywhere.engine, login)) == (True, False)


def test_a_password_of_a_disabled_or_deleted_user_counts_for_nothing(
    anywhere: Administration, login: Login
) -> None:
    anywhere.set_user_active(login.user.id, active=False)
    while_disabled = is_still(anywhere.engine, login)
    anywhere.delete_user(login.user.id)

    assert (while_disabled, is_still(anywhere.engine, login)) == (False, False)


def test_no_session_begins_by_a_password_that_was_changed_meanwhile(
    anywhere: Administration, login: Login
) -> None:
    sessions = Sessions(anywhere.engine, lambda: 1_800_000_000.5)
    before = sessions.open_by_password(login)
    anywhere.set_password(login.user.id, NEW)

    after = sessions.open_by_password(login)

    assert after is None
    assert before is not None
    assert sessions.find(before) is None
