"""A ruleset is swapped by one assignment; a request sees the one it began with."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from gateway.model import Decision
from gateway.tokens.keys import Kid, VerificationKey
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import (
    Decisions,
    Gateway,
    bearer,
    document,
    gateway,
    loaded,
    operation,
    ruleset_of,
)
from tests.unit.tokens.minting import key_set


def text(*security: dict[str, list[str]]) -> dict[str, Any]:
    return document({"/a": {"get": operation(list(security))}})


READ, WRITE, PUBLIC = text({"oauth": ["read"]}), text({"oauth": ["write"]}), text()


class SlowKeys:
    """A KeySource that tells when it is asked, and answers when it is let go on."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.go_on = asyncio.Event()

    def cached(self, _kid: Kid, _alg: str) -> VerificationKey | None:
        return None

    def current(self) -> object | None:
        return None

    async def key(self, kid: Kid, alg: str) -> VerificationKey | None:
        self.asked.set()
        await self.go_on.wait()
        return key_set().find(kid, alg)


def during(
    before: Any, after: Any, scope: str
) -> tuple[Reply, Reply, list[Decision], tuple[str, str]]:
    """A request during which the ruleset changes, then one that comes after it."""

    async def run() -> Any:
        keys, decisions = SlowKeys(), Decisions()
        world = gateway(before, keys=keys, sinks=(decisions,))
        old = world.ruleset
        in_flight = asyncio.create_task(call(world.app, "GET", "/a", bearer(scope)))
        await keys.asked.wait()
        new = ruleset_of(loaded(after), keys)
        world.swap(new)
        keys.go_on.set()
        first = await in_flight
        second = await call(world.app, "GET", "/a", bearer(scope))
        return first, second, decisions.told, (old.policy.digest, new.policy.digest)

    found: tuple[Reply, Reply, list[Decision], tuple[str, str]] = asyncio.run(run())
    return found


@pytest.mark.parametrize(
    ("before", "after", "statuses"),
    [
        pytest.param(READ, WRITE, (501, 403), id="narrowed"),
        pytest.param(WRITE, READ, (403, 501), id="widened"),
    ],
)
def test_a_request_in_flight_is_decided_by_the_ruleset_it_began_with(
    before: Any, after: Any, statuses: tuple[int, int]
) -> None:
    first, second, decisions, digests = during(before, after, "read")

    assert (first.status, second.status) == statuses
    assert tuple(decision.policy for decision in decisions) == digests


def test_an_answer_names_the_scopes_of_the_ruleset_that_decided() -> None:
    first, _, _, _ = during(WRITE, text({"oauth": ["admin"]}), "read")

    assert first.json()["required"] == [["write"]]
    assert 'scope="write"' in first.all("www-authenticate")[0]


def one_after_the_other(*texts: Any, headers: Any = ()) -> list[int]:
    world = gateway(texts[0])

    def status(swap: Callable[[Gateway], None]) -> int:
        swap(world)
        return asyncio.run(call(world.app, "GET", "/a", headers)).status

    def swap_to(text_: Any) -> Callable[[Gateway], None]:
        def swap(world: Gateway) -> None:
            world.swap(ruleset_of(loaded(text_)))

        return swap

    return [status(swap_to(text_)) for text_ in texts]


def test_an_assignment_is_all_it_takes() -> None:
    assert one_after_the_other(PUBLIC, READ, PUBLIC) == [501, 401, 501]
    assert one_after_the_other(READ, WRITE, READ, headers=bearer("read")) == [501, 403, 501]


def test_routes_are_swapped_together_with_the_rules() -> None:
    world = gateway(READ)
    moved = document({"/b": {"get": operation()}})

    world.swap(ruleset_of(loaded(moved)))

    assert asyncio.run(call(world.app, "GET", "/a")).status == 404


def test_a_ruleset_cannot_be_changed_in_place() -> None:
    rules = gateway(READ).ruleset

    with pytest.raises(AttributeError):
        rules.document = loaded(PUBLIC)  # type: ignore[misc]  # that is the point
