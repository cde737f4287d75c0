"""OAS schemas judge requests as the document means them, and say why without quoting."""

from typing import Any

import pytest

from gateway.edge.request.problem import MAX_VIOLATIONS
from gateway.edge.request.schemas import CompiledSchema, Schemas
from gateway.errors import DocumentError
from tests.unit.request.calls import ORIGIN, document

SECRET = "s3cret-value"

NODE = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string", "minLength": 1},
        "password": {"type": "string", "writeOnly": True},
        "next": {"$ref": "#/components/schemas/Node", "nullable": True},
    },
    "additionalProperties": False,
}


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def compiled(schema: Any, openapi: str = "3.0.3", **schemas: Any) -> CompiledSchema:
    return Schemas(document(openapi, **schemas)).compile(schema, what="the body", origin=ORIGIN)


def told(schema: CompiledSchema, value: Any) -> dict[str, str]:
    assert not schema.is_valid(value)
    return {v.pointer: v.detail for v in schema.violations(value)}


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        pytest.param({"type": "string", "nullable": True}, None, 1, id="nullable"),
        pytest.param({"type": "string"}, "a", None, id="not-nullable"),
        pytest.param(
            {"type": "string", "enum": ["a"], "nullable": True}, None, "b", id="nullable-enum"
        ),
        pytest.param(
            {"allOf": [{"type": "object"}], "nullable": True}, None, 1, id="nullable-all-of"
        ),
        pytest.param({"type": "integer"}, 1, True, id="boolean-is-no-integer"),
        pytest.param({"type": "integer"}, 1, 1.0, id="float-is-no-integer-in-3.0"),
        pytest.param({"type": "number"}, 1, "1", id="text-is-no-number"),
        pytest.param({"type": "integer", "format": "int32"}, -(2**31), 2**31, id="int32"),
        pytest.param({"type": "integer", "format": "int64"}, 2**63 - 1, 2**63, id="int64"),
        pytest.param(
            {"type": "integer", "format": "int32", "maximum": 5}, 5, 6, id="int32-and-maximum"
        ),
        pytest.param(
            {"type": "number", "minimum": 0, "exclusiveMinimum": True}, 0.1, 0, id="exclusive"
        ),
        pytest.param(
            {"type": "number", "exclusiveMinimum": True}, 0, "0", id="exclusive-of-nothing"
        ),
        pytest.param(
            {"type": "string", "format": "date"}, "2024-02-29", "2023-02-29", id="date"
        ),
        pytest.param(
            {"type": "string", "format": "date-time"},
            "2024-02-29T12:00:00Z", "2024-02-29T12:00:00", id="date-time",
        ),
        pytest.param(
            {"type": "string", "format": "email"}, "a@example.com", "a@", id="email"
        ),
        pytest.param(
            {"type": "string", "format": "uuid"},
            "0b0e4c3a-1111-4222-8333-444455556666", "0b0e", id="uuid",
        ),
        pytest.param({"type": "string", "format": "byte"}, "aGk=", "aGk", id="byte"),
        pytest.param({"type": "string", "format": "made-up"}, "x", 1, id="unknown-format"),
        pytest.param(
            {"oneOf": [{"type": "string"}, {"type": "integer"}]}, "a", 1.5, id="one-of"
        ),
        pytest.param({"not": {"type": "string"}}, 1, "a", id="not"),
        pytest.param({"type": "string", "example": {"$ref": "nowhere"}}, "a", 1, id="remarks"),
    ],
)  # fmt: skip
def test_schema_takes_the_one_and_refuses_the_other(schema: Any, good: Any, bad: Any) -> None:
    judge = compiled(schema)

    assert judge.is_valid(good)
    assert judge.violations(good) == []
    assert told(judge, bad)


