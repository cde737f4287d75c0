"""The revocation endpoint (RFC 7009): lines T20 to T24, each from both sides."""

import json
import logging
import sqlite3
from pathlib import Path

import pytest

from tests.edge.token_service.world import World, basic, make_world, outcome
from token_service.entities import ClientType
from token_service.store.revocations import revocations_after


def another(world: World, name: str = "other") -> dict[str, str]:
    """The credentials of another client."""
    created = world.service.administration.create_client(
        name, grants=["password", "refresh_token", "client_credentials"], client_id=name
    )
    return basic(name, created.secret or "")


def rows(world: World) -> int:
    return len(revocations_after(world.engine, 0, now=0, most=100))


@pytest.mark.parametrize("hint", ["", "access_token", "refresh_token", "nonsense"])
def test_t23_an_access_token_is_revoked_whatever_the_hint(world: World, hint: str) -> None:
    token = world.password().json()["access_token"]

    response = world.revoke(token, token_type_hint=hint)

    assert (response.status_code, response.json()) == (200, {})
    assert not world.is_active(token)


def test_an_access_token_is_revoked_alone(world: World) -> None:
    first, second = world.password().json(), world.password().json()

    world.revoke(first["access_token"])

    assert world.is_active(second["access_token"])
    assert world.refresh(first["refresh_token"]).status_code == 200


@pytest.mark.parametrize("hint", ["", "access_token", "refresh_token"])
def test_t24_a_refresh_token_takes_its_access_tokens_along(world: World, hint: str) -> None:
    first, other = world.password().json(), world.password().json()
    second = world.refresh(first["refresh_token"]).json()

    response = world.revoke(second["refresh_token"], token_type_hint=hint)

    assert response.status_code == 200
    assert not world.is_active(first["access_token"])
    assert not world.is_active(second["access_token"])
    assert outcome(world.refresh(second["refresh_token"])) == (400, "invalid_grant")
    assert world.is_active(other["access_token"])
    assert world.refresh(other["refresh_token"]).status_code == 200


def test_t24_a_spent_refresh_token_ends_its_family_too(world: World) -> None:
    first = world.password().json()
    second = world.refresh(first["refresh_token"]).json()

    assert world.revoke(first["refresh_token"]).status_code == 200

    assert not world.is_active(second["access_token"])
    assert outcome(world.refresh(second["refresh_token"])) == (400, "invalid_grant")


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_t22_the_token_of_another_client_stays_and_is_refused(world: World, kind: str) -> None:
    granted = world.password().json()

    response = world.revoke(granted[kind], headers=another(world))

    assert outcome(response) == (400, "invalid_grant")
    assert world.is_active(granted["access_token"])
    assert world.refresh(granted["refresh_token"]).status_code == 200


@pytest.mark.parametrize("token", ["unknown", "a.b.c", "refresh-token-of-nobody"])
def test_t21_an_unknown_token_is_answered_like_a_success(world: World, token: str) -> None:
    assert (world.revoke(token).status_code, rows(world)) == (200, 0)


def test_t21_a_token_that_somebody_else_signed_is_unknown(world: World, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    elsewhere = make_world(tmp_path / "elsewhere")
    claims = world.claims(world.password())
    forged = elsewhere.service.keyring.sign(claims)
    elsewhere.engine.dispose()

    assert (world.revoke(forged).status_code, rows(world)) == (200, 0)


def test_a_token_that_has_expired_needs_no_revocation(world: World) -> None:
    token = world.password().json()["access_token"]
    world.clock.now += 3600

    assert (world.revoke(token).status_code, rows(world)) == (200, 0)


def test_handing_back_twice_is_a_success_and_kept_once(world: World) -> None:
    granted = world.password().json()

    for kind in ("access_token", "refresh_token") * 2:
        assert world.revoke(granted[kind]).status_code == 200

    assert rows(world) == 2


def test_a_public_client_hands_back_its_own_and_no_other(world: World) -> None:
    admin = world.service.administration
    admin.create_client("app", type=ClientType.PUBLIC, grants=["refresh_token"], client_id="app")
    own = world.service.mint("user:x", ["read"], client_id="app", ttl=60)
    others = world.password().json()["access_token"]
    app = {"client_id": "app"}

    assert world.revoke(own, headers={}, **app).status_code == 200
    assert outcome(world.revoke(others, headers={}, **app)) == (400, "invalid_grant")
    assert rows(world) == 1
    assert world.is_active(others)


def test_each_revocation_is_one_line_of_audit(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    granted = world.password()
    claims, body = world.claims(granted), granted.json()
    with caplog.at_level(logging.INFO, logger="scopegate.audit"):
        for token in (body["access_token"], body["refresh_token"], "unknown"):
            world.revoke(token)

    lines = [json.loads(r.getMessage()) for r in caplog.records if r.name == "scopegate.audit"]
    same = {"event": "token.revoked", "time": int(world.clock.now), "status": 200}
    same |= {"client_id": world.client_id, "grant_id": claims["grant_id"]}
    assert lines == [{**same, "jti": claims["jti"]}, same]
    assert body["refresh_token"] not in caplog.text


def test_a_locked_database_is_503_and_nothing_is_half_revoked(tmp_path: Path) -> None:
    world = make_world(tmp_path, busy_seconds=0.05)
    granted = world.password().json()
    other = sqlite3.connect(tmp_path / "scopegate.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    refused = world.revoke(granted["refresh_token"])

    other.execute("ROLLBACK")
    other.close()
    assert refused.status_code == 503
    assert "Retry-After" in refused.headers
    assert world.is_active(granted["access_token"])
    assert world.revoke(granted["refresh_token"]).status_code == 200
    assert not world.is_active(granted["access_token"])
    world.engine.dispose()


@pytest.mark.service("postgresql")
def test_tokens_are_handed_back_on_postgresql_too(postgresql_world: World) -> None:
    world = postgresql_world
    granted, other = world.password().json(), world.password().json()

    world.revoke(granted["refresh_token"])
    world.revoke(other["access_token"])

    assert not world.is_active(granted["access_token"])
    assert not world.is_active(other["access_token"])
    assert world.refresh(other["refresh_token"]).status_code == 200
