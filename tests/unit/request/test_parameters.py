"""Parameters of every place and style are read strictly, or refused with their pointer."""

from collections.abc import Mapping
from typing import Any

import pytest

from gateway.edge.request.reader import RequestReader
from gateway.errors import DocumentError
from tests.unit.request.calls import accepted, document, operation, read, reader, refused, told

INTEGER = {"type": "integer"}
STRING = {"type": "string"}
INTEGERS = {"type": "array", "items": INTEGER}
STRINGS = {"type": "array", "items": STRING}
POINT = {
    "type": "object",
    "properties": {"x": INTEGER, "y": INTEGER},
    "required": ["x"],
    "additionalProperties": False,
}


def parameter(place: str, schema: Any, name: str = "p", **more: Any) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": schema, **more}


def taking(*parameters: Mapping[str, Any], **schemas: Any) -> RequestReader:
    return reader(operation("GET", parameters=parameters), document(**schemas))


def query(schema: Any, text: str | bytes, **more: Any) -> Mapping[str, Any]:
    return accepted(taking(parameter("query", schema, **more)), query=text).parameters


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        pytest.param(INTEGER, "p=10", 10, id="integer"),
        pytest.param(INTEGER, "p=-0", 0, id="minus-zero"),
        pytest.param(INTEGER, "p=%31", 1, id="encoded-digit"),
        pytest.param({"type": "number"}, "p=1e2", 100.0, id="number"),
        pytest.param({"type": "number"}, "p=3", 3, id="whole-number"),
        pytest.param(INTEGER, "p=18446744073709551615", 2**64 - 1, id="64-bits"),
        pytest.param({"type": "number"}, "p=1" + "0" * 20, 1e20, id="number-beyond-64-bits"),
        pytest.param({"type": "boolean"}, "p=true", True, id="boolean"),
        pytest.param(STRING, "p=a+b%20c%2B", "a b c+", id="spaces"),
        pytest.param(STRING, "p=10", "10", id="digits-stay-text"),
        pytest.param(STRING, "p=%C3%A9", "é", id="utf-8"),
        pytest.param(STRING, "%70=a", "a", id="encoded-name"),
        pytest.param(STRING, "p=a=b&&", "a=b", id="second-equals"),
        pytest.param(STRING, "p", "", id="no-equals"),
        pytest.param({}, "p=1", "1", id="no-type"),
        pytest.param({"type": "integer", "nullable": True}, "p=", None, id="null"),
        pytest.param({"enum": [1, 2]}, "p=2", 2, id="enum-without-type"),
        pytest.param({"oneOf": [INTEGER, STRING]}, "p=2", 2, id="union-integer"),
        pytest.param({"oneOf": [INTEGER, STRING]}, "p=b", "b", id="union-string"),
        pytest.param({"allOf": [INTEGER], "minimum": 1}, "p=2", 2, id="all-of"),
        pytest.param({"$ref": "#/components/schemas/Id"}, "p=2", 2, id="reference"),
    ],
)
def test_query_text_becomes_the_value_its_schema_means(schema: Any, text: str, value: Any) -> None:
    asked = taking(parameter("query", schema), Id=INTEGER)

    assert accepted(asked, query=text).parameters == {"p": value}


