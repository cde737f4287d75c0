"""The token service's users and groups as the demo's handlers see them."""

from collections.abc import Callable, Iterator

import pytest

from gateway.app.accounts import TokenServiceAccounts
from handlers.accounts import NameTakenError, User
from scopegate import Unavailable, Unprocessable
from tests.edge.token_service.world import CHEAP
from token_service.admin import Administration
from token_service.passwords import SecretHasher
from token_service.store.engine import Engine, open_engine

PASSWORD = "a-long-password"


def administration_of(engine: Engine) -> Administration:
    return Administration(engine, hasher=SecretHasher(CHEAP), clock=lambda: 1_800_000_000)


@pytest.fixture
def administration(engine: Engine) -> Administration:
    return administration_of(engine)


@pytest.fixture
def accounts(administration: Administration) -> TokenServiceAccounts:
    return TokenServiceAccounts(administration)


@pytest.fixture
def away() -> Iterator[TokenServiceAccounts]:
    """Accounts whose database refuses connections."""
    engine = open_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    yield TokenServiceAccounts(administration_of(engine))
    engine.dispose()


def test_a_created_user_is_shown_without_anything_secret(accounts: TokenServiceAccounts) -> None:
    created = accounts.create_user(
        "carol", PASSWORD, email="c@example.com", first_name="C", last_name="D"
    )

    assert created == User(
        id=created.id, username="carol", email="c@example.com", first_name="C", last_name="D"
    )
    assert accounts.get_user(created.id) == created
    assert PASSWORD not in repr(created)


def test_a_created_user_has_no_rights_that_nobody_gave_him(
    accounts: TokenServiceAccounts, administration: Administration
) -> None:
    created = accounts.create_user("carol", PASSWORD)

    stored = administration.get_user(created.id)
    assert (stored.is_staff, set(stored.groups) - {"everyone"}) == (False, set())


def test_users_come_in_pages_with_their_total(accounts: TokenServiceAccounts) -> None:
    names = ["a1", "b2", "c3"]
    for name in names:
        accounts.create_user(name, PASSWORD)

    page = accounts.list_users(limit=2, offset=1)

    assert ([user.username for user in page.items], page.total) == (names[1:], 3)


def test_a_user_is_found_by_the_subject_of_his_tokens_while_he_is_active(
    accounts: TokenServiceAccounts, administration: Administration
) -> None:
    created = accounts.create_user("carol", PASSWORD)
    subject = administration.get_user(created.id).subject

    assert accounts.find_user_by_subject(subject) == created

    administration.set_user_active(created.id, active=False)
    assert accounts.find_user_by_subject(subject) is None


@pytest.mark.parametrize("subject", ["", "user:", "user:nobody", "client:x", "carol"])
def test_a_subject_that_is_no_user_finds_nobody(
    accounts: TokenServiceAccounts, subject: str
) -> None:
    accounts.create_user("carol", PASSWORD)

    assert accounts.find_user_by_subject(subject) is None


def test_a_name_that_is_taken_is_told_in_the_handlers_words(
    accounts: TokenServiceAccounts,
) -> None:
    accounts.create_user("carol", PASSWORD)

    with pytest.raises(NameTakenError, match="`carol` is taken"):
        accounts.create_user("carol", PASSWORD)


@pytest.mark.parametrize(
    ("username", "password", "pointer"),
    [
        pytest.param("carol", "2short", "/password", id="password"),
        pytest.param("", PASSWORD, "/username", id="name"),
    ],
)
def test_a_value_that_cannot_be_stored_is_a_violation_that_quotes_no_password(
    accounts: TokenServiceAccounts, username: str, password: str, pointer: str
) -> None:
    with pytest.raises(Unprocessable) as caught:
        accounts.create_user(username, password)

    (violation,) = caught.value.violations
    assert violation.pointer == pointer
    assert password not in violation.detail + caught.value.detail


def test_groups_come_in_pages_and_by_id(
    accounts: TokenServiceAccounts, administration: Administration
) -> None:
    made = administration.create_group("editors")

    page = accounts.list_groups(limit=10, offset=0)

    assert [group.name for group in page.items] == ["everyone", "editors"]
    assert page.total == 2
    found = accounts.get_group(made.id)
    assert found is not None
    assert found.name == "editors"


@pytest.mark.parametrize("identity", [0, -1, 999, 2**80])
def test_an_id_that_nobody_has_finds_nothing(accounts: TokenServiceAccounts, identity: int) -> None:
    assert accounts.get_user(identity) is None
    assert accounts.get_group(identity) is None


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda a: a.list_users(limit=1, offset=0), id="list_users"),
        pytest.param(lambda a: a.get_user(1), id="get_user"),
        pytest.param(lambda a: a.find_user_by_subject("user:x"), id="find_user_by_subject"),
        pytest.param(lambda a: a.create_user("carol", PASSWORD), id="create_user"),
        pytest.param(lambda a: a.list_groups(limit=1, offset=0), id="list_groups"),
        pytest.param(lambda a: a.get_group(1), id="get_group"),
    ],
)
def test_a_database_that_is_away_is_told_as_unavailable(
    away: TokenServiceAccounts, call: Callable[[TokenServiceAccounts], object]
) -> None:
    with pytest.raises(Unavailable, match="Nothing was changed"):
        call(away)


@pytest.mark.parametrize("offset", [2**63 - 1, 2**63, 10**30], ids=["64 bits", "beyond", "far"])
def test_an_offset_that_no_database_can_hold_is_an_empty_page(
    accounts: TokenServiceAccounts, offset: int
) -> None:
    assert list(accounts.list_users(limit=5, offset=offset).items) == []
    assert list(accounts.list_groups(limit=5, offset=offset).items) == []
