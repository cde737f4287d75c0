"""A code works once: what it bought ends when it comes again, under races too."""

from functools import partial

import pytest

from tests.edge.token_service.code_flow import (
    VERIFIER,
    add_client,
    exchange,
    get_code,
    live_grants,
    race,
    refresh,
    signed_in,
)
from tests.edge.token_service.world import World, outcome

BAD = (400, "invalid_grant")


@pytest.fixture
def radio(world: World) -> World:
    """A world with a public client called Radio."""
    add_client(world)
    return world


@pytest.mark.parametrize("verifier", [VERIFIER, "", "x" * 43], ids=["right", "none", "wrong"])
def test_t12_a_code_that_comes_again_ends_what_it_bought(radio: World, verifier: str) -> None:
    code = get_code(radio)
    bought = exchange(radio, code)
    assert live_grants(radio) == 1

    assert outcome(exchange(radio, code, code_verifier=verifier)) == BAD

    assert live_grants(radio) == 0
    assert outcome(refresh(radio, bought)) == BAD


def test_the_reuse_of_one_code_leaves_others_alone(radio: World) -> None:
    first, second = get_code(radio), get_code(radio)
    exchange(radio, first)
    bought = exchange(radio, second)

    exchange(radio, first)

    assert refresh(radio, bought).status_code == 200


def _exchange_outcome(world: World, code: str) -> tuple[int, str | None]:
    return outcome(exchange(world, code))


def check_race(world: World) -> None:
    add_client(world)
    browser = signed_in(world)
    for _ in range(4):
        code = get_code(world, browser)

        outcomes = race(partial(_exchange_outcome, world, code))

        assert outcomes == {(200, None): 1, BAD: 7}
        assert live_grants(world) == 0


def test_t12_eight_concurrent_exchanges_have_one_winner_whose_tokens_end(world: World) -> None:
    check_race(world)


@pytest.mark.service("postgresql")
def test_t12_eight_concurrent_exchanges_have_one_winner_on_postgresql(
    postgresql_world: World,
) -> None:
    check_race(postgresql_world)


@pytest.mark.service("postgresql")
def test_the_flow_and_the_reuse_are_the_same_on_postgresql(postgresql_world: World) -> None:
    world = postgresql_world
    add_client(world)
    code = get_code(world)
    bought = exchange(world, code)
    again = refresh(world, bought)
    assert again.status_code == 200

    assert outcome(exchange(world, code)) == BAD
    assert outcome(refresh(world, again)) == BAD
