"""Schemas of OAS 3.1 and 3.2 are JSON Schema, in the dialect that document or schema names."""

from typing import Any

import pytest

from gateway.edge.request.schemas import CompiledSchema, Schemas
from gateway.errors import DocumentError
from tests.unit.request.calls import ORIGIN, document

DRAFT_04 = "http://json-schema.org/draft-04/schema#"
DRAFT_06 = "http://json-schema.org/draft-06/schema#"
DRAFT_07 = "http://json-schema.org/draft-07/schema#"
DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"

OPEN = {"properties": {"a": {"type": "integer"}}}
BIG = {"minimum": 10}


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def compiled(schema: Any, dialect: str | None = None, version: str = "3.1.0") -> CompiledSchema:
    whole = document(version, Open=OPEN, Big=BIG)
    if dialect is not None:
        whole["jsonSchemaDialect"] = dialect
    return Schemas(whole).compile(schema, what="the body", origin=ORIGIN)


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        pytest.param({"type": ["integer", "null"]}, None, "1", id="type-array"),
        pytest.param({"type": "null"}, None, 0, id="null"),
        pytest.param({"const": {"a": 1}}, {"a": 1}, {"a": 2}, id="const"),
        pytest.param(
            {"prefixItems": [{"type": "string"}], "items": {"type": "integer"}},
            ["a", 1], ["a", "b"], id="prefixItems",
        ),
        pytest.param({"prefixItems": [True], "items": False}, [1], [1, 2], id="tuple-closed"),
        pytest.param({"contains": {"const": 1}}, [0, 1], [0, 2], id="contains"),
        pytest.param(
            {"contains": {"const": 1}, "minContains": 2, "maxContains": 2},
            [1, 1], [1, 1, 1], id="how-many-it-contains",
        ),
        pytest.param(
            {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}},
            {"a": 1, "b": 1}, {"a": 1, "c": 1}, id="if-then-else",
        ),
        pytest.param(
            {"dependentSchemas": {"a": {"required": ["b"]}}}, {"b": 1}, {"a": 1}, id="dependent"
        ),
        pytest.param(
            {"dependentRequired": {"a": ["b"]}}, {"a": 1, "b": 1}, {"a": 1}, id="dependentRequired"
        ),
        pytest.param(
            {"allOf": [ref("Open")], "unevaluatedProperties": False},
            {"a": 1}, {"a": 1, "b": 1}, id="unevaluatedProperties",
        ),
        pytest.param(
            {"$ref": "#/components/schemas/Open", "unevaluatedProperties": False},
            {"a": 1}, {"b": 1}, id="unevaluated-beside-a-reference",
        ),
        pytest.param(
            {"$ref": "#/components/schemas/Big", "maximum": 20}, 15, 21, id="siblings-count"
        ),
        pytest.param(
            {"patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": False},
            {"x-a": ""}, {"y": ""}, id="patternProperties",
        ),
        pytest.param({"propertyNames": {"maxLength": 1}}, {"a": 1}, {"ab": 1}, id="propertyNames"),
        pytest.param({"exclusiveMinimum": 0}, 0.1, 0, id="exclusive-is-a-number"),
        pytest.param({"type": "integer", "format": "int32"}, 1, 2**31, id="int32"),
        pytest.param({"type": ["string", "null"], "format": "date"}, None, "x", id="format"),
        pytest.param(
            {"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png"},
            "not base64 at all", 1, id="content-is-a-remark",
        ),
        pytest.param({"type": "string", "nullable": True}, "", None, id="nullable-means-nothing"),
        pytest.param(
            {"examples": ["$ref"], "$comment": "x", "type": "string"}, "", 1, id="remarks"
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("version", ["3.1.0", "3.1.2", "3.2.0"])
def test_a_schema_is_json_schema_2020_12(schema: Any, good: Any, bad: Any, version: str) -> None:
    judge = compiled(schema, version=version)

    assert judge.is_valid(good)
    assert judge.violations(good) == []
    assert judge.violations(bad)


@pytest.mark.parametrize(
    ("dialect", "schema", "good", "bad"),
    [
        (DRAFT_07, {"items": [{"const": 1}], "additionalItems": {"const": 2}}, [1, 2], [1, 1]),
        (DRAFT_07, {**ref("Big"), "maximum": 20}, 21, 9),
        (DRAFT_07, {"dependencies": {"a": ["b"]}}, {"b": 1}, {"a": 1}),
        (DRAFT_07, {"dependencies": {"a": {"required": ["b"]}}}, {"b": 1}, {"a": 1}),
        (DRAFT_07, {"if": {"const": 1}, "then": False}, 2, 1),
        (DRAFT_07, {"prefixItems": [False], "items": {"const": 1}}, [1], [2]),
        (DRAFT_06, {"if": {"const": 1}, "then": False, "const": 1}, 1, 2),
        (DRAFT_04, {"minimum": 1, "exclusiveMinimum": True}, 2, 1),
        (DRAFT_04, {"minimum": 1, "exclusiveMinimum": False}, 1, 0),
        (DRAFT_04, {"const": 1, "type": "string"}, "a", 1),
        (DRAFT_2019, {"items": [{"const": 1}], "unevaluatedItems": False}, [1], [1, 2]),
        (DRAFT_2019, {**ref("Big"), "maximum": 20}, 20, 21),
        (DRAFT_2020, {"prefixItems": [{"const": 1}]}, [1], [2]),
        ("https://spec.openapis.org/oas/3.1/dialect/base", {"const": 1}, 1, 2),
        ("https://spec.openapis.org/oas/3.2/dialect/2025-09-17", {"const": 1}, 1, 2),
    ],
)
def test_a_document_or_a_schema_may_be_written_in_an_older_dialect(
    dialect: str, schema: Any, good: Any, bad: Any
) -> None:
    by_document = compiled(schema, dialect)
    by_schema = compiled({"properties": {"a": {"$schema": dialect, "allOf": [schema]}}})

    assert by_document.is_valid(good)
    assert by_document.violations(bad)
    assert by_schema.is_valid({"a": good})
    assert by_schema.violations({"a": bad})


def test_a_schema_that_is_referred_to_keeps_the_dialect_of_its_place() -> None:
    old = {"$schema": DRAFT_04, "properties": {"a": {"minimum": 1, "exclusiveMinimum": True}}}
    whole = document("3.1.0", Old=old)

    judge = Schemas(whole).compile(
        {"allOf": [{"$ref": "#/components/schemas/Old/properties/a"}], "exclusiveMaximum": 3},
        what="the body",
        origin=ORIGIN,
    )

    assert judge.is_valid(2)
    assert [len(judge.violations(value)) for value in (1, 3)] == [1, 1]


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"$schema": "https://example.com/mine"}, "dialect `https://example.com/mine` is not read"),
        ({"$schema": DRAFT_2019, "$recursiveRef": "#"}, "recursiveRef"),
        ({"items": [{}]}, "not an object"),
        ({"minimum": 1, "exclusiveMinimum": True}, "true"),
        ({"type": ["integer", "nul"]}, "nul"),
        ({"required": True}, "`required` is no list"),
        ({"properties": {"a": {"readOnly": "true"}}}, "`readOnly` is neither true nor false"),
        ({"$ref": "https://example.com/s.json"}, "not a reference into"),
        ({"$dynamicRef": "#nowhere"}, "nowhere"),
        ({"$ref": "#anchor"}, "anchor"),
    ],
)
def test_a_schema_of_no_known_meaning_is_told_with_its_operation(schema: Any, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason) as caught:
        compiled({"properties": {"a": schema}})

    (fault,) = caught.value.faults
    assert fault.origin == ORIGIN
    assert "\n" not in str(fault)