def test_recursive_schema_goes_into_the_value() -> None:
    node = compiled(ref("Node"), Node=NODE)

    assert node.is_valid({"name": "a", "next": {"name": "b", "next": None}})
    assert told(node, {"name": "a", "next": {"name": ""}}) == {
        "/next/name": "must have at least 1 character"
    }


def test_read_only_property_is_neither_required_nor_taken_and_write_only_is() -> None:
    node = compiled(ref("Node"), Node=NODE)

    assert node.is_valid({"name": "a", "password": SECRET})
    assert told(node, {"name": "a", "id": 1}) == {"/id": "is read-only and cannot be sent"}


def test_read_only_property_of_a_part_is_not_required_by_the_whole() -> None:
    whole = compiled({"allOf": [ref("Base")], "required": ["id", "a"]}, Base={
        "type": "object", "properties": {"id": {"type": "integer", "readOnly": True}},
    })  # fmt: skip

    assert whole.is_valid({"a": 1})
    assert told(whole, {}) == {"/a": "is required"}


def test_all_problems_are_listed_and_no_value_is_quoted() -> None:
    node = compiled(
        {
            "type": "object",
            "required": ["gone"],
            "additionalProperties": False,
            "properties": {
                "count": {"type": "integer"},
                "kind": {"type": "string", "enum": ["a", "b"]},
                "on": {"type": "string", "format": "date"},
                "code": {"type": "string", "pattern": "^x$"},
                "tags": {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True},
                "any": {"anyOf": [{"type": "integer"}, {"type": "array"}]},
            },
        }
    )

    violations = told(
        node,
        {"count": SECRET, "kind": SECRET, "on": SECRET, "code": SECRET, "tags": [SECRET, SECRET],
         "any": SECRET, "cuont": SECRET},
    )  # fmt: skip

    assert violations == {
        "/any": "fits none of the alternatives allowed here",
        "/gone": "is required",
        "/count": "must be an integer",
        "/kind": "must be one of `a`, `b`",
        "/on": "must be a date, as 2024-12-31",
        "/code": "must match the pattern `^x$`",
        "/tags": "must not hold an item twice",
        "/tags/0": "must be true or false",
        "/tags/1": "must be true or false",
        "/cuont": "is not a known property, did you mean `count`?",
    }
    assert SECRET not in str(violations)


