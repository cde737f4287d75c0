"""Forms become what their schema describes; what it does not know never reaches a handler."""

from typing import Any

import pytest

from tests.unit.request.calls import (
    FORM,
    accepted,
    body_of,
    document,
    operation,
    reader,
    refused,
    told,
)

INTEGER = {"type": "integer"}
SONG = {
    "type": "object",
    "required": ["title"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "title": {"type": "string", "minLength": 1},
        "year": {"type": "integer", "nullable": True},
        "rating": {"type": "number"},
        "live": {"type": "boolean"},
        "tags": {"type": "array", "items": INTEGER},
        "album": {"type": "object", "properties": {"id": INTEGER}},
    },
}


def form(schema: Any = SONG, **encoding: Any) -> Any:
    body = body_of(schema, FORM)
    body["content"][FORM]["encoding"] = encoding
    return reader(operation(body=body), document(Song=SONG))


@pytest.mark.parametrize(
    ("text", "body"),
    [
        pytest.param("title=a+b%20c", {"title": "a b c"}, id="spaces"),
        pytest.param("title=1", {"title": "1"}, id="digits-stay-text"),
        pytest.param(
            "title=a&year=1999&rating=4.5&live=true",
            {"title": "a", "year": 1999, "rating": 4.5, "live": True}, id="scalars",
        ),
        pytest.param("title=a&year=", {"title": "a", "year": None}, id="null"),
        pytest.param("title=a&tags=1&tags=2", {"title": "a", "tags": [1, 2]}, id="array"),
        pytest.param("title=a&tags=1", {"title": "a", "tags": [1]}, id="array-of-one"),
        pytest.param('title=a&album={"id":1}', {"title": "a", "album": {"id": 1}}, id="object"),
        pytest.param("title=a&scope=write", {"title": "a"}, id="unknown"),
        pytest.param("title=a&x=1&x=2&is_staff=true", {"title": "a"}, id="unknown-repeated"),
        pytest.param("&&title=a&", {"title": "a"}, id="empty-pairs"),
        pytest.param("%74itle=%C3%A9", {"title": "é"}, id="encoded-name"),
    ],
)  # fmt: skip
def test_fields_are_coerced_and_unknown_ones_dropped(text: str, body: Any) -> None:
    assert accepted(form(), text.encode(), content_type=FORM).body == body


@pytest.mark.parametrize(
    ("raw", "pointer", "detail"),
    [
        pytest.param(b"title=", "/title", "at least 1", id="empty"),
        pytest.param(b"year=1999", "/title", "required", id="missing"),
        pytest.param(b"title=a&title=b", "/title", "several times", id="repeated"),
        pytest.param(b"title=a&year=1_0", "/year", "an integer", id="underscore"),
        pytest.param(b"title=a&year=%D9%A1", "/year", "an integer", id="arabic-digit"),
        pytest.param(b"title=a&year=+1", "/year", "an integer", id="space"),
        pytest.param(b"title=a&live=on", "/live", "true or false", id="on"),
        pytest.param(b"title=a&tags=1&tags=x", "/tags/1", "an integer", id="item"),
        pytest.param(b"title=a&id=1", "/id", "read-only", id="read-only"),
        pytest.param(b"title=a&album={", "/album", "not valid JSON", id="bad-object"),
        pytest.param(b"title=a&album=%5B" + b"%5B" * 200, "/album", "deeper", id="deep-object"),
        pytest.param(b'title=a&album={"id":1,"id":2}', "/album/id", "twice", id="object-twice"),
        pytest.param(b"title=%zz", "/title", "hexadecimal", id="bad-escape"),
        pytest.param(b"title=%ff", "/title", "UTF-8", id="bad-utf-8"),
        pytest.param(b"\xff=1&title=a", "", "UTF-8", id="bad-name"),
    ],
)
def test_fields_that_do_not_fit_are_refused(raw: bytes, pointer: str, detail: str) -> None:
    problem = refused(form(), raw, content_type=FORM)

    assert problem.status == 400
    assert detail in told(problem)[pointer]


def test_a_thousand_fields_are_the_most_a_form_may_have() -> None:
    few, many = b"title=a" + b"&x=1" * 999, b"title=a" + b"&x=1" * 1_000

    assert accepted(form(), few, content_type=FORM).body == {"title": "a"}
    assert refused(form(), many, content_type=FORM).status == 400


def test_schema_behind_references_and_parts_says_what_the_fields_are() -> None:
    whole = {
        "allOf": [
            {"$ref": "#/components/schemas/Song"},
            {"type": "object", "properties": {"more": INTEGER}},
        ]
    }
    open_song = {key: value for key, value in SONG.items() if key != "additionalProperties"}
    asked = reader(operation(body=body_of(whole, FORM)), document(Song=open_song))

    taken = accepted(asked, b"title=a&more=1&year=2&other=3", content_type=FORM)

    assert taken.body == {"title": "a", "more": 1, "year": 2}


def test_additional_properties_with_a_schema_are_declared_and_coerced() -> None:
    asked = form({"type": "object", "additionalProperties": INTEGER})

    assert accepted(asked, b"a=1&b=2", content_type=FORM).body == {"a": 1, "b": 2}


def test_additional_properties_allowed_in_general_are_dropped_beside_declared_ones() -> None:
    asked = form({"type": "object", "properties": {"a": INTEGER}, "additionalProperties": True})

    assert accepted(asked, b"a=1&b=2", content_type=FORM).body == {"a": 1}


def test_form_without_a_description_is_taken_as_text() -> None:
    asked = form({"type": "object"})

    assert accepted(asked, b"a=1&b=2&b=3", content_type=FORM).body == {"a": "1", "b": ["2", "3"]}


def test_encoding_without_explode_cuts_one_field_into_items() -> None:
    asked = form(tags={"explode": False})

    assert accepted(asked, b"title=a&tags=1,2", content_type=FORM).body["tags"] == [1, 2]
    assert told(refused(asked, b"title=a&tags=1&tags=2", content_type=FORM)) == {
        "/tags": "is given several times, where one value is expected"
    }
