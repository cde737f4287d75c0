"""A database that is locked or away is a 503 that loses nothing; logs hold no secret."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.token_service.world import PASSWORD, World, basic, make_world


@pytest.fixture
def hasty(tmp_path: Path) -> Iterator[World]:
    """A token service that waits for a locked database hardly at all."""
    made = make_world(tmp_path, busy_seconds=0.05)
    yield made
    made.engine.dispose()


def test_a_locked_database_is_503_and_the_refresh_token_works_afterwards(
    hasty: World, tmp_path: Path
) -> None:
    refresh_token = hasty.password().json()["refresh_token"]
    other = sqlite3.connect(tmp_path / "scopegate.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    refused = hasty.refresh(refresh_token)
    also_refused = hasty.password()

    other.execute("ROLLBACK")
    other.close()
    for response in (refused, also_refused):
        assert response.status_code == 503
        assert int(response.headers["Retry-After"]) > 0
        assert response.headers["Cache-Control"] == "no-store"
    assert hasty.refresh(refresh_token).status_code == 200


def test_a_database_that_is_away_is_503_until_it_is_back(hasty: World, tmp_path: Path) -> None:
    refresh_token = hasty.password().json()["refresh_token"]
    hasty.engine.dispose()
    file, aside = tmp_path / "scopegate.db", tmp_path / "aside.db"
    file.rename(aside)

    refused = hasty.refresh(refresh_token)
    metadata = hasty.send("GET", "/.well-known/oauth-authorization-server/o")
    keys = hasty.send("GET", "/o/.well-known/jwks.json")

    assert not file.exists()
    aside.rename(file)
    assert (refused.status_code, metadata.status_code) == (503, 503)
    assert "Retry-After" in metadata.headers
    assert keys.status_code == 200
    assert hasty.refresh(refresh_token).status_code == 200


def test_each_issue_and_refusal_is_one_line_of_audit(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="scopegate.audit"):
        issued = world.password(scope="read")
        world.password(password="wrong-guess")
        world.send("GET", "/o/token/")

    lines = [json.loads(r.getMessage()) for r in caplog.records if r.name == "scopegate.audit"]
    claims = world.claims(issued)
    assert lines[0] == {
        "event": "token.issued",
        "time": int(world.clock.now),
        "grant_type": "password",
        "client_id": world.client_id,
        "subject": claims["sub"],
        "scope": "read",
        "jti": claims["jti"],
        "status": 200,
    }
    assert [line.get("error") for line in lines] == [None, "invalid_grant", "invalid_request"]


def test_no_secret_reaches_a_log_even_at_debug(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        issued = world.password().json()
        refreshed = world.refresh(issued["refresh_token"]).json()
        world.refresh(issued["refresh_token"])
        world.password(password="a-wrong-guess")
        world.token({"grant_type": "client_credentials"}, headers=basic(world.client_id, "guess-2"))

    secrets = [PASSWORD, "a-wrong-guess", "guess-2", world.client_secret, "$argon2"]
    secrets += [body[name] for body in (issued, refreshed) for name in body if "token" in name[-5:]]
    assert len(secrets) == 9
    for secret in secrets:
        assert secret not in caplog.text


def test_a_fault_of_ours_is_a_500_that_says_nothing(world: World) -> None:
    world.document.fault = RuntimeError("the document is on fire")

    response = world.password()

    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "fire" not in response.text
