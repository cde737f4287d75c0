"""Every case of the corpus over HTTP: real sockets, real tokens, a server for each document."""

from collections.abc import Iterator

import pytest

from gateway.edge.problem import PROBLEM_TYPES
from tests.corpus.cases import UNSAID, Case, Door, Expect, cases_for
from tests.corpus.server import (
    HttpAnswer,
    Servers,
    challenge_parameter,
    challenged_schemes,
)

#: nothing is bound to any operation, so a permit is seen by this answer
_PERMITTED = 501


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    opened = Servers.open(tmp_path_factory.mktemp("corpus") / "home")
    yield opened
    opened.stop()


@pytest.mark.parametrize("case", cases_for(Door.HTTP))
def test_http_answers_as_the_corpus_says(servers: Servers, case: Case) -> None:
    answer = servers.ask(case)

    assert answer.status == (_PERMITTED if case.expect.status == 200 else case.expect.status)
    compare(answer, case.expect)
    if answer.status >= 400 and case.method != "HEAD":
        _check_problem(answer)
    if answer.status in {401, 403, 503}:
        assert answer.all("cache-control") == ["no-store"]
    if answer.status == 401:
        assert answer.all("www-authenticate")


def compare(answer: HttpAnswer, expect: Expect) -> None:
    """Hold an answer against what a case expects of it."""
    if expect.allow is not None:
        assert answer.all("allow") == [", ".join(expect.allow)]
    if expect.challenges is not None:
        assert frozenset(challenged_schemes(answer)) == expect.challenges
    if expect.challenge_scope is not None and expect.status in {401, 403}:
        assert (challenge_parameter(answer, "scope") or "") == expect.challenge_scope
    if expect.error is not None and expect.status in {401, 403, 400}:
        assert challenge_parameter(answer, "error") in {expect.error, None}
    if not answer.body:
        return
    if expect.nearest is not UNSAID:
        assert answer.json().get("nearest") == expect.nearest
    if expect.fault is not None and expect.status == 401:
        assert answer.json()["reason"] == expect.fault
    if expect.lacks is not None and expect.status == 403:
        assert answer.json()["missing"] == [list(lacked) for lacked in expect.lacks]


def _check_problem(answer: HttpAnswer) -> None:
    assert answer.all("content-type") == ["application/problem+json"]
    problem = answer.json()
    assert problem["status"] == answer.status
    assert problem["type"].removeprefix("/-/problems/") in PROBLEM_TYPES
    assert problem["instance"].startswith("urn:uuid:")
    assert "required" not in problem or answer.status == 403