@pytest.mark.parametrize(
    ("schema", "text", "detail"),
    [
        pytest.param(INTEGER, "p=1_0", "an integer", id="underscore"),
        pytest.param(INTEGER, "p=%D9%A1", "an integer", id="arabic-digit"),
        pytest.param(INTEGER, "p=%2B1", "an integer", id="plus"),
        pytest.param(INTEGER, "p=+1", "an integer", id="space"),
        pytest.param(INTEGER, "p=01", "an integer", id="leading-zero"),
        pytest.param(INTEGER, "p=1.0", "an integer", id="float"),
        pytest.param(INTEGER, "p=1%0A", "an integer", id="newline"),
        pytest.param(INTEGER, "p=", "an integer", id="empty"),
        pytest.param(INTEGER, "p=" + "9" * 5_000, "an integer", id="five-thousand-digits"),
        pytest.param(INTEGER, "p=18446744073709551616", "an integer", id="beyond-64-bits"),
        pytest.param({"type": "number"}, "p=1e999", "a number", id="overflow"),
        pytest.param({"type": "number"}, "p=nan", "a number", id="nan"),
        pytest.param({"type": "number"}, "p=.", "a number", id="point"),
        pytest.param({"type": "boolean"}, "p=True", "true or false", id="boolean-case"),
        pytest.param({"type": "boolean"}, "p=1", "true or false", id="boolean-digit"),
        pytest.param(STRING, "p=a&p=b", "several times", id="repeated"),
        pytest.param(STRING, "p=a&%70=b", "several times", id="repeated-encoded"),
        pytest.param(STRING, "p=%zz", "hexadecimal", id="bad-escape"),
        pytest.param(STRING, "p=%", "hexadecimal", id="cut-escape"),
        pytest.param(STRING, "p=%ff", "UTF-8", id="bad-utf-8"),
        pytest.param(STRING, b"p=\xff", "UTF-8", id="bad-raw-utf-8"),
        pytest.param(STRING, "p=%ED%A0%80", "UTF-8", id="surrogate"),
        pytest.param({"type": "string", "maxLength": 2}, "p=abc", "at most 2", id="schema"),
    ],
)
def test_query_text_that_does_not_fit_is_refused(
    schema: Any, text: str | bytes, detail: str
) -> None:
    problem = refused(taking(parameter("query", schema)), query=text)

    assert (problem.status, problem.slug) == (400, "invalid-request")
    assert detail in told(problem)["/query/p"]


@pytest.mark.parametrize(
    "text", ["q=1", "q=%zz&p=1", "%ff=1&p=1", "q=1&q=2&p=1", "q[]=1&p=1", "=&&p=1"]
)
def test_unknown_query_parameters_are_ignored(text: str) -> None:
    assert "q" not in query(INTEGER, text)


def test_missing_parameter_is_absent_or_its_default_or_refused() -> None:
    optional = parameter("query", INTEGER)
    default = parameter("query", {"$ref": "#/components/schemas/Limit"}, "limit")
    items = parameter("query", {"type": "array", "items": INTEGER, "default": [1]}, "items")
    required = parameter("query", INTEGER, required=True)
    asked = taking(optional, default, items, Limit={"type": "integer", "default": 20})

    first = accepted(asked).parameters
    first["items"].append(2)

    assert accepted(asked).parameters == {"limit": 20, "items": [1]}
    assert told(refused(taking(required))) == {"/query/p": "is required"}


def test_empty_value_is_taken_where_it_is_allowed() -> None:
    assert query(INTEGER, "p", allowEmptyValue=True) == {"p": ""}


def test_a_thousand_pairs_are_the_most_a_query_may_have() -> None:
    asked = taking(parameter("query", INTEGER))

    assert accepted(asked, query="p=1" + "&q=1" * 999).parameters == {"p": 1}
    assert refused(asked, query="p=1" + "&q=1" * 1_000).status == 400


