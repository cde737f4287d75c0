"""The password grant: who gets which scopes, and what everyone else is told."""

import pytest

from tests.edge.token_service.world import AUDIENCE, ISSUER, PASSWORD, World, outcome


def test_a_token_says_who_may_do_what_and_until_when(world: World) -> None:
    alice = world.service.administration.find_user_by_name("alice")

    response = world.password(scope="read")

    assert alice is not None
    claims = world.claims(response)
    assert len(str(claims.pop("jti"))) >= 20
    assert len(str(claims.pop("grant_id"))) == 36
    assert claims == {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": alice.subject,
        "client_id": world.client_id,
        "scope": "read",
        "iat": int(world.clock.now),
        "exp": int(world.clock.now) + 3600,
    }
    body = response.json()
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 3600, "read")


def test_two_tokens_never_share_an_id(world: World) -> None:
    first, second = world.password(), world.password()

    assert world.claims(first)["jti"] != world.claims(second)["jti"]


def test_without_a_scope_everything_is_granted_in_order(world: World) -> None:
    assert world.password().json()["scope"] == "create post read widget"


@pytest.mark.parametrize("scope", ["widget post", "read", "read read"])
def test_t9_the_scope_granted_is_told_as_it_was_asked(world: World, scope: str) -> None:
    granted = world.password(scope=scope).json()["scope"]

    assert granted.split() == list(dict.fromkeys(scope.split()))


@pytest.mark.parametrize(
    "scope",
    ["nonsense", "read nonsense", "READ", "rea", "*", " ", " read", "read ", "read  post",
     "read\tpost", "read\u00a0post", "read,post", 'read"', "re\\ad", "réad"],
)  # fmt: skip
def test_t9_other_scopes_are_invalid_scope(world: World, scope: str) -> None:
    assert outcome(world.password(scope=scope)) == (400, "invalid_scope")


def test_a_reload_of_the_document_counts_at_once(world: World) -> None:
    world.document.scopes = frozenset({"read", "new"})

    assert world.password().json()["scope"] == "new read"
    assert outcome(world.password(scope="create")) == (400, "invalid_scope")


def test_a_grant_gives_only_what_its_own_flow_declares(world: World) -> None:
    world.document.by_grant["password"] = frozenset({"read"})

    assert world.password().json()["scope"] == "read"
    own = world.token({"grant_type": "client_credentials"})
    assert own.json()["scope"] == "create post read widget"


def test_the_ceilings_of_client_and_user_both_hold(world: World) -> None:
    admin = world.service.administration
    admin.set_group_scopes("everyone", "read")
    admin.create_group("posters", scopes="post create")
    admin.create_user("bob", PASSWORD, groups=["posters"])
    created = admin.create_client("narrow", grants=["password"], scopes=["read", "post", "widget"])
    form = {
        "grant_type": "password",
        "username": "bob",
        "password": PASSWORD,
        "client_id": created.client.client_id,
        "client_secret": str(created.secret),
    }

    assert world.token(form, headers={}).json()["scope"] == "post read"
    for beyond_a_ceiling in ("create", "widget"):
        refused = world.token({**form, "scope": beyond_a_ceiling}, headers={})
        assert outcome(refused) == (400, "invalid_scope")


def test_a_user_who_may_have_nothing_is_given_nothing(world: World) -> None:
    world.service.administration.set_group_scopes("everyone", "")

    assert outcome(world.password()) == (400, "invalid_scope")


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "wrong"},
        {"password": PASSWORD.upper()},
        {"password": f"{PASSWORD} "},
        {"password": "x" * 2000},
        {"username": "nobody"},
        {"username": "Alice"},
        {"username": "alice\t"},
    ],
    ids=["wrong", "case", "blank", "too long", "unknown", "name's case", "tab"],
)
def test_t10_wrong_user_and_wrong_password_are_told_apart_by_nothing(
    world: World, changes: dict[str, str]
) -> None:
    reference = world.password(password="not-it")

    response = world.password(**changes)

    assert outcome(response) == (400, "invalid_grant")
    assert response.content == reference.content
    assert response.headers == reference.headers


def test_a_name_is_found_in_any_unicode_form(world: World) -> None:
    world.service.administration.create_user("ﬁnn", PASSWORD)

    assert world.password(username="finn").status_code == 200
    assert world.password(username="ﬁnn").status_code == 200


def test_a_disabled_user_gets_nothing(world: World) -> None:
    admin = world.service.administration
    alice = admin.find_user_by_name("alice")
    assert alice is not None
    admin.set_user_active(alice.id, active=False)

    assert outcome(world.password()) == (400, "invalid_grant")


def test_only_clients_that_list_refresh_get_a_refresh_token(world: World) -> None:
    created = world.service.administration.create_client("brief", grants=["password"])
    client = {"client_id": created.client.client_id, "client_secret": str(created.secret)}
    form = {"grant_type": "password", "username": "alice", "password": PASSWORD, **client}

    assert "refresh_token" not in world.token(form, headers={}).json()
    assert "refresh_token" in world.password().json()


def test_client_credentials_give_a_token_of_the_client_s_own(world: World) -> None:
    response = world.token({"grant_type": "client_credentials", "scope": "read"})

    assert world.claims(response)["sub"] == f"client:{world.client_id}"
    assert "refresh_token" not in response.json()


def test_client_credentials_are_bounded_by_the_client_alone(world: World) -> None:
    world.service.administration.set_group_scopes("everyone", "")

    assert world.token({"grant_type": "client_credentials"}).status_code == 200
    refused = world.token({"grant_type": "client_credentials", "scope": "nonsense"})
    assert outcome(refused) == (400, "invalid_scope")
