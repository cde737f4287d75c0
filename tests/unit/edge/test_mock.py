"""The documented example of an answer, or a value made from its schema."""

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.mock import example_answer, value_from_schema
from gateway.handler import Answer
from tests.edge.gateway.world import document, read
from tests.edge.gateway.world import operation as element

Document = dict[str, Any]


def answer(responses: Document, **components: Any) -> Answer:
    text = document({"/a": {"get": element(responses=responses)}}, components=components)
    description = read(text)
    return example_answer(description.operations[0], description.document)


def media(**members: Any) -> Document:
    return {"200": {"description": "", "content": {"application/json": members}}}


def value(schema: Document, **schemas: Any) -> Any:
    return value_from_schema(schema, {"components": {"schemas": schemas}})


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param({"example": {"a": 1}}, {"a": 1}, id="example"),
        pytest.param({"example": None}, None, id="an example that is null"),
        pytest.param(
            {"examples": {"x": {"value": 1}, "y": {"value": 2}}}, 1, id="first of examples"
        ),
        pytest.param(
            {"examples": {"x": {"externalValue": "https://a.example"}, "y": {"value": 2}}},
            2,
            id="an example elsewhere is not fetched",
        ),
        pytest.param(
            {"examples": {"x": {"$ref": "#/components/examples/Song"}}}, "So What", id="reference"
        ),
        pytest.param({"schema": {"type": "integer"}}, 0, id="schema"),
        pytest.param(
            {"examples": {}, "schema": {"type": "boolean"}}, True, id="no examples, a schema"
        ),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_an_answer_is_the_documented_example_first(members: Document, expected: object) -> None:
    found = answer(media(**members), examples={"Song": {"value": "So What"}})

    assert found == Answer(expected, 200)


def test_an_answer_is_of_the_lowest_success() -> None:
    content = {"application/json": {"example": 1}}
    responses = {
        "404": {"description": "", "content": content},
        "204": {"description": ""},
        "201": {"description": "", "content": content},
    }

    assert answer(responses) == Answer(1, 201)
    assert answer({"204": {"description": ""}}) == Answer(None, 204)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param({"type": "string", "example": "x"}, "x", id="example"),
        pytest.param({"type": "string", "default": "d"}, "d", id="default"),
        pytest.param({"type": "string", "enum": ["b", "a"]}, "b", id="enum"),
        pytest.param({"type": "string"}, "string", id="text"),
        pytest.param({"type": "string", "minLength": 8}, "stringxx", id="padded"),
        pytest.param({"type": "string", "maxLength": 3}, "str", id="cut"),
        pytest.param({"type": "string", "maxLength": 0}, "", id="cut to nothing"),
        pytest.param({"type": "string", "format": "date"}, "2026-01-31", id="format"),
        pytest.param({"type": "string", "format": "password"}, "string", id="unknown format"),
        pytest.param({"type": "integer"}, 0, id="integer"),
        pytest.param({"type": "integer", "minimum": 1}, 1, id="minimum"),
        pytest.param(
            {"type": "integer", "minimum": 1, "exclusiveMinimum": True}, 2, id="above minimum"
        ),
        pytest.param({"type": "integer", "maximum": -3}, -3, id="negative maximum"),
        pytest.param(
            {"type": "integer", "maximum": -3, "exclusiveMaximum": True}, -4, id="below maximum"
        ),
        pytest.param({"type": "integer", "maximum": 9}, 0, id="maximum"),
        pytest.param({"type": "number", "minimum": 0.5}, 0.5, id="number"),
        pytest.param({"type": "boolean"}, True, id="boolean"),
        pytest.param({"type": "array", "items": {"type": "integer"}}, [0], id="array"),
        pytest.param(
            {"type": "array", "items": {"type": "integer"}, "minItems": 3}, [0, 0, 0], id="items"
        ),
        pytest.param({"type": "array"}, [None], id="array of anything"),
        pytest.param({"type": "object"}, {}, id="object"),
        pytest.param({"properties": {"a": {"type": "integer"}}}, {"a": 0}, id="no type"),
        pytest.param(
            {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "password": {"type": "string", "writeOnly": True},
                },
            },
            {"name": "string"},
            id="what is only written is not shown",
        ),
        pytest.param({"oneOf": [{"type": "integer"}, {"type": "string"}]}, 0, id="first of oneOf"),
        pytest.param({"anyOf": [{"type": "boolean"}]}, True, id="first of anyOf"),
        pytest.param(
            {
                "allOf": [
                    {"properties": {"a": {"type": "integer"}}},
                    {"properties": {"b": {"type": "string"}}},
                ]
            },
            {"a": 0, "b": "string"},
            id="allOf",
        ),
        pytest.param(
            {"allOf": [{"type": "integer", "minimum": 4}, {"description": "x"}]},
            4,
            id="allOf of one",
        ),
        pytest.param({}, None, id="anything"),
    ],
)
def test_a_value_is_made_from_the_schema(schema: Document, expected: object) -> None:
    assert value(schema) == expected


def test_references_are_followed_through_each_other() -> None:
    schemas = {
        "Song": {"properties": {"artist": {"$ref": "#/components/schemas/Name"}}},
        "Name": {"$ref": "#/components/schemas/Text"},
        "Text": {"type": "string", "example": "Nina"},
    }

    assert value({"$ref": "#/components/schemas/Song"}, **schemas) == {"artist": "Nina"}


def test_a_reference_may_escape_what_stands_in_a_pointer() -> None:
    document_ = {"components": {"schemas": {"a/b~c": {"type": "boolean"}}}}

    assert value_from_schema({"$ref": "#/components/schemas/a~1b~0c"}, document_) is True


def test_an_object_that_holds_itself_ends() -> None:
    node = {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string"},
            "next": {"$ref": "#/components/schemas/Node"},
        },
    }

    made = value({"$ref": "#/components/schemas/Node"}, Node=node)

    assert made == {"name": "string"}


def test_an_object_that_must_hold_itself_ends_too() -> None:
    node = {
        "type": "object",
        "required": ["next", "absent"],
        "properties": {"next": {"$ref": "#/components/schemas/Node"}},
    }

    assert str(value({"$ref": "#/components/schemas/Node"}, Node=node)).count("next") <= 20


def test_a_list_deep_down_is_left_empty() -> None:
    schema: Document = {"type": "integer"}
    for _ in range(40):
        schema = {"type": "array", "items": schema}

    assert str(value(schema)) == "[" * 17 + "]" * 17


SIMPLE = st.one_of(
    st.just({"type": "boolean"}),
    st.fixed_dictionaries({"type": st.just("string")}, optional={"minLength": st.integers(0, 40)}),
    st.fixed_dictionaries({"type": st.just("integer")}, optional={"minimum": st.integers(-5, 5)}),
    st.fixed_dictionaries({"type": st.just("string"), "enum": st.lists(st.text(), min_size=1)}),
)
SCHEMAS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("array"), "items": inner}, optional={"minItems": st.integers(0, 9)}
        ),
        st.fixed_dictionaries(
            {
                "type": st.just("object"),
                "properties": st.dictionaries(st.text(max_size=3), inner, max_size=3),
            }
        ),
        st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=2)}),
    ),
    max_leaves=6,
)


@given(SCHEMAS)
def test_a_made_value_fits_its_schema(schema: Document) -> None:
    jsonschema_rs.validate(schema, value(schema))