@pytest.mark.parametrize(
    ("schema", "style", "text", "value"),
    [
        pytest.param(INTEGERS, {}, "p=1&p=2", [1, 2], id="form-explode"),
        pytest.param(INTEGERS, {}, "p=1", [1], id="form-explode-one"),
        pytest.param(STRINGS, {}, "p=a,b", ["a,b"], id="form-explode-comma-is-data"),
        pytest.param(INTEGERS, {"explode": False}, "p=1,2", [1, 2], id="form"),
        pytest.param(INTEGERS, {"explode": False}, "p=1%2C2", [1, 2], id="form-encoded"),
        pytest.param(STRINGS, {"explode": False}, "p=a%2Cb,c", ["a,b", "c"], id="form-data-comma"),
        pytest.param(INTEGERS, {"explode": False}, "p=", [], id="form-empty"),
        pytest.param(INTEGERS, {"style": "spaceDelimited"}, "p=1%202", [1, 2], id="space"),
        pytest.param(INTEGERS, {"style": "spaceDelimited"}, "p=1+2", [1, 2], id="space-plus"),
        pytest.param(INTEGERS, {"style": "pipeDelimited"}, "p=1|2", [1, 2], id="pipe"),
        pytest.param(INTEGERS, {"style": "pipeDelimited"}, "p=1%7c2", [1, 2], id="pipe-encoded"),
        pytest.param(
            INTEGERS, {"style": "pipeDelimited", "explode": True}, "p=1&p=2", [1, 2], id="pipes"
        ),
        pytest.param(POINT, {}, "x=1&y=2", {"x": 1, "y": 2}, id="object"),
        pytest.param(POINT, {"explode": False}, "p=x,1,y,2", {"x": 1, "y": 2}, id="object-flat"),
        pytest.param(POINT, {"style": "deepObject"}, "p[x]=1&p%5By%5D=2", {"x": 1, "y": 2},
                     id="deep-object"),
        pytest.param({"type": "object", "properties": {"t": INTEGERS}}, {"style": "deepObject"},
                     "p[t]=1&p[t]=2", {"t": [1, 2]}, id="deep-object-array"),
        pytest.param({"type": "object", "additionalProperties": INTEGER}, {}, "a=1&b=2",
                     {"a": 1, "b": 2}, id="free-form"),
    ],
)  # fmt: skip
def test_query_styles_make_arrays_and_objects(
    schema: Any, style: Mapping[str, Any], text: str, value: Any
) -> None:
    assert query(schema, text, **style) == {"p": value}


@pytest.mark.parametrize(
    ("schema", "style", "text", "pointer"),
    [
        pytest.param(INTEGERS, {}, "p=1&p=x", "/query/p/1", id="bad-item"),
        pytest.param(INTEGERS, {"explode": False}, "p=1&p=2", "/query/p", id="form-repeated"),
        pytest.param(POINT, {}, "y=2", "/query/p/x", id="object-required"),
        pytest.param(POINT, {}, "x=1&x=2", "/query/p/x", id="object-repeated"),
        pytest.param(POINT, {"explode": False}, "p=x,1,y", "/query/p", id="object-odd"),
        pytest.param(POINT, {"style": "deepObject"}, "p[x]=a", "/query/p/x", id="deep-type"),
        pytest.param(POINT, {"style": "deepObject"}, "p[x]=1&p[z]=2", "/query/p/z", id="unknown"),
        pytest.param(POINT, {"style": "deepObject"}, "p[x][y]=1", "/query/p", id="deeper"),
    ],
)
def test_query_styles_refuse_what_does_not_fit(
    schema: Any, style: Mapping[str, Any], text: str, pointer: str
) -> None:
    problem = refused(taking(parameter("query", schema, **style)), query=text)

    assert list(told(problem)) == [pointer]


def test_free_form_object_leaves_the_names_of_other_parameters_alone() -> None:
    rest = parameter("query", {"type": "object", "additionalProperties": STRING}, "rest")

    taken = accepted(taking(rest, parameter("query", INTEGER)), query="p=1&a=b").parameters

    assert taken == {"p": 1, "rest": {"a": "b"}}


