"""The oracles stand alone, and no smallest scope set is missed."""

import ast
import itertools
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.oracle import decide
from tests.fuzz.paths import template_of
from tests.fuzz.scope_sets import alternatives, minimal_sets, near_misses, one_less, scope_sets
from tests.fuzz.world import DOCUMENT, read_raw

HERE = Path(__file__).parent
CORPUS = HERE.parent / "corpus" / "documents"
RAW = read_raw(DOCUMENT)
DOCUMENTS = [DOCUMENT, *sorted(CORPUS.glob("*.yaml"))]
#: so many scopes make 4096 sets, each of which is tried below
MOST_SCOPES = 12
_METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def operations(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (method.upper(), template)
        for template, item in document["paths"].items()
        for method in item
        if method in _METHODS
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_the_smallest_sets_are_those_found_by_trying_all(document: Path) -> None:
    raw = read_raw(document)

    for method, template in operations(raw):
        needed = sorted(frozenset().union(*alternatives(raw, method, template)))
        if len(needed) > MOST_SCOPES:
            continue
        every = [
            frozenset(held)
            for size in range(len(needed) + 1)
            for held in itertools.combinations(needed, size)
        ]
        passing = [held for held in every if decide(raw, method, template, set(held)) == 200]
        smallest = [held for held in passing if not any(other < held for other in passing)]
        assert set(minimal_sets(raw, method, template)) == set(smallest)


def test_a_set_that_holds_another_is_not_smallest() -> None:
    raw = document_with([{"o": ["a"]}, {"o": ["a", "b"]}, {"o": ["c", "d"]}])

    assert minimal_sets(raw, "GET", "/x") == [frozenset("a"), frozenset("cd")]
    assert one_less(minimal_sets(raw, "GET", "/x")) == [frozenset(), frozenset("d"), frozenset("c")]


@pytest.mark.parametrize(
    ("security", "smallest"),
    [
        pytest.param([], [frozenset()], id="public"),
        pytest.param([{"o": ["a"]}, {}], [frozenset()], id="optional"),
        pytest.param([{"key": []}], [], id="no token can"),
        pytest.param([{"key": [], "o": ["a"]}], [], id="not a token alone"),
        pytest.param([{"o": ["a"], "p": ["b"]}], [frozenset("ab")], id="two schemes"),
        pytest.param([{"o": ['"']}], [], id="no scope"),
        pytest.param(None, [], id="undeclared"),
    ],
)
def test_the_smallest_sets_of_a_security_list(
    security: list[dict[str, list[str]]] | None, smallest: list[frozenset[str]]
) -> None:
    assert minimal_sets(document_with(security), "GET", "/x") == smallest


def test_what_is_tried_holds_each_smallest_set_each_without_one_and_near_misses() -> None:
    raw = document_with([{"o": ["read"]}, {"o": ["write", "albums"]}])

    tried = scope_sets(raw, "GET", "/x")

    for due in ({"read"}, {"write", "albums"}, {"write"}, {"albums"}, set(), {"unrelated"}):
        assert frozenset(due) in tried
    assert frozenset({"READ"}) in near_misses([frozenset({"read"})])
    assert frozenset({"READ"}) in tried


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/songs", "/songs"),
        ("/songs/", None),
        ("/songs/1", "/songs/{songId}"),
        ("/songs/1/", None),
        ("/songs/a%2Fb", None),
        ("/songs/%2e%2E", None),
        ("/songs/%FF", None),
        ("/songs/%zz", None),
        ("/songs/a;b", None),
        ("/s%6Fngs", "/songs"),
        ("/SONGS", None),
        ("//songs", None),
        ("/users/me/", "/users/me/"),
        ("/users/mE/", "/users/{userId}/"),
    ],
)
def test_a_path_names_a_template_or_nothing(path: str, template: str | None) -> None:
    assert template_of(RAW, path) == template


@pytest.mark.parametrize("name", ["oracle", "scope_sets", "paths", "token_oracle"])
def test_an_oracle_imports_nothing_that_it_judges(name: str) -> None:
    text = (HERE / f"{name}.py").read_text("utf-8")

    imported = {
        node.module or "" for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)
    }

    assert imported <= {"collections.abc", "dataclasses", "enum", "typing", "urllib.parse"} | {
        "tests.fuzz.oracle"
    }
    assert "import gateway" not in text


def test_the_oracle_has_fewer_than_60_lines() -> None:
    assert (HERE / "oracle.py").read_text("utf-8").count("\n") < 60


def document_with(security: list[dict[str, list[str]]] | None) -> dict[str, Any]:
    oauth = {"type": "oauth2", "flows": {}}
    return {
        "paths": {"/x": {"get": {} if security is None else {"security": security}}},
        "components": {
            "securitySchemes": {
                "o": oauth,
                "p": oauth,
                "key": {"type": "apiKey", "in": "header", "name": "k"},
            }
        },
    }
