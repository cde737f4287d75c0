"""The smallest scope sets: what to ask for, what to add."""

import pytest

from gateway.policy.solve import cheapest_addition, smallest_request
from gateway.spec.model import Scope
from tests.unit.policy.build import Security, rule


@pytest.mark.parametrize(
    ("security", "index"),
    [
        ([{"oauth": ["post", "widget"]}, {"oauth": ["create"]}], 2),
        ([{"oauth": ["a"]}, {"oauth": ["b"]}], 1),
        ([{"oauth": ["undeclared"]}, {"oauth": ["a", "b"]}], 2),
        ([{"oauth": ["a"]}, {}], 2),
        ([{"oauth": ["a"]}, {"bearer": []}], 2),
        ([{"bearer": ["admin"]}, {"oauth": ["a"]}], 2),
        ([{"key": []}, {"oauth": ["a"]}], 2),
        ([{"oauth": [], "key": []}, {"oauth": ["a"]}], 2),
        ([{"basic": []}, {"oauth": ["a", "b"]}], 2),
        ([{"session": []}], None),
        ([{"digest": []}], None),
        ([{"bearer": ["admin"]}], None),
        ([], None),
    ],
    ids=[
        "fewest",
        "ties: the earliest",
        "not what nobody can be granted",
        "nothing at all",
        "any token",
        "no role",
        "a key is no scope",
        "nor is half a key",
        "nor a password",
        "a cookie alone",
        "cannot be met",
        "a role alone",
        "public",
    ],
)
def test_the_smallest_request_that_passes(security: Security, index: int | None) -> None:
    found = smallest_request(rule(security))

    assert (found.index if found else None) == index


@pytest.mark.parametrize(
    ("held", "index", "added"),
    [
        ([], 1, ("create", "write")),
        (["post"], 2, ("widget",)),
        (["post", "widget"], 2, ()),
        (["b", "c", "d"], 3, ("a",)),
    ],
    ids=["ties: the earliest", "one short", "nothing short", "most of a long one"],
)
def test_the_cheapest_addition_counts_what_is_held(
    held: list[str], index: int, added: tuple[str, ...]
) -> None:
    security: Security = [
        {"oauth": ["create", "write"]},
        {"oauth": ["post", "widget"]},
        {"oauth": ["a", "b", "c", "d"]},
    ]
    alternative, scopes = cheapest_addition(rule(security), frozenset(Scope(s) for s in held))

    assert (alternative.index, scopes) == (index, added)


def test_there_is_no_addition_where_scopes_open_nothing() -> None:
    with pytest.raises(ValueError, match="empty"):
        cheapest_addition(rule([{"bearer": ["admin"]}]), frozenset())