@pytest.mark.parametrize(
    ("schema", "style", "text", "value"),
    [
        pytest.param(INTEGER, {}, "5", 5, id="simple"),
        pytest.param(INTEGERS, {}, "3,4", [3, 4], id="simple-array"),
        pytest.param(POINT, {}, "x,1,y,2", {"x": 1, "y": 2}, id="simple-object"),
        pytest.param(POINT, {"explode": True}, "x=1,y=2", {"x": 1, "y": 2}, id="simple-explode"),
        pytest.param(INTEGER, {"style": "label"}, ".5", 5, id="label"),
        pytest.param(INTEGERS, {"style": "label"}, ".3,4", [3, 4], id="label-array"),
        pytest.param(INTEGERS, {"style": "label"}, ".3.4", [3, 4], id="label-array-3.0"),
        pytest.param(
            INTEGERS, {"style": "label", "explode": True}, ".3.4", [3, 4], id="label-explode"
        ),
        pytest.param(
            POINT, {"style": "label", "explode": True}, ".x=1.y=2", {"x": 1, "y": 2},
            id="label-object-explode",
        ),
        pytest.param(INTEGER, {"style": "matrix"}, ";p=5", 5, id="matrix"),
        pytest.param(INTEGERS, {"style": "matrix"}, ";p=3,4", [3, 4], id="matrix-array"),
        pytest.param(
            INTEGERS, {"style": "matrix", "explode": True}, ";p=3;p=4", [3, 4], id="matrix-explode"
        ),
        pytest.param(
            POINT, {"style": "matrix"}, ";p=x,1,y,2", {"x": 1, "y": 2}, id="matrix-object"
        ),
        pytest.param(
            POINT, {"style": "matrix", "explode": True}, ";x=1;y=2", {"x": 1, "y": 2},
            id="matrix-object-explode",
        ),
    ],
)  # fmt: skip
def test_path_styles_make_values(
    schema: Any, style: Mapping[str, Any], text: str, value: Any
) -> None:
    asked = taking(parameter("path", schema, **style))

    assert accepted(asked, path={"p": text}).parameters == {"p": value}


@pytest.mark.parametrize(
    ("style", "text"),
    [
        pytest.param({}, "x", id="simple"),
        pytest.param({"style": "label"}, "5", id="label-without-point"),
        pytest.param({"style": "matrix"}, "5", id="matrix-without-name"),
        pytest.param({"style": "matrix"}, ";q=5", id="matrix-of-another-name"),
    ],
)
@pytest.mark.parametrize(
    ("responses", "status"),
    [(("200",), 400), (("200", "404"), 404), (("200", "400", "404"), 400), (("default",), 400)],
)
def test_unfit_path_parameter_is_400_or_404_as_documented(
    style: Mapping[str, Any], text: str, responses: tuple[str, ...], status: int
) -> None:
    described = operation(
        "GET", parameters=[parameter("path", INTEGER, **style)], responses=responses
    )

    problem = refused(reader(described), path={"p": text})

    assert problem.status == status
    assert problem.slug == ("not-found" if status == 404 else "invalid-request")


def test_unfit_query_is_400_even_where_only_404_is_documented() -> None:
    described = operation("GET", parameters=[parameter("query", INTEGER)], responses=["404"])

    assert refused(reader(described), query="p=x").status == 400


@pytest.mark.parametrize(
    ("schema", "sent", "value"),
    [
        pytest.param(INTEGER, ["3"], 3, id="integer"),
        pytest.param(INTEGER, [" 3\t"], 3, id="white-space"),
        pytest.param(INTEGERS, ["1, 2", "3"], [1, 2, 3], id="array-over-two-lines"),
        pytest.param(POINT, ["x,1"], {"x": 1}, id="object"),
        pytest.param(STRING, ["\xc3\xa9"], "é", id="utf-8"),
    ],
)
def test_header_parameter_is_read_whatever_its_case(
    schema: Any, sent: list[str], value: Any
) -> None:
    asked = taking(parameter("header", schema, "X-Count"))

    taken = accepted(asked, headers=[("x-cOUNT", one) for one in sent])

    assert taken.parameters == {"X-Count": value}


@pytest.mark.parametrize(
    "sent", [["x"], ["1", "1"], ["\xff"], ["\xb2"]], ids=["text", "twice", "octets", "superscript"]
)
def test_header_parameter_that_does_not_fit_is_refused(sent: list[str]) -> None:
    asked = taking(parameter("header", INTEGER, "X-Count"))

    problem = refused(asked, headers=[("X-Count", one) for one in sent])

    assert list(told(problem)) == ["/header/X-Count"]


