"""Examples of answers in the words of OAS 3.1 and 3.2."""

from typing import Any

import jsonschema_rs
import pytest

from gateway.edge.mock import example_answer, value_from_schema
from gateway.handler import Answer
from gateway.spec.model import Operation
from tests.unit.request.calls import operation

SCHEMAS = {
    "Named": {"type": "object", "required": ["n"], "properties": {"n": {"type": "string"}}},
    "Tree": {"type": "object", "properties": {"below": {"$ref": "#/components/schemas/Tree"}}},
}
DOCUMENT = {"openapi": "3.1.0", "components": {"schemas": SCHEMAS}}


def value(schema: Any, openapi: str = "3.1.0") -> Any:
    return value_from_schema(schema, {**DOCUMENT, "openapi": openapi})


def answering(responses: dict[str, Any]) -> Operation:
    described = operation("GET")
    return Operation(
        described.key, "GET", "/a", None, described.origin, described.security, responses=responses
    )


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param({"examples": ["a", "b"], "type": "string"}, "a", id="first of examples"),
        pytest.param({"const": {"a": 1}}, {"a": 1}, id="const"),
        pytest.param({"const": None, "default": 1}, None, id="const before default"),
        pytest.param({"type": ["null", "integer"], "minimum": 3}, 3, id="type that is not null"),
        pytest.param({"type": ["null"]}, None, id="null alone"),
        pytest.param({"type": "integer", "exclusiveMinimum": 3}, 4, id="exclusive minimum"),
        pytest.param({"type": "integer", "exclusiveMaximum": -3}, -4, id="exclusive maximum"),
        pytest.param(
            {"type": "number", "exclusiveMinimum": 1, "maximum": 2}, 1.5, id="number between"
        ),
        pytest.param(
            {"type": "array", "prefixItems": [{"const": 1}, {"const": "a"}], "minItems": 3,
             "items": {"const": 0}}, [1, "a", 0], id="tuple",
        ),
        pytest.param({"prefixItems": [{"const": 1}]}, [1], id="tuple without a type"),
        pytest.param({"type": "array", "contains": {"const": 1}}, [1], id="contains"),
        pytest.param({"type": "object", "properties": {"a": True, "b": False}}, {"a": None},
                     id="true and false"),
        pytest.param({"$ref": "#/components/schemas/Named", "description": "x"}, {"n": "string"},
                     id="remark beside a reference"),
        pytest.param({"$ref": "#/components/schemas/Named", "examples": [{"n": "x"}]}, {"n": "x"},
                     id="example beside a reference"),
        pytest.param({"$ref": "#/components/schemas/Named", "properties": {"m": {"const": 1}}},
                     {"n": "string", "m": 1}, id="properties beside a reference"),
        pytest.param({"allOf": [{"$ref": "#/components/schemas/Named"}],
                      "properties": {"m": {"const": 1}}}, {"n": "string", "m": 1},
                     id="properties beside allOf"),
        pytest.param({"$ref": "#/components/schemas/Tree"}, {}, id="recursive"),
        pytest.param({"type": "string", "contentEncoding": "base64"}, "c3RyaW5n", id="base64"),
    ],
)  # fmt: skip
def test_a_value_fits_the_schema(schema: Any, expected: Any) -> None:
    made = value(schema)

    assert made == expected
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, **DOCUMENT}
    assert jsonschema_rs.validator_for(whole).is_valid(made)


def test_what_stands_beside_a_reference_means_nothing_in_3_0() -> None:
    schema = {"$ref": "#/components/schemas/Named", "example": {"n": "x"}}

    assert value(schema, "3.0.3") == {"n": "string"}


@pytest.mark.parametrize(
    ("media", "expected"),
    [
        ({"examples": {"a": {"dataValue": {"a": 1}, "serializedValue": "x"}}}, {"a": 1}),
        ({"examples": {"a": {"externalValue": "https://a.example"}}, "schema": {"const": 1}}, 1),
        ({"schema": True}, None),
        ({"itemSchema": {"const": 1}}, None),
    ],
)
def test_an_example_of_3_2_is_its_value(media: Any, expected: Any) -> None:
    responses = {"200": {"content": {"application/json": media}}}

    assert example_answer(answering(responses), DOCUMENT) == Answer(expected, 200)


@pytest.mark.parametrize(
    ("responses", "expected"),
    [
        ({}, Answer(None, 200)),
        ({"204": {}}, Answer(None, 204)),
        ({"2XX": {"content": {"a/json": {"example": 1}}}}, Answer(1, 200)),
        ({"2xx": {"content": {"a/json": {"example": 1}}}, "201": {}}, Answer(None, 201)),
        ({"default": {"content": {"a/json": {"example": 1}}}}, Answer(None, 200)),
    ],
)
def test_an_answer_without_a_status_of_its_own_is_200(responses: Any, expected: Answer) -> None:
    assert example_answer(answering(responses), DOCUMENT) == expected
