"""Users, groups and clients as commands and handlers make them."""

import pytest

from token_service.admin import Administration
from token_service.entities import ClientType, GrantType
from token_service.errors import InvalidValueError, NameTakenError, UnknownNameError
from token_service.scopes import Ceiling

PASSWORD = "long-enough-for-anyone"


def test_a_user_is_made_and_found_by_all_his_names(anywhere: Administration) -> None:
    made = anywhere.create_user(
        "bob", PASSWORD, email="bob@example.org", first_name="Bob", last_name="Stone", staff=True
    )

    assert made.created_at == 1_800_000_000
    assert (made.is_staff, made.is_active, made.groups) == (True, True, ())
    assert made.subject.startswith("user:")
    assert anywhere.get_user(made.id) == made
    assert anywhere.find_user_by_subject(made.subject) == made
    assert anywhere.find_user_by_name("bob") == made
    assert anywhere.list_users() == (made,)
    assert anywhere.count_users() == 1


@pytest.mark.parametrize("subject", ["client:bob", "user:", "user", "", "user:bob"])
def test_other_subjects_are_no_user(administration: Administration, subject: str) -> None:
    administration.create_user("bob", PASSWORD)

    assert administration.find_user_by_subject(subject) is None


@pytest.mark.parametrize(("first", "second"), [("bob", "bob"), ("ﬁnn", "finn")])
def test_a_name_is_given_once(anywhere: Administration, first: str, second: str) -> None:
    anywhere.create_user(first, PASSWORD)

    with pytest.raises(NameTakenError):
        anywhere.create_user(second, PASSWORD)
    assert anywhere.count_users() == 1


