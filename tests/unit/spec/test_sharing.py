"""Plain values in which what is written alike is there once."""

import json
from typing import Any

import pytest

from gateway.edge.pages import LatePage, document_pages
from gateway.spec.json_reader import read_json
from gateway.spec.node import Node, plain
from gateway.spec.sharing import plain_shared
from tests.edge.gateway.world import document, loaded, operation


def tree(value: Any) -> Node:
    return read_json(json.dumps(value), file="openapi.json")


def test_objects_and_lists_that_are_written_alike_are_one() -> None:
    shared = plain_shared(tree({"a": {"x": ["y"]}, "b": {"x": ["y"]}, "c": [{"x": ["y"]}]}))

    assert shared == {"a": {"x": ["y"]}, "b": {"x": ["y"]}, "c": [{"x": ["y"]}]}
    assert shared["a"] is shared["b"] is shared["c"][0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"x": 1}, {"x": True}, id="a number and a boolean"),
        pytest.param({"x": 1}, {"x": 1.0}, id="a number with and without a point"),
        pytest.param({"x": "1"}, {"x": 1}, id="a text and a number"),
        pytest.param({"x": "null"}, {"x": None}, id="a text and null"),
        pytest.param({}, [], id="an object and a list"),
        pytest.param({"x": {}}, {"x": []}, id="what holds an object and what holds a list"),
        pytest.param({"x": "y"}, {"y": "x"}, id="key and value"),
        pytest.param({"x": 1, "y": 1}, {"y": 1, "x": 1}, id="the order of keys"),
    ],
)
def test_what_is_written_otherwise_stays_what_it_is(one: Any, other: Any) -> None:
    written = {"one": one, "other": other}

    shared = plain_shared(tree(written))

    assert json.dumps(shared) == json.dumps(written)
    assert shared["one"] is not shared["other"]


@pytest.mark.parametrize("keyword", ["$id", "$anchor", "$dynamicAnchor", "$self"])
def test_a_document_whose_schemas_name_themselves_is_left_as_it_is(keyword: str) -> None:
    written = tree({"a": {"x": {}}, "b": {"x": {}}, "c": {keyword: "name"}})

    shared = plain_shared(written)

    assert shared == plain(written)
    assert shared["a"] is not shared["b"]


def test_the_served_yaml_repeats_what_is_shared_in_full() -> None:
    paths = {path: {"get": operation([])} for path in ("/a", "/b")}
    description = loaded(document(paths)).description
    assert description.document["paths"]["/a"] is description.document["paths"]["/b"]

    page = document_pages(description.document)["/openapi.yaml"]

    assert isinstance(page, LatePage)
    assert b"&id" not in page.rendered().body