def test_a_document_in_an_unknown_dialect_has_no_schema_that_can_be_used() -> None:
    with pytest.raises(DocumentError, match="the dialect `urn:mine` is not read; name"):
        compiled({}, "urn:mine")


@pytest.mark.parametrize(
    "loop",
    [
        {"then": ref("Loop"), "if": True},
        {"dependentSchemas": {"a": ref("Loop")}},
        {"not": {"not": ref("Loop")}},
        {"anyOf": [{"$ref": "#/components/schemas/Other"}]},
    ],
)
def test_a_schema_that_leads_to_itself_in_place_is_refused(loop: Any) -> None:
    whole = document("3.1.0", Loop=loop, Other=ref("Loop"), Good={"properties": {"a": ref("Good")}})
    schemas = Schemas(whole)

    with pytest.raises(DocumentError, match="without end"):
        schemas.compile(ref("Loop"), what="the body", origin=ORIGIN)
    with pytest.raises(DocumentError, match="without end"):
        schemas.compile(ref("Loop"), what="the other body", origin=ORIGIN)

    assert schemas.compile(ref("Good"), what="x", origin=ORIGIN).is_valid({"a": {"a": {}}})


def test_a_broken_schema_is_told_to_each_who_needs_it() -> None:
    whole = document("3.1.0", Bad={"pattern": "("}, One={"properties": {"a": ref("Bad")}})
    schemas = Schemas(whole)

    for schema in (ref("One"), ref("One"), {"allOf": [ref("One")]}, ref("Bad")):
        with pytest.raises(DocumentError, match="regex"):
            schemas.compile(schema, what="the body", origin=ORIGIN)
