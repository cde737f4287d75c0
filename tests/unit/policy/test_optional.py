"""`{}` in a list: tried last, holds if nothing bad was presented, and never ends in 403."""

import pytest

from gateway.model import ANONYMOUS, Credentials, Reason, Refused, TokenFault, Uncheckable
from tests.unit.policy.build import BOB, Security, judge, presenting, proven

READ: dict[str, list[str]] = {"oauth": ["read"]}
LISTS = pytest.mark.parametrize(
    "security",
    [[{}, READ], [READ, {}], [READ, {}, {"key": []}], [{}, READ, {}]],
    ids=["first", "last", "between", "twice"],
)


@LISTS
def test_a_caller_without_credentials_is_admitted_as_anonymous(security: Security) -> None:
    decision = judge(security, ANONYMOUS)

    assert (decision.permits, decision.reason) == (True, Reason.ANONYMOUS)
    assert (decision.principal, decision.proven) == (None, ())


@LISTS
def test_a_token_that_meets_another_alternative_is_matched_by_it(security: Security) -> None:
    decision = judge(security, presenting(oauth=proven("read")))

    assert decision.reason is Reason.MATCHED
    assert decision.principal is not None
    assert security is not None
    assert decision.matched == list(security).index(READ) + 1


@LISTS
def test_a_valid_token_that_meets_nothing_is_admitted_as_anonymous(security: Security) -> None:
    decision = judge(security, presenting(oauth=proven("write")))

    assert (decision.reason, decision.principal) == (Reason.ANONYMOUS, None)


@LISTS
def test_a_bad_token_is_refused_though_none_would_be_admitted(security: Security) -> None:
    decision = judge(security, presenting(oauth=Refused(TokenFault.EXPIRED)))

    assert decision.reason is Reason.INVALID_CREDENTIAL
    assert [challenge.error for challenge in decision.challenges] == ["invalid_token"]


@LISTS
def test_a_token_nobody_can_check_is_not_admitted_as_anonymous(security: Security) -> None:
    assert judge(security, presenting(oauth=Uncheckable(5))).reason is Reason.UNCHECKABLE


@pytest.mark.parametrize(
    "credentials", [ANONYMOUS, presenting(oauth=Refused(TokenFault.EXPIRED))], ids=["none", "junk"]
)
def test_a_list_of_nothing_else_looks_at_nothing(credentials: Credentials) -> None:
    assert judge([{}], credentials).reason is Reason.ANONYMOUS


def test_two_users_in_one_alternative_are_admitted_as_anonymous_where_anyone_is() -> None:
    pair = {"oauth": proven(), "session": proven(principal=BOB, by_cookie=True)}

    decision = judge([{"oauth": [], "session": []}, {}], presenting(**pair))

    assert (decision.reason, decision.principal) == (Reason.ANONYMOUS, None)
