"""The states of a ring: what a rotation makes of them, and what is no ring."""

import json
from typing import Any

import pytest

from token_service.errors import KeyringError, UnknownNameError
from token_service.keys import KeyRecord, KeyState, RingState, states
from token_service.keys.record import parse_state, render_state

NOW = 1_800_000_000
LIFE = 3600
OVER = LIFE + states.GRACE_SECONDS


def kid(letter: str) -> str:
    return letter * 43


def begun(**earlier: str) -> RingState:
    named = {kid(letter): alg for letter, alg in earlier.items()}
    return states.begin(kid("a"), kid("b"), alg="ES256", earlier=named, token_seconds=LIFE, now=NOW)


def told(state: RingState) -> list[tuple[str, str, int | None]]:
    return [(key.kid[0], key.state.value, key.until) for key in state.keys]


def test_a_ring_begins_with_a_key_that_signs_and_one_that_comes_next() -> None:
    assert told(begun()) == [("a", "active", None), ("b", "next", None)]


def test_keys_from_before_verify_until_their_tokens_have_expired() -> None:
    state = begun(x="RS256")

    assert told(state)[2:] == [("x", "retired", NOW + OVER)]
    assert state.retired[0].alg == "RS256"


def test_a_rotation_moves_each_key_one_state_on() -> None:
    state = states.rotate(begun(), kid("c"), now=NOW + 10)

    assert told(state) == [
        ("b", "active", None),
        ("c", "next", None),
        ("a", "retired", NOW + 10 + OVER),
    ]
    assert {key.since for key in state.keys} == {NOW + 10}


def test_another_algorithm_retires_the_active_key_and_forgets_the_next_one() -> None:
    state = states.change_algorithm(begun(), kid("c"), kid("d"), alg="EdDSA", now=NOW + 10)

    assert told(state) == [
        ("c", "active", None),
        ("d", "next", None),
        ("a", "retired", NOW + 10 + OVER),
    ]
    assert [key.alg for key in state.keys] == ["EdDSA", "EdDSA", "ES256"]


def test_a_retired_key_is_kept_for_the_longest_life_that_a_token_was_ever_allowed() -> None:
    longer = states.allow(begun(), 7200)

    shorter_again = states.allow(longer, 60)

    assert states.rotate(shorter_again, kid("c"), now=NOW).retired[0].until == (
        NOW + 7200 + states.GRACE_SECONDS
    )


def test_a_retired_key_is_dropped_once_its_tokens_have_expired_and_not_before() -> None:
    state = states.rotate(begun(), kid("c"), now=NOW)

    assert states.drop_expired(state, now=NOW + OVER - 1) == state
    assert told(states.drop_expired(state, now=NOW + OVER)) == told(state)[:2]


def test_a_retired_key_can_be_given_up() -> None:
    state = states.rotate(begun(), kid("c"), now=NOW)

    assert told(states.drop(state, kid("a"))) == told(state)[:2]


def test_the_active_key_cannot_be_given_up_before_a_rotation() -> None:
    with pytest.raises(KeyringError, match="`scopegate key rotate` first"):
        states.drop(begun(), kid("a"))


def test_a_next_key_that_is_given_up_has_a_successor() -> None:
    state = states.replace_next(begun(), kid("c"), now=NOW)

    assert told(state) == [("a", "active", None), ("c", "next", None)]


def test_a_key_that_is_not_there_is_not_found() -> None:
    with pytest.raises(UnknownNameError, match="no key `z`"):
        begun().find("z")


def test_a_state_is_read_as_it_was_written() -> None:
    state = states.rotate(begun(x="RS256"), kid("c"), now=NOW + 5)

    assert parse_state(render_state(state)) == state


def entry(letter: str, state: str, **more: Any) -> dict[str, Any]:
    until = NOW if state == "retired" else None
    return {
        "kid": kid(letter), "alg": "ES256", "state": state, "since": NOW, "until": until, **more
    }  # fmt: skip


ACTIVE, NEXT, RETIRED = entry("a", "active"), entry("b", "next"), entry("c", "retired")


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        pytest.param([], "needs an active key", id="none"),
        pytest.param([ACTIVE], "then a next one", id="no next"),
        pytest.param([NEXT, RETIRED], "needs an active key", id="no active"),
        pytest.param([ACTIVE, NEXT, entry("c", "active")], "more than one", id="two active"),
        pytest.param([ACTIVE, NEXT, entry("c", "next")], "more than one", id="two next"),
        pytest.param([ACTIVE, entry("a", "next")], "twice", id="twice"),
        pytest.param([ACTIVE, entry("b", "next", alg="RS256")], "differ in `alg`", id="algs"),
        pytest.param([ACTIVE, NEXT, entry("c", "retired", until=None)], "`until`", id="endless"),
        pytest.param([entry("a", "active", until=NOW), NEXT], "`until`", id="active until"),
        pytest.param([entry("a", "active", kid="../../x"), NEXT], "thumbprint", id="path"),
        pytest.param([entry("a", "active", kid=None), NEXT], "thumbprint", id="no kid"),
        pytest.param([entry("a", "active", alg="HS256"), NEXT], "`alg`", id="alg"),
        pytest.param([entry("a", "lost"), NEXT], "`state`", id="state"),
        pytest.param([entry("a", "active", since="today"), NEXT], "`since`", id="since"),
        pytest.param([entry("a", "active", since=True), NEXT], "`since`", id="bool"),
        pytest.param([entry("a", "active", since=-1), NEXT], "`since`", id="negative"),
        pytest.param([ACTIVE, NEXT, entry("c", "retired", until=1.5)], "`until`", id="float"),
        pytest.param(["a", "b"], "not an object", id="texts"),
        pytest.param({"a": "active"}, "no list `keys`", id="no list"),
    ],
)
def test_what_is_no_ring_is_refused_with_its_reason(keys: Any, reason: str) -> None:
    text = json.dumps({"schema": 1, "token_seconds": LIFE, "keys": keys}).encode()

    with pytest.raises(ValueError, match=reason):
        parse_state(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(b"", "not JSON", id="empty"),
        pytest.param(b"\xff\xfe{", "not JSON", id="no text"),
        pytest.param(b"[" * 100_000, "not JSON", id="deep"),
        pytest.param(b"[]", "`schema`", id="list"),
        pytest.param(b'{"schema": 2}', "`schema`", id="newer"),
        pytest.param(b'{"schema": 1, "keys": []}', "`token_seconds`", id="no life"),
    ],
)
def test_a_text_that_tells_no_states_is_refused_with_its_reason(text: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_state(text)


def test_the_nearest_thing_to_a_fault_is_a_ring() -> None:
    text = json.dumps({"schema": 1, "token_seconds": LIFE, "keys": [ACTIVE, NEXT, RETIRED]})

    assert parse_state(text.encode()).retired == (
        KeyRecord(kid("c"), "ES256", KeyState.RETIRED, NOW, NOW),
    )


@pytest.mark.parametrize("hundredths", range(0, 100, 7))
def test_a_state_that_ends_early_is_no_state(hundredths: int) -> None:
    text = render_state(begun())

    with pytest.raises(ValueError, match="not JSON"):
        parse_state(text[: len(text) * hundredths // 100])