def test_alternative_that_was_meant_is_the_one_talked_about() -> None:
    pets: dict[str, Any] = {
        "Cat": {"type": "object", "required": ["kind", "lives"], "properties": {
            "kind": {"type": "string", "enum": ["cat"]}, "lives": {"type": "integer"}}},
        "Dog": {"type": "object", "required": ["kind"], "properties": {
            "kind": {"type": "string", "enum": ["dog"]}}},
    }  # fmt: skip
    pet = compiled(
        {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": {"propertyName": "kind"}}, **pets
    )

    assert pet.is_valid({"kind": "dog"})
    assert told(pet, {"kind": "cat", "lives": "nine"}) == {"/lives": "must be an integer"}
    assert list(told(pet, {"kind": "cow"})) == [""]


def test_violations_are_bounded_and_a_large_body_of_errors_is_told_quickly() -> None:
    numbers = compiled({"type": "array", "items": {"type": "integer"}})

    assert len(numbers.violations(["x"] * 500)) == MAX_VIOLATIONS
    assert len(numbers.violations(["x"] * 300_000)) == 1


def test_large_body_under_a_union_is_refused_without_its_place() -> None:
    texts = {"type": "array", "items": ref("Text")}
    numbers = {"type": "array", "items": {"type": "integer"}}
    either = compiled({"oneOf": [texts, numbers]}, Text={"type": "string"})
    behind = compiled(ref("Either"), Either={"anyOf": [texts, numbers]}, Text={"type": "string"})

    for judge in (either, behind):
        assert judge.violations([1] * 50_000) == []
        assert told(judge, [None] * 50_000) == {"": "does not fit; it is too large to say where"}
        assert told(judge, [None] * 5) == {"": told(judge, [None])[""]}


def test_name_without_measure_is_cut_in_the_pointer() -> None:
    closed = compiled({"type": "object", "additionalProperties": False})

    (violation,) = closed.violations({"x" * 100_000: 1})

    assert len(violation.pointer) < 300


def test_pattern_that_explodes_is_stopped() -> None:
    hostile = compiled({"type": "string", "pattern": r"^(?=(a+)+$)(a|aa)+$"})

    assert not hostile.is_valid("a" * 40 + "b")
    assert hostile.violations("a" * 40 + "b")


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        pytest.param(ref("Gone"), "leads nowhere", id="dangling"),
        pytest.param({"$ref": "https://example.com/s"}, "not a reference into", id="remote"),
        pytest.param({"$ref": "file:///etc/passwd"}, "not a reference into", id="file"),
        pytest.param({"type": "strin"}, "strin", id="unknown-type"),
        pytest.param({"pattern": "("}, "regex", id="bad-pattern"),
        pytest.param({"minimum": "x"}, "number", id="bad-bound"),
        pytest.param({"allOf": 5}, "iterable", id="not-a-list"),
        pytest.param({"properties": {"a": 5}}, "not an object", id="not-a-schema"),
        pytest.param(ref("Loop"), "without end", id="refers-to-itself"),
    ],
)
@pytest.mark.parametrize("levels", [0, 1, 2])
def test_schema_that_cannot_be_used_is_told_with_its_operation(
    schema: Any, reason: str, levels: int
) -> None:
    named = {"S0": schema, "Loop": {"anyOf": [ref("Loop")]}}
    named |= {f"S{n}": {"properties": {"a": ref(f"S{n - 1}")}} for n in range(1, levels + 1)}

    with pytest.raises(DocumentError, match=reason) as caught:
        compiled(ref(f"S{levels}"), **named)

    assert caught.value.faults[0].origin == ORIGIN
    assert "the body" in caught.value.faults[0].message


def test_broken_component_that_nothing_uses_does_not_matter() -> None:
    assert compiled(ref("Good"), Good={"type": "string"}, Bad={"pattern": "("}).is_valid("a")


def test_equal_schemas_of_several_operations_are_compiled_once() -> None:
    schemas = Schemas(document(Node=NODE))

    one = schemas.compile(ref("Node"), what="the body", origin=ORIGIN)
    other = schemas.compile(ref("Node"), what="another body", origin=ORIGIN)

    assert one is other


def test_read_only_schema_behind_a_reference_is_not_taken() -> None:
    made = compiled(
        {"allOf": [ref("Base")], "required": ["id", "loop"]},
        Base={"properties": {"id": ref("Id"), "a": ref("Alias")}},
        Id={"type": "integer", "readOnly": True},
        Alias=ref("Id"),
    )

    assert told(made, {"id": 1, "a": 1, "loop": 0}) == {
        "/id": "is read-only and cannot be sent",
        "/a": "is read-only and cannot be sent",
    }


def test_true_and_false_are_schemas_in_3_1() -> None:
    judge = compiled(
        {"properties": {"a": True, "b": False}, "additionalProperties": False}, "3.1.0"
    )

    assert judge.is_valid({"a": 1})
    assert told(judge, {"b": 1, "c": 1}) == {
        "/b": "is not allowed here by the schema",
        "/c": "is not a known property",
    }


def test_schema_of_3_1_is_json_schema_2020_12() -> None:
    judge = compiled(
        {"type": ["integer", "null"], "exclusiveMinimum": 0, "$ref": "#/components/schemas/Max"},
        "3.1.0",
        Max={"anyOf": [{"maximum": 5}, {"type": "null"}]},
    )

    assert judge.is_valid(None)
    assert judge.is_valid(1.0)
    assert told(judge, 0) == {"": "must be more than 0"}
    assert told(judge, 6)
