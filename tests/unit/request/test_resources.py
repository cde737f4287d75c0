"""Schemas refer to one another by names that they give themselves, and nothing is fetched."""

from typing import Any

import pytest

from gateway.edge.request.reader import RequestReader
from gateway.edge.request.resources import with_local_references
from gateway.edge.request.schemas import CompiledSchema, Schemas
from gateway.errors import DocumentError
from gateway.spec.model import ApiDescription
from tests.unit.request.calls import LIMIT, ORIGIN, accepted, body_of, operation, refused

TREE = {
    "$id": "https://example.com/tree",
    "$dynamicAnchor": "node",
    "type": "object",
    "properties": {
        "data": True,
        "children": {"type": "array", "items": {"$dynamicRef": "#node"}},
    },
}
COUNT = {"$anchor": "n", "type": "integer"}
STRICT = {
    "$id": "https://example.com/strict",
    "$dynamicAnchor": "node",
    "$ref": "tree",
    "unevaluatedProperties": False,
}


def described(schema: Any, **schemas: Any) -> ApiDescription:
    """A description of one operation that takes a schema."""
    body = body_of(schema)
    whole = {
        "openapi": "3.1.0",
        "paths": {"/things": {"post": {"requestBody": body}}},
        "components": {"schemas": schemas},
    }
    return ApiDescription("openapi.yaml", "3.1.0", "t", "1", "", (operation(body=body),), {}, whole)


def compiled(schema: Any, **schemas: Any) -> CompiledSchema:
    local = with_local_references(described(schema, **schemas))
    body = local.operations[0].request_body or {}
    written = body["content"]["application/json"]["schema"]
    return Schemas(local.document).compile(written, what="the body", origin=ORIGIN)


@pytest.mark.parametrize(
    ("schema", "schemas"),
    [
        pytest.param({"$ref": "#n"}, {"A": COUNT}, id="anchor"),
        pytest.param(
            {"$ref": "https://example.com/a"},
            {"A": {"$id": "https://example.com/a", "type": "integer"}}, id="id",
        ),
        pytest.param(
            {"$ref": "https://example.com/a#/$defs/n"},
            {"A": {"$id": "https://example.com/a", "$defs": {"n": {"type": "integer"}}}},
            id="pointer-into-an-id",
        ),
        pytest.param(
            {"$ref": "#/components/schemas/A"},
            {"A": {"$id": "urn:a", "$ref": "#/$defs/n", "$defs": {"n": {"type": "integer"}}}},
            id="pointer-within-an-id",
        ),
        pytest.param(
            {"$ref": "#/components/schemas/A"},
            {"A": {"$id": "a", "$ref": "#/components/schemas/B"}, "B": {"type": "integer"}},
            id="pointer-from-the-top-within-an-id",
        ),
        pytest.param(
            {"$ref": "#/components/schemas/A"},
            {
                "A": {"$id": "https://example.com/x/a", "$ref": "b#n"},
                "B": {"$id": "https://example.com/x/b", "$defs": {"m": COUNT}},
            },
            id="anchor-of-a-neighbour",
        ),
        pytest.param(
            {"$id": "here", "$ref": "#n", "$defs": {"m": COUNT}},
            {}, id="inline",
        ),
        pytest.param({"$dynamicRef": "#n"}, {"A": COUNT}, id="dynamic-in-name-only"),
    ],
)  # fmt: skip
def test_a_schema_is_found_by_the_name_it_gives_itself(
    schema: Any, schemas: dict[str, Any]
) -> None:
    judge = compiled(schema, **schemas)

    assert judge.is_valid(1)
    assert judge.violations("a")


def test_a_dynamic_reference_means_the_outermost_schema_that_has_its_anchor() -> None:
    tree = compiled({"$ref": "https://example.com/tree"}, Tree=TREE, Strict=STRICT)
    strict = compiled({"$ref": "https://example.com/strict"}, Tree=TREE, Strict=STRICT)
    misspelt = {"children": [{"daat": 1}]}

    assert tree.is_valid(misspelt)
    assert [v.pointer for v in strict.violations(misspelt)] == ["/children/0/daat"]
    assert strict.is_valid({"children": [{"data": 1, "children": []}]})


def test_the_two_meanings_of_a_dynamic_reference_live_side_by_side() -> None:
    both = compiled(
        {"properties": {
            "loose": {"$ref": "https://example.com/tree"},
            "tight": {"$ref": "https://example.com/strict"},
        }},
        Tree=TREE, Strict=STRICT,
    )  # fmt: skip

    assert both.is_valid({"loose": {"children": [{"x": 1}]}})
    assert both.violations({"tight": {"children": [{"x": 1}]}})


def test_a_list_of_anything_becomes_a_list_of_what_a_caller_of_it_says() -> None:
    generic = {
        "$id": "https://example.com/list",
        "type": "array",
        "items": {"$dynamicRef": "#item"},
        "$defs": {"any": {"$dynamicAnchor": "item"}},
    }
    numbers = {
        "$id": "https://example.com/numbers",
        "$ref": "list",
        "$defs": {"number": {"$dynamicAnchor": "item", "type": "number"}},
    }

    judge = compiled({"$ref": "https://example.com/numbers"}, List=generic, Numbers=numbers)

    assert judge.is_valid([1, 2.5])
    assert [v.pointer for v in judge.violations([1, "2"])] == ["/1"]


@pytest.mark.parametrize(
    "reference", ["https://example.com/other", "file:///etc/passwd", "other.yaml", "#none"]
)
def test_what_the_document_does_not_hold_is_neither_fetched_nor_passed_over(reference: str) -> None:
    with pytest.raises(DocumentError, match=r"reference into the document|begins with"):
        compiled({"$ref": reference}, A={"$id": "https://example.com/a"})


def test_names_in_examples_and_of_properties_are_not_names_of_schemas() -> None:
    described_ = described(
        {"properties": {"$id": {"type": "integer"}}, "example": {"$id": "x", "$ref": "#n"}},
        A={"enum": [{"$anchor": "n"}]},
    )

    local = with_local_references(described_)

    assert local.document == described_.document
    with pytest.raises(DocumentError):
        compiled({"$ref": "#n"}, A={"enum": [{"$anchor": "n"}]})


def test_a_description_without_names_stays_the_one_it_was() -> None:
    plain = described({"$ref": "#/components/schemas/A"}, A={"type": "integer"})

    assert with_local_references(plain) is plain


def test_a_request_is_read_by_a_schema_found_by_its_name() -> None:
    local = with_local_references(described({"$ref": "#n"}, A=COUNT))
    reader = RequestReader(local.operations[0], local.document, max_body_bytes=LIMIT)

    assert accepted(reader, b"1", content_type="application/json").body == 1
    assert refused(reader, b'"1"', content_type="application/json").status == 400