def test_names_that_differ_in_case_are_two_names(anywhere: Administration) -> None:
    anywhere.create_user("bob", PASSWORD)
    anywhere.create_user("Bob", PASSWORD)

    assert anywhere.count_users() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "a b"}, "username"),
        ({"username": "a\n"}, "username"),
        ({"username": "x" * 151}, "username"),
        ({"password": "short12"}, "password"),
        ({"password": "x" * 1025}, "password"),
        ({"password": "ü" * 513}, "password"),
        ({"password": "line\nbreak-in-it"}, "password"),
        ({"password": "half-a-pair-\ud800"}, "password"),
        ({"email": "no-at-sign"}, "email"),
        ({"email": "a@" + "x" * 254}, "email"),
        ({"first_name": "x" * 151}, "first_name"),
        ({"last_name": "nul\0"}, "last_name"),
    ],
)
def test_values_that_cannot_be_stored_name_their_field(
    administration: Administration, values: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        administration.create_user(**{"username": "bob", "password": PASSWORD, **values})  # type: ignore[arg-type] # table

    assert caught.value.field == field
    assert values.get("password", "-") not in str(caught.value) or field != "password"
    assert administration.count_users() == 0


@pytest.mark.parametrize("password", ["x" * 8, "x" * 1024, "ü" * 512, "with a blank"])
def test_passwords_at_the_bounds_are_fine(administration: Administration, password: str) -> None:
    made = administration.create_user("bob", password)

    assert made.username == "bob"


def test_users_are_paged_in_the_order_they_were_made(anywhere: Administration) -> None:
    names = ["zoe", "bob", "ann"]
    for name in names:
        anywhere.create_user(name, PASSWORD)

    page = anywhere.list_users(limit=2, offset=1)

    assert [user.username for user in page] == names[1:]


def test_an_id_is_never_used_again(anywhere: Administration) -> None:
    first = anywhere.create_user("bob", PASSWORD)
    anywhere.delete_user(first.id)

    second = anywhere.create_user("bob", PASSWORD)

    assert second.id > first.id
    assert second.subject != first.subject


@pytest.mark.parametrize("user_id", [0, -1, 99, 2**31, 2**70])
def test_an_unknown_id_is_said_to_be_unknown(administration: Administration, user_id: int) -> None:
    with pytest.raises(UnknownNameError):
        administration.get_user(user_id)
    with pytest.raises(UnknownNameError):
        administration.delete_user(user_id)
    with pytest.raises(UnknownNameError):
        administration.set_user_active(user_id, active=False)
    with pytest.raises(UnknownNameError):
        administration.get_group(user_id)


def test_a_ceiling_is_the_union_over_groups_and_everyone(anywhere: Administration) -> None:
    anywhere.create_group("readers", scopes="read")
    anywhere.create_group("writers", scopes=["write", "post"])
    anywhere.set_group_scopes("everyone", "hello")

    bob = anywhere.create_user("bob", PASSWORD, groups=["writers", "readers"])

    assert bob.groups == ("readers", "writers")
    assert bob.ceiling == Ceiling(scopes=frozenset({"read", "write", "post", "hello"}))
    anywhere.delete_group("writers")
    assert anywhere.get_user(bob.id).groups == ("readers",)


def test_everyone_is_built_in_and_allows_everything(anywhere: Administration) -> None:
    [everyone] = anywhere.list_groups()

    assert (everyone.name, everyone.ceiling) == ("everyone", Ceiling(everything=True))
    assert anywhere.get_group(everyone.id) == everyone
    assert anywhere.count_groups() == 1
    with pytest.raises(InvalidValueError):
        anywhere.delete_group("everyone")


def test_a_user_of_an_unknown_group_is_not_made(anywhere: Administration) -> None:
    with pytest.raises(UnknownNameError, match="ghosts"):
        anywhere.create_user("bob", PASSWORD, groups=["ghosts"])

    assert anywhere.count_users() == 0


def test_groups_have_one_name_each(anywhere: Administration) -> None:
    made = anywhere.create_group("band")

    assert anywhere.find_group_by_name("band") == made
    assert anywhere.find_group_by_name("Band") is None
    with pytest.raises(NameTakenError):
        anywhere.create_group("band")
    with pytest.raises(UnknownNameError):
        anywhere.delete_group("ghosts")
    with pytest.raises(UnknownNameError):
        anywhere.set_group_scopes("ghosts", "*")


@pytest.mark.parametrize("name", ["", " ", " band", "x" * 151, "a\tb"])
def test_group_names_are_bounded(administration: Administration, name: str) -> None:
    with pytest.raises(InvalidValueError):
        administration.create_group(name)


def test_a_confidential_client_gets_a_secret_that_is_told_once(
    anywhere: Administration,
) -> None:
    made = anywhere.create_client("shop", resource="https://api.example")

    assert made.secret is not None
    assert len(made.secret) >= 43
    assert made.secret not in repr(made)
    found = anywhere.find_client(made.client.client_id)
    assert found == made.client
    assert found.grants == {GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN}
    assert found.ceiling == Ceiling(everything=True)
    assert anywhere.list_clients() == (found,)


def test_a_public_client_has_no_secret(administration: Administration) -> None:
    made = administration.create_client("app", type=ClientType.PUBLIC)

    assert (made.secret, made.client.secret_hash) == (None, None)
    with pytest.raises(InvalidValueError):
        administration.create_client("app", type=ClientType.PUBLIC, secret="a-secret-by-hand")


def test_a_public_client_may_not_use_password_even_if_it_lists_it(
    administration: Administration,
) -> None:
    made = administration.create_client("app", type=ClientType.PUBLIC, grants=["password"])

    assert GrantType.PASSWORD in made.client.grants
    assert not made.client.may_use(GrantType.PASSWORD)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"grants": ["implicit"]}, "grants"),
        ({"scopes": "a  b"}, "scopes"),
        ({"scopes": ["a b", 'c"']}, "scopes"),
        ({"client_id": "a:b"}, "client_id"),
        ({"client_id": "x" * 151}, "client_id"),
        ({"secret": "short12"}, "secret"),
        ({"secret": "with a blank"}, "secret"),
        ({"secret": "x" * 1025}, "secret"),
        ({"redirect_uris": ["/relative"]}, "redirect_uris"),
        ({"redirect_uris": ["https://a.example/#x"]}, "redirect_uris"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "redirect_uris"),
        ({"redirect_uris": ["https://a.example/ b"]}, "redirect_uris"),
        ({"redirect_uris": ["https://["]}, "redirect_uris"),
    ],
)
def test_clients_are_checked_field_by_field(
    administration: Administration, values: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        administration.create_client(**{"name": "shop", **values})  # type: ignore[arg-type] # table

    assert caught.value.field == field
    assert administration.list_clients() == ()


def test_a_client_id_is_given_once(anywhere: Administration) -> None:
    anywhere.create_client("shop", client_id="shop", redirect_uris=["https://a.example/x"])

    with pytest.raises(NameTakenError):
        anywhere.create_client("another", client_id="shop")


def test_a_deleted_client_is_gone(anywhere: Administration) -> None:
    made = anywhere.create_client("shop")

    anywhere.delete_client(made.client.client_id)

    assert anywhere.find_client(made.client.client_id) is None
    with pytest.raises(UnknownNameError):
        anywhere.delete_client(made.client.client_id)
    with pytest.raises(UnknownNameError):
        anywhere.set_client_active(made.client.client_id, active=True)
