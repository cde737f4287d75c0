"""Answers held against the document: off, warn or enforce, and never a value of theirs told."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import pytest

from gateway.edge.answer.check import AnswerChecks, ResponseValidation
from gateway.errors import DocumentError
from gateway.handler import NotFound
from gateway.handler import operation as handles
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import document, gateway, operation, read

SECRET = "s3cr3t-value"
SONG = {
    "type": "object",
    "required": ["id", "title", "secret"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "title": {"type": "string", "maxLength": 5},
        "secret": {"type": "string", "writeOnly": True},
        "next": {"$ref": "#/components/schemas/Song"},
    },
}
REF = {"$ref": "#/components/schemas/Song"}
GOOD = {"id": 1, "title": "a"}


def as_json(schema: Any) -> dict[str, Any]:
    return {"description": "", "content": {"application/json": {"schema": schema}}}


RESPONSES: dict[str, Any] = {
    "200": as_json(REF),
    "202": {
        "description": "",
        "headers": {
            "X-Left": {"required": True, "schema": {"type": "integer", "maximum": 9}},
            "X-Page": {"$ref": "#/components/headers/Page"},
            "Cache-Control": {"required": True, "schema": {"type": "string"}},
            "Content-Type": {"required": True, "schema": {"enum": ["never"]}},
        },
    },
    "204": {"description": ""},
    "206": {
        "description": "",
        "content": {
            "application/json; v=1": {"schema": {"type": "integer"}},
            "application/json; v=2": {"schema": {"type": "boolean"}},
            "text/*": {"schema": {"type": "string", "maxLength": 1}},
        },
    },
    "3XX": {"description": ""},
    "4XX": as_json({"type": "object", "required": ["code"]}),
}
COMPONENTS = {
    "schemas": {"Song": SONG},
    "headers": {"Page": {"schema": {"type": "array", "items": {"type": "integer"}}}},
}
LEFT = {"X-Left": "3"}
TYPE_TEXT = {"Content-Type": "text/plain; charset=utf-8"}


def text_of(responses: Mapping[str, Any] = RESPONSES, **more: Any) -> dict[str, Any]:
    """A document with one operation of these responses."""
    paths = {"/a": {"get": operation(responses=responses, **more)}}
    return document(paths, components=COMPONENTS)


def answer(
    result: Any,
    mode: str = "enforce",
    *,
    text: Mapping[str, Any] | None = None,
    method: str = "GET",
) -> Reply:
    """What a caller gets of what a handler returns."""

    async def handler() -> Any:
        if isinstance(result, Exception):
            raise result
        return result

    app = gateway(text or text_of(), handles("GET /a")(handler), response_validation=mode).app
    return asyncio.run(call(app, method, "/a"))


FITS = [
    pytest.param(GOOD, id="body"),
    pytest.param({**GOOD, "next": GOOD}, id="body within a body"),
    pytest.param(b'{"id": 1, "title": "a"}', id="bytes that are JSON"),
    pytest.param((None, 204), id="no content"),
    pytest.param(({"a": 1}, 204), id="no content, though some was returned"),
    pytest.param((None, 304), id="not modified, by its range"),
    pytest.param(({"code": 1}, 418), id="range"),
    pytest.param((None, 202, LEFT), id="headers"),
    pytest.param((None, 202, {**LEFT, "X-Page": "1, 2"}), id="list in a header"),
    pytest.param((1, 206), id="one of two kinds of JSON"),
    pytest.param((True, 206), id="the other kind of JSON"),
    pytest.param((b"long text", 206, TYPE_TEXT), id="text is not looked into"),
]
DIFFERS = [
    pytest.param({"id": SECRET, "title": "a"}, "/body/id must be an integer", id="type"),
    pytest.param({"id": 1, "title": SECRET}, "/body/title must have at most 5", id="length"),
    pytest.param({"title": "a"}, "/body/id is required", id="required and readOnly"),
    pytest.param({**GOOD, "is_staff": SECRET}, "/body/is_staff is not a known", id="unknown"),
    pytest.param({**GOOD, "secret": SECRET}, "/body/secret is write-only", id="writeOnly"),
    pytest.param(
        {**GOOD, "next": {**GOOD, "secret": SECRET}}, "/body/next/secret is write", id="deeper"
    ),
    pytest.param(SECRET.encode(), "/body is not JSON", id="bytes that are no JSON"),
    pytest.param(
        b"[" * 900 + b"]" * 900, "/body is nested too deep", id="deeper than can be checked"
    ),
    pytest.param((GOOD, 201), "/status is not documented", id="status"),
    pytest.param((None, 500), "/status is not documented", id="status without a body"),
    pytest.param(({}, 404), "/body/code is required", id="range"),
    pytest.param(None, "/body is missing", id="no body"),
    pytest.param(({}, 302), "/body is not documented", id="a body where none is"),
    pytest.param((b"x", 200, TYPE_TEXT), "/header/Content-Type is not documented", id="media type"),
    pytest.param(
        (b"x", 200, {"Content-Type": SECRET}), "/header/Content-Type is not one", id="no type"
    ),
    pytest.param((SECRET, 206), "/body must be an integer", id="neither kind of JSON"),
    pytest.param((None, 202), "/header/X-Left is required", id="header missing"),
    pytest.param((None, 202, {"X-Left": SECRET}), "X-Left must be an integer", id="header's type"),
    pytest.param((None, 202, {"X-Left": "10"}), "X-Left must be at most 9", id="header's bound"),
    pytest.param(
        (None, 202, {**LEFT, "X-Page": f"1,{SECRET}"}), "X-Page/1 must be an integer", id="item"
    ),
    pytest.param(
        (GOOD, 200, {"Content-Type": "application/json", "content-type": "text/x"}),
        "/header/Content-Type is not one",
        id="two types",
    ),
]


@pytest.mark.parametrize("result", FITS)
def test_an_answer_that_matches_goes_out_as_it_does_without_a_check(
    result: Any, caplog: pytest.LogCaptureFixture
) -> None:
    checked, unchecked = answer(result), answer(result, "off")

    assert checked.messages == unchecked.messages
    assert checked.status != 500
    assert caplog.records == []


@pytest.mark.parametrize(("result", "finding"), DIFFERS)
def test_an_answer_that_does_not_match_is_held_back(
    result: Any, finding: str, caplog: pytest.LogCaptureFixture
) -> None:
    reply = answer(result)

    assert reply.problem() == (500, "response-invalid")
    assert reply.header("cache-control") == "no-store"
    assert set(reply.json()) == {"type", "title", "status", "detail", "instance"}
    assert SECRET.encode() not in reply.body
    assert finding.split("/")[-1].encode() not in reply.body
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("scopegate.edge", logging.ERROR)
    assert record.getMessage().startswith(f"{reply.json()['instance']}: GET /a: the answer ")
    assert finding in record.getMessage()
    assert SECRET not in caplog.text


@pytest.mark.parametrize(("result", "finding"), DIFFERS)
def test_a_warning_leaves_the_answer_as_it_is_and_without_validation_nothing_is_said(
    result: Any, finding: str, caplog: pytest.LogCaptureFixture
) -> None:
    reply = answer(result, "warn")

    assert reply.messages == answer(result, "off").messages
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("scopegate.edge", logging.WARNING)
    assert record.getMessage().startswith("urn:uuid:")
    assert finding in record.getMessage()
    assert SECRET not in caplog.text


def test_without_validation_no_response_of_the_document_is_compiled() -> None:
    description = read(text_of())

    checks = AnswerChecks(description, ResponseValidation.OFF)

    assert [checks.compile(one) for one in description.operations] == [None]


def test_a_schema_of_an_answer_that_cannot_be_used_stops_the_start() -> None:
    loop = {"$ref": "#/components/schemas/Loop"}
    paths = {"/a": {"get": operation(responses={"200": as_json(loop)})}}
    text = document(paths, components={"schemas": {"Loop": {"allOf": [loop]}}})

    assert answer("x", "off", text=text).status == 200
    with pytest.raises(DocumentError, match="the answer 200 of `GET /a` as `application/json`"):
        answer("x", "warn", text=text)


@pytest.mark.parametrize("status", ["404", "default"])
def test_what_a_handler_refuses_is_not_held_against_the_document(
    status: str, caplog: pytest.LogCaptureFixture
) -> None:
    text = text_of({"200": as_json({}), status: as_json({"type": "integer"})})

    assert answer(NotFound("There is none."), text=text).problem() == (404, "no-such-object")
    assert caplog.records == []


@pytest.mark.parametrize(
    ("headers", "problem"),
    [
        pytest.param({"authorization": "Bearer junk"}, (401, "invalid-credential"), id="denied"),
        pytest.param({}, (400, "invalid-request"), id="bad request"),
    ],
)
def test_what_the_gateway_answers_itself_is_not_held_against_the_document(
    headers: Mapping[str, str], problem: tuple[int, str], caplog: pytest.LogCaptureFixture
) -> None:
    parameters = [{"name": "q", "in": "query", "required": True, "schema": {"type": "integer"}}]
    paths = {"/a": {"get": operation([{"oauth": ["read"]}, {}], parameters=parameters)}}
    handler = handles("GET /a")(lambda q: q)
    app = gateway(document(paths), handler, response_validation="enforce").app

    assert asyncio.run(call(app, "GET", "/a", headers)).problem() == problem
    assert asyncio.run(call(app, "OPTIONS", "/a", headers)).status == 204
    assert asyncio.run(call(app, "POST", "/a", headers)).status == 405
    assert caplog.records == []


def test_a_failing_handler_is_an_internal_error_and_no_answer_that_does_not_match() -> None:
    assert answer(RuntimeError("x")).problem() == (500, "internal-error")


def test_head_is_judged_as_the_get_that_it_follows() -> None:
    assert answer(GOOD, method="HEAD").status == 200
    assert answer({}, method="HEAD").problem() == (500, "response-invalid")


def test_a_declared_head_has_no_body_to_judge() -> None:
    paths = {"/a": {"head": operation(responses=RESPONSES)}}
    text = document(paths, components=COMPONENTS)

    def status(result: Any) -> int:
        handler = handles("HEAD /a")(lambda: result)
        app = gateway(text, handler, response_validation="enforce").app
        return asyncio.run(call(app, "HEAD", "/a")).status

    assert status(None) == 200
    assert status((None, 202)) == 500
    assert status((None, 202, LEFT)) == 202


@pytest.mark.parametrize(
    ("example", "expected"),
    [
        pytest.param(GOOD, (200, None), id="fits"),
        pytest.param({"title": SECRET}, (500, "response-invalid"), id="does not"),
    ],
)
def test_a_mock_is_held_against_the_document_too(
    example: Any, expected: tuple[int, str | None]
) -> None:
    media = {"application/json": {"schema": REF, "example": example}}
    text = text_of({"200": {"description": "", "content": media}})
    app = gateway(text, mocks=True, response_validation="enforce").app

    reply = asyncio.run(call(app, "GET", "/a"))

    assert (reply.status, None if reply.status == 200 else reply.problem()[1]) == expected


def test_names_of_an_answer_break_no_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    answer({**GOOD, "\nfaked: line\x1b[2J\u2028": 1})

    (record,) = caplog.records
    message = record.getMessage()
    assert message.isprintable()
    assert "/body/\\nfaked: line\\x1b[2J\\u2028 is not a known property" in message


def test_an_answer_of_nothing_but_errors_is_told_in_a_few_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer({str(number): SECRET for number in range(50_000)})

    (record,) = caplog.records
    assert len(record.getMessage()) < 10_000


@pytest.mark.parametrize(
    ("kind", "fits"), [pytest.param(None, True, id="null"), pytest.param(1, False, id="number")]
)
def test_a_nullable_property_is_null_or_of_its_type(kind: object, fits: bool) -> None:
    nullable = {"kind": {"type": "string", "nullable": True}}
    text = text_of({"200": as_json({"properties": nullable})})

    assert (answer({"kind": kind}, text=text).status == 200) is fits
