"""Every case of the corpus through the library: read, compile, route, decide."""

from pathlib import Path

import pytest

from gateway.errors import DocumentError, Fault
from gateway.model import Decision, Outcome
from gateway.policy.explain import STATUS
from gateway.routing.tree import MethodMissing, PathMissing, Routed
from gateway.spec.read import read_description
from tests.corpus.cases import UNSAID, Case, Door, Expect, RefusedDocument, cases_for
from tests.corpus.cases import refused_documents as all_refused
from tests.corpus.library import Answer, Library, faults_of


@pytest.fixture(scope="module")
def library() -> Library:
    return Library()


@pytest.mark.parametrize("case", cases_for(Door.LIBRARY))
def test_the_library_decides_as_the_corpus_says(library: Library, case: Case) -> None:
    answer = library.answer(case)

    assert _status(answer) == case.expect.status
    _compare_route(answer, case.expect)
    if answer.decision is not None:
        _compare_decision(answer.decision, case.expect)


@pytest.mark.parametrize("refused", all_refused())
def test_a_document_that_must_not_load_says_which_rule_it_breaks_and_where(
    refused: RefusedDocument,
) -> None:
    faults = _faults(refused.document)

    assert (refused.rule, refused.at) in [
        (fault.rule, f"{fault.origin.line}:{fault.origin.column}") for fault in faults
    ]
    assert {fault.origin.file for fault in faults} == {str(refused.document)}


def _faults(document: Path) -> tuple[Fault, ...]:
    try:
        return faults_of(read_description(str(document)))
    except DocumentError as error:
        return error.faults


def _status(answer: Answer) -> int:
    match answer.route:
        case PathMissing():
            return 404
        case MethodMissing(is_options=True):
            return 204
        case MethodMissing():
            return 405
    assert answer.decision is not None
    return STATUS[answer.decision.reason]


def _compare_route(answer: Answer, expect: Expect) -> None:
    route = answer.route
    if expect.operation is not None:
        assert isinstance(route, Routed)
        assert route.operation == expect.operation
    if expect.parameters is not None:
        assert isinstance(route, Routed)
        assert route.parameters == expect.parameters
    if expect.allow is not None:
        assert isinstance(route, MethodMissing)
        assert list(route.allow) == list(expect.allow)
    if expect.nearest is not UNSAID:
        assert isinstance(route, PathMissing)
        assert route.nearest == expect.nearest


def _compare_decision(decision: Decision, expect: Expect) -> None:
    challenges = decision.challenges
    said = {
        "matched": decision.matched,
        "reason": decision.reason.value,
        "fault": decision.fault.value if decision.fault else None,
        "error": challenges[0].error if challenges else None,
        "challenges": frozenset(challenge.scheme for challenge in challenges),
        "challenge_scope": next((" ".join(c.scopes) for c in challenges if c.scopes), ""),
        "lacks": [_lacks(outcome) for outcome in decision.outcomes],
    }
    wanted = {word: getattr(expect, word) for word in said}
    assert {word: said[word] for word, value in wanted.items() if value is not None} == {
        word: value for word, value in wanted.items() if value is not None
    }
    assert decision.principal is None or not expect.anonymous
    assert all(challenge.error == challenges[0].error for challenge in challenges)


def _lacks(outcome: Outcome) -> list[str]:
    return [*outcome.missing_scopes, *outcome.missing_roles]
