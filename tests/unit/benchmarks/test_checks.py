"""A peer that answers wrong is found out before it is loaded."""

import pytest

from benchmarks.checks import Ability, cases, faults
from tests.unit.benchmarks.fake_peer import TOKENS, fake_peer

EVERYTHING = Ability(parameters=True, content_types=True, revocation=True)


def found(fault: str, ability: Ability = EVERYTHING) -> list[str]:
    with fake_peer(fault) as port:
        return faults(port, "/songs", cases(ability), TOKENS)


def test_a_peer_that_answers_right_has_no_fault() -> None:
    assert found("") == []


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("anyone", "no token: 200 instead of 401"),
        ("anyone", "a forged token: 200 instead of 401"),
        ("read-anything", "half an alternative: 200 instead of 403"),
        ("add-anything", "the scope of another operation: 201 instead of 403"),
        ("bodies", "an empty title: 201 instead of 400"),
        ("types", "another content type: 201 instead of 415"),
        ("parameters", "a bad parameter: 200 instead of 400"),
        ("revoked", "a revoked token: 200 instead of 401"),
        ("songs", "good scope: another body than expected"),
    ],
)
def test_a_wrong_answer_is_named(fault: str, told: str) -> None:
    assert told in found(fault)


def test_a_peer_is_not_asked_what_it_does_not_look_at() -> None:
    assert found("anyone", Ability(tokens=False, signatures=False, bodies=False)) == []
    assert found("bodies", Ability(bodies=False)) == []
