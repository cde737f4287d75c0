"""Guessing is slowed down, by user and client and by client secret, and locks nobody else out."""

import httpx
import pytest

from tests.edge.token_service.world import PASSWORD, World, basic, outcome
from token_service.throttle import FORGET_SECONDS, WAITS

FREE = WAITS.count(0) + 1


def fail(world: World, times: int = FREE, username: str = "alice") -> httpx.Response:
    for _ in range(times):
        response = world.password(username=username, password="wrong-guess")
    return response


@pytest.mark.parametrize("username", ["alice", "nobody"])
def test_guesses_at_a_password_end_in_429_whether_or_not_the_user_exists(
    world: World, username: str
) -> None:
    assert outcome(fail(world, username=username)) == (400, "invalid_grant")

    response = fail(world, 1, username=username)

    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) == 1
    assert response.headers["Cache-Control"] == "no-store"


def test_a_throttled_guess_is_not_looked_at(world: World) -> None:
    fail(world)

    assert world.password().status_code == 429


def test_waiting_lets_the_right_password_in_and_forgets_the_failures(world: World) -> None:
    fail(world)
    world.clock.now += 1

    assert world.password().status_code == 200
    assert outcome(fail(world, FREE - 1)) == (400, "invalid_grant")
    assert world.password().status_code == 200


def test_the_wait_grows_with_each_further_failure(world: World) -> None:
    fail(world)
    waits = []
    for _ in range(4):
        waits.append(int(world.password().headers["Retry-After"]))
        world.clock.now += waits[-1]
        fail(world, 1)

    assert waits == [1, 2, 4, 8]


def test_failures_are_forgotten_after_an_hour_without_one(world: World) -> None:
    fail(world, FREE - 1)
    world.clock.now += FORGET_SECONDS

    assert outcome(fail(world, FREE)) == (400, "invalid_grant")


def test_others_are_not_locked_out_with_a_user(world: World) -> None:
    admin = world.service.administration
    admin.create_user("bob", PASSWORD)
    other = admin.create_client("other", grants=["password"])
    fail(world)

    form = {"grant_type": "password", "username": "alice", "password": PASSWORD}
    elsewhere = world.token(form, headers=basic(other.client.client_id, str(other.secret)))

    assert world.password().status_code == 429
    assert world.password(username="bob").status_code == 200
    assert elsewhere.status_code == 200


def guess_secret(world: World, peer: str, **headers: str) -> httpx.Response:
    return world.token(
        {"grant_type": "client_credentials"},
        headers={**basic(world.client_id, "wrong-guess"), **headers},
        peer=peer,
    )


def test_guesses_at_a_client_secret_end_in_429_for_who_guesses(world: World) -> None:
    statuses = [guess_secret(world, "203.0.113.9").status_code for _ in range(FREE + 1)]

    assert statuses == [401] * FREE + [429]
    right = {"grant_type": "client_credentials"}
    assert world.token(right, peer="203.0.113.9").status_code == 429
    assert world.token(right, peer="192.0.2.1").status_code == 200


def test_a_forwarded_address_plays_no_part(world: World) -> None:
    statuses = [
        guess_secret(world, "203.0.113.9", **{"X-Forwarded-For": f"198.51.100.{n}"}).status_code
        for n in range(FREE + 1)
    ]

    assert statuses == [401] * FREE + [429]


def test_one_password_for_many_users_is_slowed_down_by_address(world: World) -> None:
    def spray(user: int, peer: str) -> int:
        form = {"grant_type": "password", "username": f"user{user}", "password": "a-password"}
        return world.token(form, peer=peer).status_code

    statuses = [spray(user, "192.0.2.7") for user in range(101)]

    assert statuses == [400] * 100 + [429]
    assert spray(500, "192.0.2.8") == 400
    world.clock.now += 2
    assert world.token(
        {"grant_type": "password", "username": "alice", "password": PASSWORD}, peer="192.0.2.7"
    ).is_success
