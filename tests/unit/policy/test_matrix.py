"""Operations against what opens them: the marks, the labels, and what the closing line counts."""

from collections.abc import Mapping

import pytest

from gateway.policy.compile import compile_policy
from gateway.policy.matrix import Matrix, Standing, build_matrix
from gateway.policy.rules import Undeclared
from gateway.spec.model import SchemeName
from tests.unit.policy.build import BINDINGS, Security, description


def _matrix(
    operations: Mapping[str, Security],
    *,
    unbound: str = "",
    undeclared: Undeclared = Undeclared.DENY,
    shown: int | None = None,
) -> Matrix:
    told = description(operations)
    bindings = {name: bound for name, bound in BINDINGS.items() if name != unbound}
    compiled = compile_policy(told, bindings, undeclared=undeclared)
    return build_matrix(told, compiled, told.operations[:shown])


def _marks(security: Security, **how: str) -> dict[str, str]:
    matrix = _matrix({"GET /x": security}, **how)  # type: ignore[arg-type]  # `unbound` alone
    (row,) = matrix.rows
    return {column.label: row.mark(column) for column in matrix.columns}


@pytest.mark.parametrize(
    ("security", "marks"),
    [
        ([{"oauth": ["a"]}], {"a": "x"}),
        ([{"oauth": ["a"]}, {"oauth": ["b", "c"]}], {"a": "x", "b": "2", "c": "2"}),
        ([{"oauth": ["a"]}, {"oauth": ["a", "b"]}], {"a": "x,2", "b": "2"}),
        ([{"oauth": ["a", "undeclared"]}], {"a": "1", "undeclared": "1!"}),
        ([{"oauth": ["undeclared"]}], {"undeclared": "x!"}),
        ([{"oauth": []}], {"oauth": "x"}),
        ([{"oauth": ["a"], "key": []}], {"a": "1", "key": "1"}),
        ([{"key": ["admin"]}], {"key=admin": "x"}),
        ([{"oauth": ["a"]}, {"other": ["a"]}], {"oauth:a": "x", "other:a": "x"}),
        ([{"digest": []}], {"digest": "x!"}),
        ([{"oauth": ["a"], "basic": []}], {"a": "1!", "basic": "1!"}),
        ([{"oauth": [c]} for c in "abcd"] + [{"oauth": ["read", "write"]}] * 7, None),
    ],
    ids=[
        "alone",
        "together",
        "alone and together",
        "half cannot be had",
        "cannot be had",
        "any token",
        "with a key",
        "a role",
        "one name, two schemes",
        "not supported",
        "two values of one header",
        "more than nine",
    ],
)
def test_a_mark_says_what_opens_alone_and_what_together(
    security: Security, marks: dict[str, str] | None
) -> None:
    shared = {"read": "5,6,7,8,9,10,11", "write": "5,6,7,8,9,10,11"}

    assert _marks(security) == (marks or {**dict.fromkeys("abcd", "x"), **shared})


def test_only_what_is_not_bound_is_marked_where_something_is_not() -> None:
    assert _marks([{"oauth": ["a"], "key": []}], unbound="key") == {"a": "1", "key": "1!"}


@pytest.mark.parametrize(
    ("security", "undeclared", "standing"),
    [
        ([{"oauth": ["a"]}], "deny", Standing.GUARDED),
        ([], "deny", Standing.PUBLIC),
        ([{"oauth": ["a"]}, {}], "deny", Standing.OPTIONAL),
        (None, "deny", Standing.UNDECLARED_DENIED),
        (None, "public", Standing.UNDECLARED_PUBLIC),
        ([], "public", Standing.PUBLIC),
        ([{"oauth": ["undeclared"]}], "deny", Standing.CLOSED),
        ([{"digest": []}, {"oauth": []}], "deny", Standing.GUARDED),
    ],
    ids=[
        "guarded",
        "public",
        "optional",
        "undeclared",
        "undeclared as public",
        "public whatever the setting",
        "closed",
        "one dead, one not",
    ],
)
def test_how_an_operation_stands(security: Security, undeclared: str, standing: Standing) -> None:
    matrix = _matrix({"GET /x": security}, undeclared=Undeclared(undeclared))

    assert [row.standing for row in matrix.rows] == [standing]
    assert matrix.count(standing) == 1


def test_columns_come_in_the_order_in_which_operations_name_them() -> None:
    matrix = _matrix({"GET /x": [{"oauth": ["b", "a"]}], "PUT /x": [{"oauth": ["c"]}]})

    assert [column.label for column in matrix.columns] == ["b", "a", "c"]


def test_scopes_are_counted_whether_declared_named_or_neither() -> None:
    matrix = _matrix({"GET /x": [{"oauth": ["a", "undeclared"]}]})

    assert "undeclared" in matrix.scopes
    assert matrix.undeclared == ("undeclared",)
    assert "b" in matrix.unused
    assert not {"a", "undeclared"} & set(matrix.unused)


def test_unused_scopes_are_not_told_of_a_part_of_the_document() -> None:
    matrix = _matrix({"GET /x": [{"oauth": ["a"]}], "PUT /x": [{"oauth": ["b"]}]}, shown=1)

    assert (matrix.left_out, matrix.scopes, matrix.unused) == (1, ("a",), ())


def test_schemes_without_a_binding_are_named() -> None:
    matrix = _matrix({"GET /x": [{"key": []}, {"oauth": []}]}, unbound="key")

    assert matrix.unbound == (SchemeName("key"),)
