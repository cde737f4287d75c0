"""A cookie alone changes nothing: the CSRF rule, and the order of trial that goes with it."""

import pytest

from gateway.model import ANONYMOUS, Proven, Reason
from gateway.policy.decide import CSRF
from tests.unit.policy.build import ALICE, KEY, Security, judge, presenting, proven, rule

COOKIE = proven(by_cookie=True)
COOKIE_WITH_CSRF = proven(by_cookie=True, csrf_proven=True)
EITHER: Security = [{"session": []}, {"oauth": ["read"]}]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "QUERY", "PURGE"])
def test_a_method_that_may_change_something_needs_more_than_a_cookie(method: str) -> None:
    key = f"{method} /songs"

    assert judge([{"session": []}], presenting(session=COOKIE_WITH_CSRF), key=key).permits
    decision = judge([{"session": []}], presenting(session=COOKIE), key=key)
    assert decision.reason is Reason.CSRF
    assert decision.outcomes[0].note == CSRF
    assert decision.challenges == ()


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_safe_method_is_content_with_a_cookie(method: str) -> None:
    assert judge([{"session": []}], presenting(session=COOKIE), key=f"{method} /songs").permits


def test_a_cookie_scheme_needs_the_proof_even_if_its_credential_does_not_say_cookie() -> None:
    decision = judge([{"session": []}], presenting(session=Proven(ALICE)), key="POST /songs")

    assert decision.reason is Reason.CSRF


def test_without_a_cookie_an_unsafe_method_is_401_and_not_403() -> None:
    assert judge([{"session": []}], ANONYMOUS, key="POST /songs").reason is Reason.NO_CREDENTIAL


def test_a_cookie_beside_another_credential_needs_no_csrf_token() -> None:
    security: Security = [{"session": [], "key": []}]
    credentials = presenting(session=COOKIE, key=proven(principal=KEY))

    assert judge(security, credentials, key="POST /songs").permits


def test_two_cookies_are_still_cookies_alone() -> None:
    security: Security = [{"session": [], "second_cookie": []}]
    one = presenting(session=COOKIE_WITH_CSRF, second_cookie=COOKIE)
    both = presenting(session=COOKIE_WITH_CSRF, second_cookie=COOKIE_WITH_CSRF)

    assert judge(security, one, key="POST /songs").reason is Reason.CSRF
    assert judge(security, both, key="POST /songs").permits


@pytest.mark.parametrize(
    ("key", "first"), [("GET /songs", 1), ("POST /songs", 2)], ids=["safe", "unsafe"]
)
def test_alternatives_that_do_not_rest_on_a_cookie_are_tried_first_where_it_matters(
    key: str, first: int
) -> None:
    credentials = presenting(session=COOKIE_WITH_CSRF, oauth=proven("read"))

    assert judge(EITHER, credentials, key=key).matched == first


def test_a_token_opens_what_the_cookie_beside_it_may_not() -> None:
    credentials = presenting(session=COOKIE, oauth=proven("read"))

    assert judge(EITHER, credentials, key="POST /songs").matched == 2


def test_lacking_a_scope_is_said_before_lacking_a_csrf_token() -> None:
    credentials = presenting(session=COOKIE, oauth=proven())

    assert judge(EITHER, credentials, key="POST /songs").reason is Reason.INSUFFICIENT_SCOPE


def test_trials_run_from_headers_over_cookies_to_nothing() -> None:
    security: Security = [{}, {"session": []}, {"oauth": []}, {"session": [], "key": []}]

    assert [a.index for a in rule(security, key="POST /songs").trials] == [3, 4, 2, 1]
    assert [a.index for a in rule(security, key="GET /songs").trials] == [2, 3, 4, 1]


def test_a_cookie_without_csrf_token_is_anonymous_where_anyone_is_admitted() -> None:
    decision = judge([{"session": []}, {}], presenting(session=COOKIE), key="POST /songs")

    assert (decision.reason, decision.principal) == (Reason.ANONYMOUS, None)
