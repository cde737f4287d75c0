"""Parameters of OAS 3.2: the whole query as one value, and cookies as they are."""

from typing import Any

import pytest

from gateway.errors import DocumentError
from tests.unit.request.calls import (
    FORM,
    JSON,
    accepted,
    document,
    operation,
    reader,
    refused,
    told,
)

V32 = document("3.2.0")
FILTER = {
    "type": "object",
    "required": ["n"],
    "properties": {"n": {"type": "integer"}, "tags": {"type": "array", "items": {}}},
}


def querystring(media_type: str, schema: Any, **more: Any) -> Any:
    content = {media_type: {"schema": schema}}
    written = {"name": "q", "in": "querystring", "content": content, **more}
    return reader(operation("GET", parameters=[written]), V32)


def cookie(schema: Any, **more: Any) -> Any:
    written = {"name": "c", "in": "cookie", "style": "cookie", "schema": schema, **more}
    return reader(operation("GET", parameters=[written]), V32)


@pytest.mark.parametrize(
    ("media_type", "query", "value"),
    [
        (FORM, "n=1&tags=a&tags=b+c&other=1", {"n": 1, "tags": ["a", "b c"]}),
        (JSON, "%7B%22n%22%3A1%7D", {"n": 1}),
        (JSON, '{"n":1}', {"n": 1}),
    ],
)
def test_the_whole_query_is_one_value(media_type: str, query: str, value: Any) -> None:
    asked = querystring(media_type, FILTER)

    assert accepted(asked, query=query).parameters == {"q": value}


@pytest.mark.parametrize(
    ("media_type", "query", "at"),
    [
        (FORM, "n=x", "/querystring/q/n"),
        (FORM, "tags=a", "/querystring/q/n"),
        (JSON, "%7B%22n%22%3A%22x%22%7D", "/querystring/q/n"),
        (JSON, "n=1", "/querystring/q"),
        (JSON, "%7", "/querystring/q"),
        (JSON, "%FF", "/querystring/q"),
    ],
)
def test_a_query_that_does_not_fit_is_told_with_its_place(
    media_type: str, query: str, at: str
) -> None:
    problem = refused(querystring(media_type, FILTER), query=query)

    assert problem.status == 400
    assert list(told(problem)) == [at]


def test_another_media_type_is_handed_on_as_text() -> None:
    asked = querystring("application/jsonpath", {"type": "string", "pattern": r"^\$"})

    assert accepted(asked, query="%24.a%5B0%5D").parameters == {"q": "$.a[0]"}
    assert told(refused(asked, query="a")) == {"/querystring/q": r"must match the pattern `^\$`"}


def test_no_query_is_no_value_unless_one_is_required() -> None:
    assert accepted(querystring(FORM, FILTER)).parameters == {}
    assert told(refused(querystring(FORM, FILTER, required=True))) == {
        "/querystring/q": "is required"
    }


@pytest.mark.parametrize(
    ("schema", "sent", "value"),
    [
        ({"type": "string"}, "c=a%20b", "a%20b"),
        ({"type": "array", "items": {"type": "integer"}}, "c=1; c=2", [1, 2]),
        ({"type": "object", "properties": {"n": {"type": "integer"}}}, "n=1; x=2", {"n": 1}),
    ],
)
def test_a_cookie_of_its_own_style_is_taken_as_it_is(schema: Any, sent: str, value: Any) -> None:
    asked = cookie(schema)

    assert accepted(asked, headers=[("Cookie", sent)]).parameters == {"c": value}


def test_a_cookie_of_style_form_is_decoded_still() -> None:
    written = {"name": "c", "in": "cookie", "schema": {"type": "string"}}
    asked = reader(operation("GET", parameters=[written]), V32)

    assert accepted(asked, headers=[("Cookie", "c=a%20b")]).parameters == {"c": "a b"}


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ({"in": "query", "style": "matrix"}, "has the style `matrix`; in `query` there is `form`"),
        ({"in": "path", "style": "form"}, "in `path` there is `simple`, `label`, `matrix`"),
        ({"in": "query", "style": "cookie"}, "has the style `cookie`"),
        ({"in": "nowhere"}, "parameters in `nowhere` cannot be read"),
        ({"in": "query", "required": "true"}, "`required` of the query parameter `p` is neither"),
        ({"in": "query", "explode": 1}, "`explode` of the query parameter `p` is neither"),
        ({"in": "query", "allowEmptyValue": "no"}, "`allowEmptyValue` of the query parameter `p`"),
        ({"in": "querystring", "required": 1}, "`required` of the querystring parameter `p`"),
    ],
)
def test_a_parameter_that_cannot_be_read_as_written_is_never_read_otherwise(
    written: Any, reason: str
) -> None:
    with pytest.raises(DocumentError, match=reason.replace("(", r"\(")):
        reader(operation("GET", parameters=[{"name": "p", "schema": {}, **written}]), V32)


def test_reserved_characters_are_read_whether_they_were_encoded_or_not() -> None:
    written = {"name": "p", "in": "query", "schema": {"type": "string"}, "allowReserved": True}
    asked = reader(operation("GET", parameters=[written]), V32)

    assert accepted(asked, query="p=a/b?c:@").parameters == {"p": "a/b?c:@"}
    assert accepted(asked, query="p=a%2Fb%3Fc%3A%40").parameters == {"p": "a/b?c:@"}
