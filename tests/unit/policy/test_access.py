"""What opens several operations at the least: scopes first, and what they cannot replace."""

from collections.abc import Mapping

import pytest

from gateway.policy.access import LeastAccess, least_access
from gateway.policy.rules import Binding
from gateway.policy.solve import Atom, AtomKind
from gateway.spec.model import OperationKey, SchemeName
from tests.unit.policy.build import BINDINGS, Security, policy

Told = tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]


def _ask(*lists: Security, held: tuple[Atom, ...] = ()) -> list[Told]:
    operations = {f"GET /{place}": security for place, security in enumerate(lists)}
    found = least_access(policy(operations), map(OperationKey, operations), held=held)
    return [
        (
            {str(name): tuple(map(str, scopes)) for name, scopes in answer.tokens.items()},
            {str(name): roles for name, roles in answer.others.items()},
        )
        for answer in found.answers
    ]


@pytest.mark.parametrize(
    ("lists", "answers"),
    [
        ([[{"oauth": ["a"]}], [{"oauth": ["b"]}, {"oauth": ["a"]}]], [({"oauth": ("a",)}, {})]),
        (
            [[{"oauth": ["a"]}, {"oauth": ["b"]}]],
            [({"oauth": ("a",)}, {}), ({"oauth": ("b",)}, {})],
        ),
        (
            [[{"oauth": ["a", "b"]}, {"oauth": ["c"]}], [{"oauth": ["a"]}], [{"oauth": ["b"]}]],
            [({"oauth": ("a", "b")}, {})],
        ),
        ([[{"oauth": ["a"], "other": ["b"]}]], [({"oauth": ("a", "b")}, {})]),
        ([[{"key": []}, {"oauth": ["a", "b", "c"]}]], [({"oauth": ("a", "b", "c")}, {})]),
        ([[{"key": ["admin"]}]], [({}, {"key": ("admin",)})]),
        ([[{"key": []}], [{"key": []}, {"oauth": ["a"]}]], [({}, {"key": ()})]),
        ([[{"bearer": ["admin"]}]], [({"oauth": ()}, {"oauth": ("admin",)})]),
        ([[{"oauth": []}]], [({"oauth": ()}, {})]),
        ([[], [{}]], [({}, {})]),
        ([[{"oauth": ["undeclared"]}, {"oauth": ["a", "b"]}]], [({"oauth": ("a", "b")}, {})]),
    ],
    ids=[
        "one scope for both",
        "equal answers",
        "more for one is less for all",
        "two schemes, one token",
        "scopes before a key",
        "a key with a role",
        "a key that is needed anyway",
        "a role of a token",
        "any token",
        "nothing at all",
        "not what cannot be granted",
    ],
)
def test_the_least_access(lists: list[Security], answers: list[Told]) -> None:
    assert _ask(*lists) == answers


def test_tokens_of_two_issuers_are_told_apart() -> None:
    apart = {**BINDINGS, SchemeName("other"): Binding("https://other.example", "api")}
    both: Security = [{"oauth": ["a"]}]
    other: Security = [{"other": ["a"]}]
    compiled = policy({"GET /0": both, "GET /1": other}, bindings=apart)

    (answer,) = least_access(compiled, compiled.rules).answers

    assert answer == LeastAccess({"oauth": ("a",), "other": ("a",)}, {})  # type: ignore[dict-item]  # plain text
    assert answer.scopes == ("a",)


@pytest.mark.parametrize(
    ("held", "answer"),
    [
        ((Atom(SchemeName("key")),), ({}, {"key": ("admin",)})),
        (
            (Atom(SchemeName("key")), Atom(SchemeName("key"), AtomKind.ROLE, "admin")),
            ({}, {}),
        ),
    ],
    ids=["the key alone", "the key with its role"],
)
def test_what_is_held_anyway_costs_nothing(held: tuple[Atom, ...], answer: Told) -> None:
    assert _ask([{"key": ["admin"]}], held=held) == [answer]


@pytest.mark.parametrize(
    ("security", "is_closed"),
    [
        (None, True),
        ([{"oauth": ["undeclared"]}], True),
        ([{"digest": []}], True),
        ([{"oauth": ["two words"]}], True),
        ([{"oauth": ["undeclared"]}, {}], False),
        ([], False),
    ],
    ids=["undeclared", "not grantable", "unsupported", "no scope at all", "or nobody", "public"],
)
def test_what_nobody_can_call_is_named(security: Security, is_closed: bool) -> None:
    compiled = policy({"GET /songs": security, "GET /albums": [{"oauth": ["a"]}]})

    found = least_access(compiled, compiled.rules)

    assert found.closed == (("GET /songs",) if is_closed else ())


def test_equal_answers_are_counted_where_they_are_too_many_to_list() -> None:
    pairs = [("a", "b"), ("c", "d"), ("read", "write"), ("create", "post")]
    lists = {f"GET /{a}": [{"oauth": [a]}, {"oauth": [b]}] for a, b in pairs}
    compiled = policy(lists)

    found = least_access(compiled, compiled.rules)

    assert (found.total, len(found.answers), found.has_more) == (16, 16, False)
