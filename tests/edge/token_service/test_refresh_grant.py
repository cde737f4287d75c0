"""The refresh grant: one use each, one successor, and what ends a family."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.edge.token_service.world import AUDIENCE, PASSWORD, World, basic, outcome
from token_service.entities import ClientType

DEAD = (400, "invalid_grant")
OK = (200, None)
INVALID_TARGET = (400, "invalid_target")


def first_token(world: World, **more: str) -> str:
    return str(world.password(**more).json()["refresh_token"])


def rotated(world: World, refresh_token: str) -> str:
    response = world.refresh(refresh_token)
    assert response.status_code == 200, response.text
    return str(response.json()["refresh_token"])


def other_client(world: World) -> dict[str, str]:
    created = world.service.administration.create_client(
        "other", grants=["password", "refresh_token"]
    )
    return basic(created.client.client_id, str(created.secret))


def test_a_refresh_token_gives_a_new_pair(world: World) -> None:
    first = first_token(world)

    response = world.refresh(first)

    assert response.json()["scope"] == "create post read widget"
    assert response.json()["refresh_token"] != first
    assert world.claims(response)["sub"] == world.claims(world.password())["sub"]


def test_a_spent_refresh_token_revokes_its_family(world: World) -> None:
    first = first_token(world)
    second = rotated(world, first)

    assert outcome(world.refresh(first)) == DEAD
    assert outcome(world.refresh(second)) == DEAD


def test_the_reuse_of_one_family_leaves_others_alone(world: World) -> None:
    first, other = first_token(world), first_token(world)
    rotated(world, first)
    world.refresh(first)

    assert world.refresh(other).status_code == 200


@pytest.mark.parametrize("token", ["unknown", "x" * 5000, "ü"])
def test_an_unknown_refresh_token_is_invalid_grant(world: World, token: str) -> None:
    assert outcome(world.refresh(token)) == DEAD


def test_a_refresh_without_a_token_is_invalid_request(world: World) -> None:
    assert outcome(world.token({"grant_type": "refresh_token"})) == (400, "invalid_request")


def test_a_refresh_token_lives_as_long_as_the_settings_say(world: World) -> None:
    first, second = first_token(world), first_token(world)

    world.clock.now += 1209600 - 1
    assert world.refresh(first).status_code == 200
    world.clock.now += 1
    assert outcome(world.refresh(second)) == DEAD


def test_t11_another_client_can_neither_use_nor_end_it(world: World) -> None:
    other = other_client(world)
    first = first_token(world)
    form = {"grant_type": "refresh_token", "refresh_token": first}

    assert outcome(world.token(form, headers=other)) == DEAD
    second = rotated(world, first)
    assert outcome(world.token(form, headers=other)) == DEAD
    assert world.refresh(second).status_code == 200


def test_t11_a_narrower_scope_narrows_that_access_token_only(world: World) -> None:
    narrow = world.refresh(first_token(world), scope="read")

    assert narrow.json()["scope"] == "read"
    again = world.refresh(narrow.json()["refresh_token"])
    assert again.json()["scope"] == "create post read widget"


@pytest.mark.parametrize("scope", ["read post", "nonsense", "read  create", "READ"])
def test_t11_a_wider_scope_is_invalid_scope_and_does_not_spend(world: World, scope: str) -> None:
    first = first_token(world, scope="read create")

    assert outcome(world.refresh(first, scope=scope)) == (400, "invalid_scope")
    assert world.refresh(first).json()["scope"] == "read create"


def test_a_refresh_gives_what_the_document_still_declares(world: World) -> None:
    first = first_token(world)
    world.document.scopes = frozenset({"read", "brand-new"})

    assert world.refresh(first).json()["scope"] == "read"


def test_a_refresh_gives_what_the_user_may_still_have(world: World) -> None:
    first = first_token(world)
    world.service.administration.set_group_scopes("everyone", "read post")

    assert world.refresh(first).json()["scope"] == "post read"


def test_a_refresh_is_bounded_by_the_flow_that_began_it(world: World) -> None:
    first = first_token(world)
    world.document.by_grant["password"] = frozenset({"read"})

    assert world.refresh(first).json()["scope"] == "read"


def test_a_refresh_that_could_give_nothing_ends_the_family(world: World) -> None:
    first = first_token(world)
    world.document.scopes = frozenset({"brand-new"})

    assert outcome(world.refresh(first)) == DEAD
    world.document.scopes = frozenset({"read"})
    assert outcome(world.refresh(first)) == DEAD


def test_a_disabled_user_ends_his_family(world: World) -> None:
    admin, first = world.service.administration, first_token(world)
    alice = admin.find_user_by_name("alice")
    assert alice is not None

    admin.set_user_active(alice.id, active=False)
    assert outcome(world.refresh(first)) == DEAD
    admin.set_user_active(alice.id, active=True)
    assert outcome(world.refresh(first)) == DEAD


def test_a_deleted_user_ends_his_family_even_if_the_name_returns(world: World) -> None:
    admin, first = world.service.administration, first_token(world)
    alice = admin.find_user_by_name("alice")
    assert alice is not None
    admin.delete_user(alice.id)

    again = admin.create_user("alice", PASSWORD)

    assert outcome(world.refresh(first)) == DEAD
    assert again.id > alice.id
    assert again.subject != alice.subject


def test_a_disabled_client_ends_its_families(world: World) -> None:
    admin, first = world.service.administration, first_token(world)

    admin.set_client_active(world.client_id, active=False)
    assert outcome(world.refresh(first)) == DEAD
    admin.set_client_active(world.client_id, active=True)
    assert outcome(world.refresh(first)) == DEAD


def test_a_deleted_client_is_unknown(world: World) -> None:
    first = first_token(world)
    world.service.administration.delete_client(world.client_id)

    assert outcome(world.refresh(first)) == (401, "invalid_client")


def test_a_client_that_does_not_list_refresh_is_unauthorized(world: World) -> None:
    created = world.service.administration.create_client("brief", grants=["password"])
    headers = basic(created.client.client_id, str(created.secret))
    form = {"grant_type": "refresh_token", "refresh_token": first_token(world)}

    assert outcome(world.token(form, headers=headers)) == (400, "unauthorized_client")


def test_a_public_client_refreshes_by_naming_itself(world: World) -> None:
    created = world.service.administration.create_client(
        "app", type=ClientType.PUBLIC, grants=["refresh_token"]
    )
    form = {"grant_type": "refresh_token", "refresh_token": "unknown"}
    named = {**form, "client_id": created.client.client_id}

    assert outcome(world.token(named, headers={})) == DEAD
    with_secret = {**named, "client_secret": "made-up"}
    assert outcome(world.token(with_secret, headers={})) == (401, "invalid_client")


def race(world: World, refresh_token: str) -> list[tuple[int, str | None]]:
    """Eight threads present one token at the same moment."""
    barrier = threading.Barrier(8)

    def present() -> tuple[int, str | None]:
        barrier.wait(timeout=10)
        return outcome(world.refresh(refresh_token))

    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(present) for _ in range(8)]
        return [future.result(timeout=30) for future in futures]


def test_eight_concurrent_refreshes_have_exactly_one_successor(world: World) -> None:
    for _ in range(5):
        outcomes = race(world, first_token(world))

        assert Counter(outcomes) == {(200, None): 1, DEAD: 7}


@pytest.mark.service("postgresql")
def test_eight_concurrent_refreshes_have_one_successor_on_postgresql(
    postgresql_world: World,
) -> None:
    world = postgresql_world
    for _ in range(5):
        outcomes = race(world, first_token(world))

        assert Counter(outcomes) == {(200, None): 1, DEAD: 7}


@pytest.mark.service("postgresql")
def test_rotation_and_reuse_are_the_same_on_postgresql(postgresql_world: World) -> None:
    world = postgresql_world
    first = first_token(world)
    second = rotated(world, first)
    third = rotated(world, second)

    assert outcome(world.refresh(second)) == DEAD
    assert outcome(world.refresh(third)) == DEAD


@pytest.mark.parametrize(("resource", "expected"), [("own", OK), ("library", INVALID_TARGET)])
def test_t52_a_refresh_cannot_turn_to_another_resource(
    world: World, resource: str, expected: tuple[int, str | None]
) -> None:
    world.service.administration.create_client("library", resource="https://library.example")
    first = world.password().json()["refresh_token"]
    named = {"own": AUDIENCE, "library": "https://library.example"}

    response = world.refresh(first, resource=named[resource])

    assert outcome(response) == expected
