"""What a refusal asks for: which schemes, which scopes, with which error."""

import pytest

from gateway.model import ANONYMOUS, Credentials, Decision, RequestFault
from gateway.policy.compile import compile_policy
from gateway.policy.decide import decide
from gateway.policy.rules import Binding
from gateway.spec.model import OperationKey, SchemeName
from tests.unit.policy.build import (
    BINDINGS,
    KEY,
    OURS,
    Security,
    description,
    judge,
    presenting,
    proven,
)


def _asked(decision: Decision) -> list[tuple[str, str | None, tuple[str, ...]]]:
    return [(c.scheme, c.error, c.scopes) for c in decision.challenges]


def test_nothing_presented_brings_one_challenge_a_scheme_without_an_error() -> None:
    security: Security = [{"oauth": ["a", "b"]}, {"key": []}, {"oauth": ["c"]}]

    assert _asked(judge(security, ANONYMOUS)) == [("oauth", None, ("c",)), ("key", None, ())]


def test_schemes_that_cannot_be_met_are_not_asked_for() -> None:
    security: Security = [{"digest": []}, {"basic": [], "bearer": []}, {"key": []}]

    assert _asked(judge(security, ANONYMOUS)) == [("key", None, ())]


def test_a_401_has_a_challenge_even_if_no_scheme_can_be_met() -> None:
    assert _asked(judge([{"digest": []}], ANONYMOUS)) == [("digest", None, ())]


def test_a_401_asks_for_the_schemes_still_missing_and_no_other() -> None:
    security: Security = [{"oauth": ["a"], "key": []}, {"session": []}]
    decision = judge(security, presenting(oauth=proven("a")))

    assert [challenge.scheme for challenge in decision.challenges] == ["key", "session"]


def test_a_key_is_asked_for_without_scopes() -> None:
    decision = judge([{"oauth": ["a"], "key": []}], presenting(oauth=proven("a")))

    assert _asked(decision) == [("key", None, ())]


@pytest.mark.parametrize(
    ("security", "held", "asked"),
    [
        ([{"oauth": ["create"]}, {"oauth": ["post", "widget"]}], ["post"], ("create",)),
        ([{"oauth": ["post", "widget"]}, {"oauth": ["create"]}], ["post"], ("post", "widget")),
        ([{"oauth": ["a", "b", "c"]}, {"oauth": ["d", "read"]}], ["a", "b"], ("a", "b", "c")),
        ([{"oauth": ["undeclared"]}, {"oauth": ["a", "b"]}], [], ("a", "b")),
        ([{"oauth": ["undeclared"]}], [], ()),
        ([{"bearer": ["admin"]}], [], ()),
        ([{"bearer": ["admin"]}, {"oauth": ["a", "b"]}], [], ("a", "b")),
        ([{"oauth": ["b", "a"]}], ["b"], ("b", "a")),
    ],
    ids=[
        "ties: the earliest",
        "ties: the earliest, turned round",
        "fewest missing, not fewest",
        "not what nobody can be granted",
        "nothing can be granted",
        "a role is no scope",
        "a scope rather than a role",
        "all its scopes, as written",
    ],
)
def test_a_403_asks_for_the_cheapest_alternative_that_can_be_granted(
    security: Security, held: list[str], asked: tuple[str, ...]
) -> None:
    token = proven(*held)
    decision = judge(security, presenting(oauth=token, bearer=token))

    assert {challenge.error for challenge in decision.challenges} == {"insufficient_scope"}
    assert decision.challenges[0].scopes == asked


def test_an_alternative_whose_other_scheme_is_missing_is_not_asked_for() -> None:
    security: Security = [{"oauth": ["a"], "key": []}, {"oauth": ["b", "c"]}]

    assert _asked(judge(security, presenting(oauth=proven()))) == [
        ("oauth", "insufficient_scope", ("b", "c"))
    ]


def test_one_token_for_two_schemes_is_asked_for_the_scopes_of_both() -> None:
    token = proven("a")
    decision = judge([{"oauth": ["a"], "other": ["b"]}], presenting(oauth=token, other=token))

    assert decision.challenges[0].scopes == ("a", "b")


def test_only_the_scheme_that_lacks_a_scope_is_asked_for_it() -> None:
    credentials = presenting(oauth=proven(), key=proven(principal=KEY))
    decision = judge([{"key": [], "oauth": ["a"]}], credentials)

    assert _asked(decision) == [("oauth", "insufficient_scope", ("a",))]


def test_an_ambiguous_request_is_told_so_by_each_scheme_that_can_be_met() -> None:
    credentials = Credentials(fault=RequestFault.SEVERAL_TOKENS)
    decision = judge([{"oauth": ["a"]}, {"digest": []}], credentials)

    assert _asked(decision) == [("oauth", "invalid_request", ())]


@pytest.mark.parametrize(
    ("other", "is_met"),
    [
        (OURS, True),
        (Binding(OURS.issuer, "another audience"), True),
        (Binding("https://issuer.example", OURS.audience), False),
    ],
    ids=["same", "same issuer", "two issuers"],
)
def test_two_bearer_schemes_can_be_met_together_only_with_one_issuer(
    other: Binding, is_met: bool
) -> None:
    bindings = {**BINDINGS, SchemeName("other"): other}
    policy = compile_policy(description({"GET /x": [{"oauth": ["a"], "other": []}]}), bindings)
    token = proven("a")
    decision = decide(policy, OperationKey("GET /x"), presenting(oauth=token, other=token))

    assert decision.permits == is_met
