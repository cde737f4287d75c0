"""What Connexion 3.3 gets wrong about bodies, row by row; each with the nearest good request."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import connexion
import pytest

from tests.advisories.test_bodies_server import (
    FORM,
    JSON,
    MULTIPART,
    Attacked,
    Row,
    assert_accepted,
    assert_refused,
    attacked,
    body_of,
    chunked,
    head,
    operation,
    pointers_of,
    problem_of,
)

THING: dict[str, Any] = {
    "type": "object",
    "required": ["title"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "title": {"type": "string"},
        "n": {"type": "integer"},
        "price": {"type": "number"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "note": {"type": "string", "nullable": True},
        "password": {"type": "string", "writeOnly": True, "minLength": 8},
        "deep": {"type": "array", "items": {}},
    },
}
PATHS = {
    "/things": {"post": operation(requestBody=body_of(THING, JSON, FORM, MULTIPART))},
    "/forms": {"post": operation(requestBody=body_of(THING, FORM))},
    "/bare": {"post": operation(), "get": operation()},
    "/both": {"post": operation(requestBody=body_of(THING, "application/xml", JSON))},
}
GOOD = b'{"title": "a"}'
BOUNDARY = f"{MULTIPART}; boundary=xyz"
PART = b'--xyz\r\nContent-Disposition: form-data; name="title"\r\n\r\na\r\n'
UPLOAD = PART + b"--xyz--\r\n"


def of(member: bytes) -> bytes:
    """A thing with one member more."""
    return b'{"title": "a", %b}' % member


def nested(levels: int) -> bytes:
    """A thing that is this deep."""
    return of(b'"deep": ' + b"[" * (levels - 1) + b"]" * (levels - 1))


def fields(count: int) -> bytes:
    """A form of so many fields."""
    return b"title=a" + b"".join(b"&f%d=" % n for n in range(count - 1))


TYPES = {
    "Content-Type: Application/JSON skips validation": Row(
        b'{"title": 1}', GOOD, "Application/JSON", pointers=("/title",)
    ),
    "application/json ; charset=utf-8 is 415": Row(
        b'{"title": 1}', GOOD, "application/json ; charset=utf-8", pointers=("/title",)
    ),
    "; charset=utf-16 with a space is ignored and 500": Row(
        '{"title": "a"}'.encode("utf-16"),
        GOOD,
        f"{JSON} ; charset=utf-16",
        f"{JSON} ; charset=UTF-8",
        status=415,
    ),
    ";charset=bogus is 500": Row(
        GOOD, GOOD, f"{JSON};charset=bogus", f"{JSON};charset=utf-8", status=415
    ),
    "no Content-Type, the first listed one assumed": Row(
        GOOD, GOOD, None, JSON, pointers=("/header/Content-Type",)
    ),
    "Content-Type garbage": Row(GOOD, GOOD, "garbage", JSON, status=415),
    "Content-Type a/b/c": Row(GOOD, GOOD, "a/b/c", JSON, status=415),
    "a media type without validator: schema ignored": Row(
        b"<a/>", GOOD, "application/xml", JSON, target="/both", status=415
    ),
}
TEXTS = {
    "bad UTF-8 in JSON is 500": Row(b'{"title": "\xff"}', '{"title": "ÿ"}'.encode()),
    "100k nested [ is 500": Row(b"[" * 100_000, nested(64)),
    "900 levels are taken": Row(nested(900), nested(64)),
    "65 levels": Row(nested(65), nested(64)),
    "a 5000-digit integer is 500": Row(
        of(b'"n": ' + b"9" * 5_000), of(b'"n": 9223372036854775807'), pointers=("/n",)
    ),
    "1e999 becomes inf": Row(of(b'"price": 1e999'), of(b'"price": 1e308'), pointers=("/price",)),
    "NaN is parsed": Row(of(b'"price": NaN'), of(b'"price": 0.5'), pointers=("/price",)),
    "-Infinity is parsed": Row(of(b'"price": -Infinity'), of(b'"price": -1'), pointers=("/price",)),
    "duplicate JSON keys, the last one wins": Row(
        of(b'"n": 1, "n": 2'), of(b'"n": 2'), pointers=("/n",)
    ),
    "duplicate JSON keys, one of them escaped": Row(
        of(b'"n": 1, "\\u006e": 2'), of(b'"\\u006e": 2'), pointers=("/n",)
    ),
    "a lone surrogate reaches the handler": Row(
        b'{"title": "\\ud800"}', b'{"title": "\\ud83d\\ude00"}', pointers=("/title",)
    ),
    "a byte order mark": Row(b"\xef\xbb\xbf" + GOOD, b"\r\n\t " + GOOD),
    "bad JSON": Row(b'{"title": "a"', GOOD),
    "an empty body": Row(b"", GOOD),
    "1.0 for an integer": Row(of(b'"n": 1.0'), of(b'"n": 1'), pointers=("/n",)),
    "true for an integer": Row(of(b'"n": true'), of(b'"n": 0'), pointers=("/n",)),
    "unknown JSON fields, no strictness": Row(
        of(b'"admin": true'), of(b'"n": 1'), pointers=("/admin",)
    ),
    "a readOnly property in a request": Row(of(b'"id": 1'), of(b'"n": 1'), pointers=("/id",)),
    "null where it is not allowed": Row(
        b'{"title": null}', of(b'"note": null'), pointers=("/title",)
    ),
    "a writeOnly property that does not fit": Row(
        of(b'"password": "short"'), of(b'"password": "long enough"'), pointers=("/password",)
    ),
}
FORMS = {
    "a duplicate form key is joined": Row(
        b"title=a&title=b", b"title=a,b", FORM, pointers=("/title",)
    ),
    "5000 form fields are 500": Row(fields(5_000), fields(1_000), FORM),
    "5000 form fields without a declared body": Row(
        fields(5_000), fields(1_000), FORM, target="/bare"
    ),
    "5000 parts": Row(
        PART.replace(b"title", b"x") * 5_000 + b"--xyz--",
        PART + PART.replace(b"title", b"x") * 999 + b"--xyz--",
        BOUNDARY,
    ),
    "multipart without a boundary is 500": Row(
        UPLOAD, UPLOAD, MULTIPART, BOUNDARY, pointers=("/header/Content-Type",)
    ),
    "multipart without a boundary, no declared body": Row(
        UPLOAD, UPLOAD, MULTIPART, BOUNDARY, target="/bare", pointers=("/header/Content-Type",)
    ),
    "multipart garbage is 500": Row(b"garbage", UPLOAD, BOUNDARY),
    "multipart garbage, no declared body": Row(b"garbage", UPLOAD, BOUNDARY, target="/bare"),
    "multipart without a body": Row(b"", UPLOAD, BOUNDARY),
    "a form field of another type": Row(b"title=a&n=1_0", b"title=a&n=10", FORM, pointers=("/n",)),
    "a form field of Arabic digits": Row(
        b"title=a&n=%D9%A1", b"title=a&n=1", FORM, pointers=("/n",)
    ),
}
ROWS = {**TYPES, **TEXTS, **FORMS}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    with attacked(tmp_path_factory.mktemp("connexion"), PATHS) as running:
        yield running


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_body_that_connexion_got_wrong_is_answered_right(server: Attacked, row: Row) -> None:
    assert_refused(server, row)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_nearest_good_body_is_accepted(server: Attacked, row: Row) -> None:
    assert_accepted(server, row)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        pytest.param(JSON, b'{"title": "a", "n": 3, "tags": ["x", "y"]}', id="json"),
        pytest.param(FORM, b"title=a&n=3&tags=x&tags=y", id="urlencoded"),
        pytest.param(
            BOUNDARY,
            PART
            + PART.replace(b"title", b"n").replace(b"\na\r", b"\n3\r")
            + PART.replace(b"title", b"tags").replace(b"\na\r", b"\nx\r")
            + PART.replace(b"title", b"tags").replace(b"\na\r", b"\ny\r")
            + b"--xyz--",
            id="multipart",
        ),
    ],
)
def test_json_and_both_forms_on_one_operation_become_the_same(
    server: Attacked, content_type: str, body: bytes
) -> None:
    reply = server.post("/things", body, content_type)

    assert reply.json() == {"body": {"title": "a", "n": 3, "tags": ["x", "y"]}}


def test_unknown_form_fields_are_ignored_and_unknown_json_fields_refused(server: Attacked) -> None:
    form = server.post("/things", b"title=a&scope=write&password2=x", FORM)
    json_ = server.post("/things", of(b'"scope": "write"'))

    assert form.json() == {"body": {"title": "a"}}
    assert pointers_of(json_) == ["/scope"]


@pytest.mark.parametrize("content_type", ["garbage", "a/b/c", "", f"{JSON}; charset=bogus"])
def test_a_content_type_is_not_looked_at_where_there_is_no_body(
    server: Attacked, content_type: str
) -> None:
    assert server.get("/bare", ("Content-Type", content_type)).status == 200
    assert server.post("/bare", b"", content_type).status == 200


@pytest.mark.parametrize("length", ["abc", "-1", "+1", "1_0", "0x1", "1 1", ""])
def test_a_content_length_that_is_no_number_is_400(server: Attacked, length: str) -> None:
    calls = len(server.calls)
    request = head("POST", "/things", [("Content-Type", JSON), ("Content-Length", length)])

    reply = server.send(request + GOOD)

    assert problem_of(reply)["status"] == 400
    assert len(server.calls) == calls


def test_a_chunked_upload_is_the_body_that_is_required(server: Attacked) -> None:
    request = head("POST", "/things", [("Content-Type", JSON), ("Transfer-Encoding", "chunked")])

    whole = server.send(request + chunked(b'{"tit', b'le": "', b'a"}'))
    empty = server.send(request + chunked())

    assert whole.json() == {"body": {"title": "a"}}
    assert pointers_of(empty) == [""]


def test_fifty_megabytes_are_413_before_any_of_them_is_read(server: Attacked) -> None:
    headers = [("Content-Type", JSON), ("Content-Length", str(50 * 2**20))]

    reply = server.send(head("POST", "/things", headers))

    assert (reply.status, problem_of(reply)["type"]) == (413, "/-/problems/content-too-large")


def test_a_form_that_is_cut_off_runs_no_handler(server: Attacked) -> None:
    calls = len(server.calls)
    request = head("POST", "/forms", [("Content-Type", FORM), ("Content-Length", "11")])

    with server.connect() as connection:
        connection.sendall(request + b"title=a")
    whole = server.send(request + b"title=a&n=1")

    assert whole.json() == {"body": {"title": "a", "n": 1}}
    assert [told["body"] for told in server.calls[calls:]] == [{"title": "a", "n": 1}]


def test_a_handler_that_reads_the_body_once_more_is_cut_off_at_its_time(tmp_path: Path) -> None:
    async def again(body: Any) -> Any:
        return {"first": body, "second": await connexion.request.json()}

    paths = {"/a": {"post": operation(requestBody=body_of(THING))}}
    flags = {"handler_timeout_seconds": "1"}
    with attacked(tmp_path, paths, handler=again, flags=flags) as server:
        reply = server.post("/a", GOOD)

    assert (reply.status, problem_of(reply)["type"]) == (504, "/-/problems/handler-timeout")


@pytest.mark.parametrize("raw", [b'{"title": ["s3cret"]}', b"title=a&n=s3cret", b'{"s3cret'])
def test_no_answer_quotes_what_was_sent(server: Attacked, raw: bytes) -> None:
    reply = server.post("/things", raw, FORM if raw.startswith(b"t") else JSON)

    assert reply.status == 400
    assert "s3cret" not in json.dumps(problem_of(reply))
