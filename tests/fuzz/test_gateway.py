"""Each operation with every scope set and every bad credential, at both doors: the oracle judges.

Schemathesis draws the requests; what is presented goes round, so that each is presented as often.
"""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from tests.fuzz.budget import drawn_of, requests_of
from tests.fuzz.drawing import Drawn, draw, operations_of
from tests.fuzz.ledger import Ledger
from tests.fuzz.messages import Request
from tests.fuzz.presentations import Presentation, due, exactly, presentations
from tests.fuzz.scope_sets import minimal_sets, one_less
from tests.fuzz.trial import Trial
from tests.fuzz.world import DOCUMENT, World, read_raw

RAW = read_raw(DOCUMENT)
OPERATIONS = operations_of(RAW)
#: of all requests
SHARE = 0.75


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_answer_is_what_the_oracle_says(
    operation: Any, world: World, settle: Callable[[Ledger], None]
) -> None:
    method = operation.method.upper()
    presented = presentations(
        RAW, method, operation.path, sign=world.sign, bad_tokens=world.bad_tokens
    )
    trial = Trial(RAW, DOCUMENT.name, world.doors)

    try_operation(operation, presented, trial, share=SHARE)

    settle(trial.ledger)
    smallest = minimal_sets(RAW, method, operation.path)
    due_sets = [exactly(scopes) for scopes in (*smallest, *one_less(smallest))]
    assert [name for name in due_sets if (method, operation.path, name) not in trial.tried] == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_operation_has_a_smallest_set_that_passes(operation: Any) -> None:
    assert minimal_sets(RAW, operation.method.upper(), operation.path)


def try_operation(
    operation: Any, presented: list[Presentation], trial: Trial, *, share: float
) -> None:
    """Send what is drawn for an operation until everything was presented to it, and often enough.

    A drawn path may name nothing, or another operation: such a request is sent and judged too,
    and what it presented comes again.
    """
    doors = len(trial.doors)
    least = (len(presented) + 1) * doors
    count = requests_of(share, units=len(OPERATIONS), least=least) // doors
    drawn = itertools.cycle(draw(operation, drawn_of(count), unit=operation.label))
    place = (operation.method.upper(), operation.path)
    passing = [one for one in presented if due(trial.document, *place, one).status == 200]
    rounds = itertools.cycle([*presented, *passing, *passing])
    now = next(rounds)
    for number in range(count * 4):
        one = next(drawn)
        trial.send(_as_head(one) if place[0] == "GET" and number % 11 == 0 else one, now)
        if trial.last == place:
            now = next(rounds)
        if number >= count and all((*place, one.name) in trial.tried for one in presented):
            return


def _as_head(drawn: Drawn) -> Drawn:
    """HEAD follows GET."""
    sent = drawn.request
    return Drawn(Request("HEAD", sent.target, sent.headers, sent.body), drawn.case)
