"""The smallest scope sets: what a scope request opens at all, and what to ask for."""

import pytest

from gateway.policy.solve import grantable_by_scopes, smallest_request
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


def test_what_scopes_open_is_listed_in_the_order_written() -> None:
    security: Security = [
        {"oauth": ["a", "b"]},
        {"key": []},
        {"bearer": ["admin"]},
        {"oauth": ["undeclared"]},
        {"bearer": []},
        {"oauth": ["a"], "session": []},
        {"oauth": ["c"], "other": ["d"]},
        {},
    ]

    assert [a.index for a in grantable_by_scopes(rule(security))] == [1, 5, 7, 8]
