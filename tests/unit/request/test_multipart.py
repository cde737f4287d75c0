"""Multipart forms are read like forms, files as bytes, and bombs are refused."""

from typing import Any

import pytest

from tests.unit.request.calls import (
    MULTIPART,
    accepted,
    body_of,
    operation,
    reader,
    refused,
    told,
)

UPLOAD = {
    "type": "object",
    "required": ["title"],
    "additionalProperties": False,
    "properties": {
        "title": {"type": "string"},
        "year": {"type": "integer"},
        "cover": {"type": "string", "format": "binary", "maxLength": 8},
        "pages": {"type": "array", "items": {"type": "string", "format": "binary"}},
        "meta": {"type": "object", "properties": {"n": {"type": "integer"}}},
    },
}
TYPE = f"{MULTIPART}; boundary=xyz"
END = b"--xyz--\r\n"
ASKED = reader(operation(body=body_of(UPLOAD, MULTIPART)), limit=1_000_000)


def part(name: str, data: bytes, *headers: str, more: str = "") -> bytes:
    lines = [f'Content-Disposition: form-data; name="{name}"{more}', *headers]
    return b"--xyz\r\n" + "\r\n".join(lines).encode() + b"\r\n\r\n" + data + b"\r\n"


TITLE = part("title", b"a")


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        pytest.param(TITLE + END, {"title": "a"}, id="text"),
        pytest.param(
            part("title", "é".encode()) + part("year", b"1999") + END,
            {"title": "é", "year": 1999}, id="coerced",
        ),
        pytest.param(
            TITLE + part("cover", b"\xff\x00\r\n", more='; filename="a.png"') + END,
            {"title": "a", "cover": b"\xff\x00\r\n"}, id="file",
        ),
        pytest.param(
            TITLE + part("pages", b"\xff") + part("pages", b"2") + END,
            {"title": "a", "pages": [b"\xff", b"2"]}, id="files",
        ),
        pytest.param(
            TITLE + part("meta", b'{"n": 1}', "Content-Type: application/json") + END,
            {"title": "a", "meta": {"n": 1}}, id="json-part",
        ),
        pytest.param(TITLE + part("scope", b"\xff") + END, {"title": "a"}, id="unknown"),
        pytest.param(TITLE + END + b"epilogue", {"title": "a"}, id="epilogue"),
    ],
)  # fmt: skip
def test_parts_become_what_the_schema_describes(raw: bytes, body: Any) -> None:
    assert accepted(ASKED, raw, content_type=TYPE).body == body


def test_boundary_may_be_quoted_and_the_type_in_any_case() -> None:
    taken = accepted(ASKED, TITLE + END, content_type='Multipart/Form-Data; Boundary="xyz"')

    assert taken.body == {"title": "a"}


@pytest.mark.parametrize(
    ("raw", "pointer", "detail"),
    [
        pytest.param(part("year", b"1") + END, "/title", "required", id="missing"),
        pytest.param(TITLE + TITLE + END, "/title", "several", id="repeated"),
        pytest.param(TITLE + part("year", b"1_0") + END, "/year", "integer", id="type"),
        pytest.param(part("title", b"\xff") + END, "/title", "UTF-8", id="bad-utf-8"),
        pytest.param(TITLE + part("cover", b"\xff" * 9) + END, "/cover", "at most 8", id="long"),
        pytest.param(TITLE + part("meta", b"{") + END, "/meta", "JSON", id="bad-json"),
    ],
)
def test_parts_that_do_not_fit_are_refused(raw: bytes, pointer: str, detail: str) -> None:
    problem = refused(ASKED, raw, content_type=TYPE)

    assert problem.status == 400
    assert detail in told(problem)[pointer]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"garbage", id="garbage"),
        pytest.param(b"--xyz", id="only-a-boundary"),
        pytest.param(END, id="no-part"),
        pytest.param(TITLE, id="cut-off"),
        pytest.param(TITLE.replace(b"xyz", b"abc") + b"--abc--", id="another-boundary"),
        pytest.param(b"--xyz\r\n\r\na\r\n" + END, id="no-headers"),
        pytest.param(part("title", b"a").replace(b"form-data", b"file") + END, id="disposition"),
        pytest.param(part("title", b"a").replace(b"; name", b"; nam") + END, id="no-name"),
        pytest.param(part("title", b"a").replace(b'"title"', b'"\xff"') + END, id="name-octets"),
        pytest.param(part("title", b"a", "Content-Disposition: form-data") + END, id="twice"),
        pytest.param(
            part("title", b"a", "Content-Type: multipart/mixed; boundary=b") + END, id="nested"
        ),
        pytest.param(
            part("title", b"YQ==", "Content-Transfer-Encoding: base64") + END, id="base64"
        ),
        pytest.param(part("x", b"") * 1_001 + END, id="too-many-parts"),
        pytest.param(part("x", b"", "X: " + "y" * 100_000) + END, id="long-header"),
        pytest.param(part("x", b"", *(f"X-{n}: y" for n in range(1_000))) + END, id="many-headers"),
    ],
)
def test_broken_forms_and_bombs_are_refused(raw: bytes) -> None:
    problem = refused(ASKED, raw, content_type=TYPE)

    assert problem.status == 400
    assert problem.violations


@pytest.mark.parametrize(
    "content_type",
    [
        MULTIPART,
        f"{MULTIPART}; boundary=",
        f'{MULTIPART}; boundary=""',
        f"{MULTIPART}; boundary={'x' * 71}",
        f'{MULTIPART}; boundary="é"',
        f"{MULTIPART}; boundary=xyz; boundary=abc",
    ],
)
def test_form_without_a_usable_boundary_is_refused(content_type: str) -> None:
    problem = refused(ASKED, TITLE + END, content_type=content_type)

    assert told(problem) == {"/header/Content-Type": "names no usable boundary"}


def test_form_that_is_not_taken_is_415_whatever_its_boundary() -> None:
    asked = reader(operation(body=body_of(UPLOAD)))

    for content_type in (TYPE, f"{MULTIPART}; boundary="):
        assert refused(asked, TITLE + END, content_type=content_type).status == 415


def test_a_thousand_parts_are_the_most_a_form_may_have() -> None:
    raw = TITLE + part("x", b"") * 999 + END

    assert accepted(ASKED, raw, content_type=TYPE).body == {"title": "a"}


def test_form_that_nobody_describes_hands_on_text_and_bytes() -> None:
    asked = reader(operation("POST"))
    raw = TITLE + part("file", b"\xff") + part("t", b"1") + part("t", b"2") + END

    taken = accepted(asked, raw, content_type=TYPE)

    assert taken.body == {"title": "a", "file": b"\xff", "t": ["1", "2"]}


def test_multipart_without_a_body_is_a_missing_body() -> None:
    assert refused(ASKED, b"", content_type=TYPE).detail == "The request has no body."
    assert not accepted(reader(operation("POST")), b"", content_type=TYPE).has_body
