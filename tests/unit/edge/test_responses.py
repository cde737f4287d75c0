"""What a handler returned, as an HTTP answer."""

from collections.abc import Mapping
from typing import Any

import pytest

from gateway.edge.responses import Defaults, as_answer, defaults_of, refusal_problem, result_reply
from gateway.edge.settled_head import SettledHead
from gateway.handler import Answer, Conflict, NotFound, Refusal, Unavailable, Violation
from tests.edge.gateway.world import document, read
from tests.edge.gateway.world import operation as element

JSON = Defaults(200, b"application/json")
TEXT = Defaults(200, b"text/plain")


def sent(result: Any, defaults: Defaults = JSON) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer."""
    status, found, body = result_reply(result, defaults)
    pairs = found.headers(len(body)) if isinstance(found, SettledHead) else found
    headers = {name.decode(): value.decode("latin-1") for name, value in pairs}
    assert len(headers) == len(pairs)
    return status, headers, body


def defaults(responses: Mapping[str, Any]) -> Defaults:
    text = document({"/a": {"get": element(responses=responses)}})
    return defaults_of(read(text).operations[0])


def response(*media_types: str) -> Mapping[str, Any]:
    return {"description": "", "content": {name: {} for name in media_types}}


@pytest.mark.parametrize(
    ("responses", "expected"),
    [
        pytest.param(
            {"204": response(), "201": response()}, (201, "application/json"), id="lowest"
        ),
        pytest.param({"default": response("text/plain")}, (200, "application/json"), id="default"),
        pytest.param({"404": response()}, (200, "application/json"), id="no success"),
        pytest.param({"302": response()}, (200, "application/json"), id="redirect"),
        pytest.param(
            {"200": response("text/csv", "application/json")}, (200, "text/csv"), id="first"
        ),
        pytest.param({"200": response("*/*")}, (200, "application/json"), id="any"),
        pytest.param({"200": response("text/*")}, (200, "application/json"), id="any text"),
        pytest.param({"200": {"description": ""}}, (200, "application/json"), id="no content"),
    ],
)
def test_an_answer_is_what_the_document_declares_where_the_handler_does_not_say(
    responses: Mapping[str, Any], expected: tuple[int, str]
) -> None:
    found = defaults(responses)

    assert (found.status, found.content_type.decode()) == expected


@pytest.mark.parametrize(
    ("result", "body"),
    [
        pytest.param({"a": 1}, b'{"a":1}', id="object"),
        pytest.param([], b"[]", id="empty list"),
        pytest.param(["a", "b"], b'["a","b"]', id="list"),
        pytest.param("text", b'"text"', id="text as JSON"),
        pytest.param(0, b"0", id="zero"),
        pytest.param(False, b"false", id="false"),
        pytest.param(b"{raw}", b"{raw}", id="bytes as they are"),
        pytest.param("", b'""', id="empty text"),
    ],
)
def test_a_value_is_sent_as_json(result: Any, body: bytes) -> None:
    assert sent(result) == (
        200,
        {"content-type": "application/json", "content-length": str(len(body))},
        body,
    )


def test_none_is_an_answer_without_a_body() -> None:
    assert sent(None) == (200, {"content-length": "0"}, b"")


@pytest.mark.parametrize(
    ("result", "content_type", "body"),
    [
        pytest.param("h\u00e9", "text/plain", "h\u00e9".encode(), id="text"),
        pytest.param(b"\xff", "text/plain", b"\xff", id="bytes"),
        pytest.param({"a": 1}, "application/json", b'{"a":1}', id="object"),
    ],
)
def test_a_document_that_declares_another_media_type_is_kept_as_far_as_it_fits(
    result: Any, content_type: str, body: bytes
) -> None:
    status, headers, found = sent(result, TEXT)

    assert (status, headers["content-type"], found) == (200, content_type, body)


def test_an_answer_says_its_own_status_and_headers() -> None:
    answer = Answer({"a": 1}, status=202, headers={"X-One": "1", "Content-Type": "text/x"})

    status, headers, _ = sent(answer)

    assert status == 202
    assert headers == {"x-one": "1", "content-type": "text/x", "content-length": "7"}


def test_how_an_answer_is_framed_is_not_the_handlers_to_say() -> None:
    framing = {"Content-Length": "999", "Transfer-Encoding": "chunked", "Connection": "close"}

    assert sent(Answer("x", headers=framing)) == sent("x")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"x": "a\r\nset-cookie: b"}, id="line break in a value"),
        pytest.param({"x\r\ny": "a"}, id="line break in a name"),
        pytest.param({"x": "a\x00"}, id="NUL"),
        pytest.param({"x": " a"}, id="space before"),
        pytest.param({"x:": "a"}, id="colon"),
        pytest.param({"": "a"}, id="no name"),
        pytest.param({"x": "\u20ac"}, id="beyond Latin-1"),
    ],
)
def test_a_header_that_would_break_the_answer_is_a_fault(headers: Mapping[str, str]) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        sent(Answer(1, headers=headers))


@pytest.mark.parametrize(
    "headers", [{"Location": "/songs/1"}, {"x": ""}, {"x": "a\tb c"}, {"x": "h\u00e9"}]
)
def test_a_header_that_http_can_carry_is_sent(headers: Mapping[str, str]) -> None:
    (name, value) = next(iter(headers.items()))

    assert sent(Answer(1, headers=headers))[1][name.lower()] == value


@pytest.mark.parametrize("status", [0, 2, 100, 199, 600, -200])
def test_a_status_that_is_not_final_is_a_fault(status: int) -> None:
    with pytest.raises(ValueError, match="is not the status of an answer"):
        sent(Answer(1, status=status))


@pytest.mark.parametrize("status", [204, 205, 304])
def test_a_status_without_a_body_sends_none(status: int) -> None:
    assert sent(Answer({"a": 1}, status=status)) == (status, {}, b"")


def test_an_answer_without_a_status_has_the_documents() -> None:
    assert sent(Answer(1), Defaults(201, b"application/json"))[0] == 201


def test_a_declared_no_content_has_no_body_whatever_the_handler_returns() -> None:
    assert sent({"a": 1}, Defaults(204, b"application/json")) == (204, {}, b"")


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        pytest.param(("x", 201), Answer("x", 201), id="body and status"),
        pytest.param(
            ("x", 201, {"A": "b"}), Answer("x", 201, {"A": "b"}), id="body, status, headers"
        ),
        pytest.param((None, 204), Answer(None, 204), id="no body"),
        pytest.param(("x", "y"), Answer(("x", "y")), id="a pair that is none"),
        pytest.param(("x",), Answer(("x",)), id="one"),
        pytest.param((1, 2, 3), Answer((1, 2, 3)), id="three numbers"),
        pytest.param({}, Answer({}), id="object"),
        pytest.param("xy", Answer("xy"), id="text of two"),
    ],
)
def test_a_tuple_is_read_as_connexion_reads_it(result: Any, expected: Answer) -> None:
    assert as_answer(result) == expected


@pytest.mark.parametrize(
    "result",
    [object(), {1, 2}, {1: 2}, 2**70, "\ud800", Answer(object())],
    ids=["object", "set", "number as a name", "number", "surrogate", "object in an answer"],
)
def test_what_cannot_be_written_as_json_is_a_fault(result: Any) -> None:
    with pytest.raises(TypeError):
        sent(result)


@pytest.mark.parametrize(
    ("refusal", "status", "slug"),
    [
        pytest.param(NotFound("no"), 404, "no-such-object", id="known"),
        pytest.param(Refusal("no"), 400, "refused", id="any other"),
    ],
)
def test_a_refusal_is_a_problem(refusal: Refusal, status: int, slug: str) -> None:
    problem = refusal_problem(refusal)

    assert (problem.status, problem.slug, problem.detail) == (status, slug, "no")
    assert (problem.headers, dict(problem.members)) == ((), {})


def test_a_refusal_lists_what_is_wrong_and_where() -> None:
    problem = refusal_problem(Conflict("no", violations=[Violation("/name", "taken")]))

    assert problem.members == {"violations": [{"pointer": "/name", "detail": "taken"}]}


def test_what_is_away_says_when_to_try_again_and_is_not_stored() -> None:
    problem = refusal_problem(Unavailable("away"))

    assert problem.headers == ((b"retry-after", b"1"), (b"cache-control", b"no-store"))
    assert problem.slug == "store-unavailable"


def test_a_status_of_somebody_elses_refusal_is_kept() -> None:
    class Teapot(Refusal):
        status = 418

    assert (refusal_problem(Teapot("short")).status, refusal_problem(Teapot("x")).slug) == (
        418,
        "refused",
    )