@pytest.mark.parametrize("name", ["Accept", "content-type", "AUTHORIZATION"])
def test_headers_that_oas_describes_elsewhere_are_no_parameters(name: str) -> None:
    asked = taking(parameter("header", INTEGER, name, required=True))

    assert accepted(asked).parameters == {}


@pytest.mark.parametrize(
    ("schema", "more", "cookies", "value"),
    [
        pytest.param(INTEGER, {}, ["a=b; p=3"], 3, id="integer"),
        pytest.param(INTEGER, {}, ["a=b", "p=3"], 3, id="two-headers"),
        pytest.param(STRING, {}, ['p="a"'], "a", id="quoted"),
        pytest.param(STRING, {}, ["p=a%20b+c"], "a b+c", id="escapes"),
        pytest.param(INTEGERS, {"explode": False}, ["p=1,2"], [1, 2], id="array"),
    ],
)
def test_cookie_parameter_is_read(
    schema: Any, more: Mapping[str, Any], cookies: list[str], value: Any
) -> None:
    asked = taking(parameter("cookie", schema, **more))

    assert accepted(asked, headers=[("Cookie", c) for c in cookies]).parameters == {"p": value}


@pytest.mark.parametrize("cookie", ["p=x", "p=1; p=2", "p=%zz", "p=%ff", "p"])
def test_cookie_parameter_that_does_not_fit_is_refused(cookie: str) -> None:
    asked = taking(parameter("cookie", INTEGER, required=True))

    assert list(told(refused(asked, headers=[("Cookie", cookie)]))) == ["/cookie/p"]


def test_json_parameter_is_read_as_strictly_as_a_body() -> None:
    asked = taking({"name": "p", "in": "query", "content": {"application/json": {"schema": POINT}}})

    assert accepted(asked, query='p={"x":%201}').parameters == {"p": {"x": 1}}
    assert told(refused(asked, query='p={"x":1,"x":2}')) == {
        "/query/p/x": "stands twice in its object"
    }
    assert list(told(refused(asked, query='p={"x":"a"}'))) == ["/query/p/x"]
    assert list(told(refused(asked, query="p={"))) == ["/query/p"]
    assert list(told(refused(asked, query="p={}&p={}"))) == ["/query/p"]


def test_name_in_two_places_means_the_path_and_stands_under_each_place() -> None:
    asked = taking(parameter("query", INTEGER, "id"), parameter("path", INTEGER, "id"))

    assert accepted(asked, query="id=1", path={"id": "2"}).parameters == {
        "id": 2,
        "path id": 2,
        "query id": 1,
    }
    assert accepted(asked, path={"id": "2"}).parameters == {"id": 2, "path id": 2}


def test_all_unfit_parameters_are_listed_with_escaped_pointers() -> None:
    asked = taking(
        parameter("query", INTEGER, "a/b~c"), parameter("header", INTEGER, "X-A", required=True)
    )

    assert list(told(refused(asked, query="a/b~c=x"))) == ["/query/a~1b~0c", "/header/X-A"]


def test_no_violation_of_a_parameter_quotes_its_value() -> None:
    asked = taking(parameter("query", INTEGER), parameter("header", INTEGER, "X-A"))

    problem = refused(asked, query="p=s3cret", headers=[("X-A", "s3cret")])

    assert "s3cret" not in repr(problem)


def test_recursive_schema_of_a_parameter_is_compiled() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}
    asked = taking(parameter("query", {"$ref": "#/components/schemas/Node"}), Node=node)

    assert read(asked, query="a=1") is not None


def test_parameter_that_cannot_be_read_does_not_load() -> None:
    with pytest.raises(DocumentError, match="query parameter `p`"):
        taking(parameter("query", {"type": "strin"}))
    with pytest.raises(DocumentError, match="parameters in `body`"):
        taking(parameter("body", STRING))
