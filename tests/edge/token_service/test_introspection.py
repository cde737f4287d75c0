"""The introspection endpoint (RFC 7662): lines T25 to T28, who sees what, and for how long."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.edge.token_service.world import AUDIENCE, ISSUER, PASSWORD, World, basic, make_world
from token_service.entities import ClientType

INACTIVE = b'{"active": false}'


def client(world: World, name: str, **more: Any) -> dict[str, str]:
    """The credentials of a client that is added."""
    created = world.service.administration.create_client(name, client_id=name, **more)
    return basic(name, created.secret or "")


@pytest.fixture
def token(world: World) -> str:
    """An access token of alice's."""
    return str(world.password(scope="read post").json()["access_token"])


def test_a_client_sees_what_its_own_token_says(world: World, token: str) -> None:
    claims = world.token_claims(token)

    response = world.introspect(token)

    assert response.status_code == 200
    assert response.json() == {
        "active": True,
        "scope": "read post",
        "client_id": world.client_id,
        "token_type": "Bearer",
        "username": "alice",
        "sub": claims["sub"],
        "aud": AUDIENCE,
        "iss": ISSUER,
        "exp": claims["exp"],
        "iat": claims["iat"],
        "jti": claims["jti"],
    }


def test_a_clients_own_token_has_no_user(world: World) -> None:
    token = world.token({"grant_type": "client_credentials"}).json()["access_token"]

    told = world.introspect(token).json()

    assert told["active"] is True
    assert told["sub"] == f"client:{world.client_id}"
    assert "username" not in told


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "nonsense"])
def test_the_hint_plays_no_part(world: World, token: str, hint: str) -> None:
    assert world.introspect(token, token_type_hint=hint).json()["active"] is True


@pytest.mark.parametrize(
    ("resource", "sees"),
    [
        pytest.param(AUDIENCE, True, id="the server it is for"),
        pytest.param(f"{AUDIENCE}/", False, id="nearly the same"),
        pytest.param("https://other.example", False, id="another server"),
        pytest.param(None, False, id="no resource server"),
    ],
)
def test_t27_others_see_a_token_only_if_it_is_meant_for_them(
    world: World, token: str, resource: str | None, sees: bool
) -> None:
    response = world.introspect(token, headers=client(world, "api", resource=resource))

    assert response.status_code == 200
    assert response.json()["active"] is sees
    assert sees or response.content == INACTIVE


def test_t27_a_token_for_one_server_is_nothing_to_another(world: World) -> None:
    there = "https://there.example"
    at_home = client(world, "here", resource=AUDIENCE)
    abroad = client(world, "there", resource=there)
    token = world.password(resource=there).json()["access_token"]

    assert world.introspect(token, headers=abroad).json()["aud"] == there
    assert world.introspect(token, headers=at_home).content == INACTIVE


def test_t25_a_public_client_may_not_ask_even_about_its_own(world: World) -> None:
    client(world, "app", type=ClientType.PUBLIC, grants=["refresh_token"])
    own = world.service.mint("user:x", ["read"], client_id="app", ttl=60)

    response = world.introspect(own, headers={}, client_id="app")

    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


def test_a_refresh_token_is_nothing_to_anybody(world: World) -> None:
    refresh_token = world.password().json()["refresh_token"]

    assert world.introspect(refresh_token).content == INACTIVE
    assert world.introspect(refresh_token, token_type_hint="refresh_token").content == INACTIVE
    assert world.refresh(refresh_token).status_code == 200


def _delete_alice(world: World) -> None:
    alice = world.service.administration.find_user_by_name("alice")
    assert alice is not None
    world.service.administration.delete_user(alice.id)


def _disable_alice(world: World) -> None:
    alice = world.service.administration.find_user_by_name("alice")
    assert alice is not None
    world.service.administration.set_user_active(alice.id, active=False)


def _change_password(world: World) -> None:
    alice = world.service.administration.find_user_by_name("alice")
    assert alice is not None
    world.service.administration.set_password(alice.id, PASSWORD[::-1])


def _let_time_pass(world: World) -> None:
    world.clock.now += 3600


def _delete_the_client(world: World) -> None:
    world.service.administration.delete_client(world.client_id)


def _disable_the_client(world: World) -> None:
    world.service.administration.set_client_active(world.client_id, active=False)


@pytest.mark.parametrize(
    "end",
    [
        _delete_alice, _disable_alice, _change_password, _let_time_pass, _delete_the_client,
        _disable_the_client,
    ],
)  # fmt: skip
def test_t26_what_ends_a_token_leaves_exactly_that_it_is_not_active(
    world: World, token: str, end: Callable[[World], None]
) -> None:
    api = client(world, "api", resource=AUDIENCE)
    before = world.introspect(token, headers=api).json()["active"]

    end(world)

    response = world.introspect(token, headers=api)
    assert before is True
    assert (response.status_code, response.content) == (200, INACTIVE)


def test_t26_a_revoked_token_is_not_active_from_the_next_request_on(
    world: World, token: str
) -> None:
    world.revoke(token)

    assert world.introspect(token).content == INACTIVE


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"iss": "http://localhost:8001/o"}, id="another issuer of ours"),
        pytest.param({"sub": "user:00000000-0000-4000-8000-000000000000"}, id="unknown user"),
        pytest.param({"client_id": "unknown"}, id="unknown client"),
        pytest.param({"jti": None}, id="no jti"),
    ],
)
def test_t26_a_token_of_ours_that_says_what_is_not_so_is_not_active(
    world: World, token: str, change: dict[str, Any]
) -> None:
    api = client(world, "api", resource=AUDIENCE)
    claims = world.token_claims(token)
    signed = world.service.keyring.sign({**claims, **change})
    same = world.service.keyring.sign(claims)

    assert world.introspect(same, headers=api).json()["active"] is True
    assert world.introspect(signed, headers=api).content == INACTIVE


def test_t26_what_we_did_not_sign_is_not_active(world: World, token: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    elsewhere = make_world(tmp_path / "elsewhere")
    forged = elsewhere.service.keyring.sign(world.token_claims(token))
    elsewhere.engine.dispose()
    header, payload, signature = token.split(".")
    flipped = signature[:-2] + ("AA" if signature[-2:] != "AA" else "BB")

    for text in (forged, f"{header}.{payload}.{flipped}", f"{header}.{payload}.", "junk"):
        assert world.introspect(text).content == INACTIVE


@pytest.mark.parametrize(
    ("typ", "is_active"), [("at+jwt", True), ("JWT", False), ("id+jwt", False)]
)
def test_t26_what_we_signed_for_another_use_is_not_active(
    world: World, token: str, typ: str, is_active: bool
) -> None:
    key = world.service.keyring.active
    claims = world.token_claims(token)

    text = jwt.encode(claims, key.private, key.alg, headers={"typ": typ, "kid": key.kid})

    assert world.is_active(text) is is_active


@pytest.mark.service("postgresql")
def test_postgresql_is_asked_alike(postgresql_world: World) -> None:
    world = postgresql_world
    token = world.password().json()["access_token"]

    before = world.is_active(token)
    world.revoke(token)

    assert (before, world.is_active(token)) == (True, False)
