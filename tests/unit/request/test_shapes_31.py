"""Parameters and form fields become what the type arrays and keywords of OAS 3.1 allow."""

from typing import Any

import pytest

from tests.unit.request.calls import (
    FORM,
    MULTIPART,
    accepted,
    body_of,
    document,
    operation,
    reader,
    refused,
    told,
)

INTEGER = {"type": "integer"}
V31 = document("3.1.0", Count={"type": ["integer", "null"]}, Named={"properties": {"n": True}})


def parameter(schema: Any, **more: Any) -> dict[str, Any]:
    return {"name": "p", "in": "query", "schema": schema, **more}


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        pytest.param({"type": ["integer", "null"]}, "5", 5, id="integer-or-null"),
        pytest.param({"type": ["integer", "null"]}, "", None, id="empty-is-null"),
        pytest.param({"type": ["string", "integer"]}, "5", 5, id="the-stricter-spelling-wins"),
        pytest.param({"type": ["string", "integer"]}, "5a", "5a", id="else-text"),
        pytest.param({"type": ["boolean", "number"]}, "true", True, id="boolean-or-number"),
        pytest.param({"const": 7}, "7", 7, id="const"),
        pytest.param({"enum": ["1", 2]}, "2", 2, id="enum"),
        pytest.param(
            {"$ref": "#/components/schemas/Count", "minimum": 3}, "4", 4, id="beside-a-reference"
        ),
        pytest.param({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "", None, id="any-of"),
        pytest.param({"prefixItems": [{"type": "integer"}]}, "1", [1], id="prefixItems"),
        pytest.param(
            {"type": ["array", "null"], "items": {"type": "integer"}}, "1", [1], id="list"
        ),
        pytest.param({"type": "array", "contains": {"const": 1}}, "1", [1], id="contains"),
        pytest.param(True, "x", "x", id="anything"),
    ],
)
def test_a_text_becomes_what_its_types_allow(schema: Any, text: str, value: Any) -> None:
    asked = reader(operation("GET", parameters=[parameter(schema)]), V31)

    assert accepted(asked, query=f"p={text}").parameters == {"p": value}


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": ["integer", "null"]}, "x"),
        ({"type": ["integer", "boolean"]}, ""),
        ({"const": 7}, "8"),
        ({"$ref": "#/components/schemas/Count", "minimum": 3}, "2"),
        (False, "x"),
        ({"type": "integer", "exclusiveMinimum": 0}, "0"),
    ],
)
def test_a_text_that_fits_no_type_is_refused(schema: Any, text: str) -> None:
    asked = reader(operation("GET", parameters=[parameter(schema)]), V31)

    assert "/query/p" in told(refused(asked, query=f"p={text}"))


def test_a_default_beside_a_reference_counts_since_3_1() -> None:
    schema = {"$ref": "#/components/schemas/Count", "default": 9}
    new = reader(operation("GET", parameters=[parameter(schema)]), V31)
    old = reader(
        operation("GET", parameters=[parameter(schema)]), document(Count={"type": "integer"})
    )

    assert accepted(new).parameters == {"p": 9}
    assert accepted(old).parameters == {}


@pytest.mark.parametrize(
    ("schema", "sent", "body"),
    [
        pytest.param(
            {"type": "object", "properties": {"a": {"type": ["integer", "null"]}}},
            b"a=&b=1", {"a": None}, id="null",
        ),
        pytest.param(
            {"properties": {"k": {}}, "if": {"properties": {"k": {"const": "x"}}},
             "then": {"properties": {"n": {"type": "integer"}}}},
            b"k=x&n=5", {"k": "x", "n": 5}, id="then",
        ),
        pytest.param(
            {"properties": {"k": {}}, "dependentSchemas": {"k": {"properties": {"n": INTEGER}}}},
            b"k=x&n=5&m=1", {"k": "x", "n": 5}, id="dependent",
        ),
        pytest.param(
            {"type": "object", "patternProperties": {"^x": {"type": "integer"}}},
            b"xa=5", {"xa": 5}, id="pattern",
        ),
    ],
)  # fmt: skip
def test_a_form_has_the_fields_that_any_keyword_names(schema: Any, sent: bytes, body: Any) -> None:
    asked = reader(operation(body=body_of(schema, FORM)), V31)

    assert accepted(asked, sent, content_type=FORM).body == body


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({}, b"\xff\x00"),
        ({"type": "string", "contentMediaType": "image/png"}, b"\xff\x00"),
        ({"type": "string", "format": "binary"}, b"\xff\x00"),
        ({"type": "string", "contentEncoding": "base64"}, "AA=="),
        ({"contentMediaType": "image/png", "contentEncoding": "base64"}, "AA=="),
    ],
)
def test_a_part_holds_octets_or_text_as_its_schema_says(schema: Any, value: str | bytes) -> None:
    octets = value if isinstance(value, bytes) else value.encode()
    sent = b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n' + octets + b"\r\n--b--\r\n"
    asked = reader(
        operation(body=body_of({"type": "object", "properties": {"f": schema}}, MULTIPART)), V31
    )

    assert accepted(asked, sent, content_type=f"{MULTIPART}; boundary=b").body == {"f": value}


def test_octets_are_no_text_where_text_is_asked_for() -> None:
    sent = b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n\xff\r\n--b--\r\n'
    schema = {"type": "object", "properties": {"f": {"type": "string"}}}
    asked = reader(operation(body=body_of(schema, MULTIPART)), V31)

    assert told(refused(asked, sent, content_type=f"{MULTIPART}; boundary=b")) == {
        "/f": "is not UTF-8"
    }
