"""A decision told in the document's words: what each alternative lacks, what would pass."""

import pytest

from gateway.model import ANONYMOUS, Credentials, Reason
from gateway.policy.explain import STATUS, Explanation, explain
from gateway.spec.model import Scope
from tests.unit.policy.build import BOB, KEY, Security, judge, presenting, proven, rule

PAIR: Security = [{"oauth": ["create"]}, {"oauth": ["post", "widget"]}]


def _told(security: Security, credentials: Credentials, *held: str) -> Explanation:
    scopes = frozenset(Scope(scope) for scope in held)
    return explain(judge(security, credentials), rule(security), held=scopes)


def _with(security: Security, *held: str) -> Explanation:
    token = proven(*held)
    return _told(security, presenting(oauth=token, bearer=token), *held)


def test_every_reason_has_a_status() -> None:
    assert STATUS.keys() == set(Reason)


def test_a_denial_says_what_to_ask_for_and_what_to_add() -> None:
    told = _with(PAIR, "post")

    assert told.status == 403
    assert [(a.index, a.wanted, a.verdict, a.holds) for a in told.alternatives] == [
        (1, "oauth: create", "lacks create", False),
        (2, "oauth: post + widget", "lacks widget", False),
    ]
    assert (told.ask, told.add, told.fewer) == (("create",), ("widget",), None)


def test_a_permit_says_which_alternative_held_and_whether_less_would_do() -> None:
    told = _with(PAIR, "post", "widget")

    assert told.status == 200
    assert [a.verdict for a in told.alternatives] == ["lacks create", "held"]
    assert (told.ask, told.add, told.fewer) == (None, (), ("create",))


@pytest.mark.parametrize(
    ("security", "held", "fewer"),
    [
        (PAIR, ["create"], None),
        (PAIR, ["create", "read"], ("create",)),
        ([{"oauth": ["a", "b"]}], ["a", "b"], None),
        ([{"oauth": ["a"]}, {}], ["a"], ()),
        ([], ["a"], None),
    ],
    ids=["as few as can be", "one too many", "all are needed", "none is needed", "public"],
)
def test_fewer_scopes_are_named_only_if_they_pass(
    security: Security, held: list[str], fewer: tuple[str, ...] | None
) -> None:
    assert _with(security, *held).fewer == fewer


@pytest.mark.parametrize(
    ("security", "held", "ask", "add"),
    [
        (PAIR, [], ("create",), ()),
        (PAIR, ["read"], ("create",), ()),
        ([{"oauth": ["a", "b", "c"]}, {"oauth": ["d", "read"]}], ["a"], ("d", "read"), ("b", "c")),
        ([{"oauth": ["undeclared"]}], ["a"], None, ()),
        ([{"bearer": ["admin"]}], ["a"], None, ()),
        ([{"key": []}], ["a"], None, ()),
        ([{"key": []}, {"oauth": ["b"]}], ["a"], ("b",), ()),
    ],
    ids=[
        "nothing held",
        "nothing useful held",
        "another way, begun",
        "cannot be granted",
        "a role",
        "a key",
        "a key or a scope",
    ],
)
def test_only_scopes_that_open_the_operation_are_recommended(
    security: Security,
    held: list[str],
    ask: tuple[str, ...] | None,
    add: tuple[str, ...],
) -> None:
    told = _with(security, *held)

    assert (told.ask, told.add) == (ask, add)


@pytest.mark.parametrize(
    ("security", "credentials", "wanted", "verdict"),
    [
        ([{}], ANONYMOUS, "{}", "anonymous"),
        ([{"oauth": []}], ANONYMOUS, "oauth", "lacks oauth"),
        ([{"key": ["admin"]}], presenting(key=proven(principal=KEY)), "key: admin", "lacks admin"),
        (
            [{"key": ["admin"], "oauth": ["a", "b"]}],
            presenting(oauth=proven("a")),
            "key: admin, oauth: a + b",
            "lacks key + b",
        ),
        (
            [{"digest": []}],
            ANONYMOUS,
            "digest",
            "can never be met: scheme `digest` is of a kind that is not supported",
        ),
        (
            [{"oauth": [], "session": []}],
            presenting(oauth=proven(), session=proven(principal=BOB)),
            "oauth, session",
            "its credentials prove different users",
        ),
    ],
    ids=["empty", "scheme", "role", "several", "unmet", "objection"],
)
def test_an_alternative_is_told_in_one_line(
    security: Security, credentials: Credentials, wanted: str, verdict: str
) -> None:
    (alternative,) = _told(security, credentials).alternatives

    assert (alternative.wanted, alternative.verdict) == (wanted, verdict)


def test_an_operation_that_declares_nothing_has_nothing_to_tell() -> None:
    told = _told(None, ANONYMOUS)

    assert (told.status, told.alternatives, told.ask) == (403, (), None)
