"""What a schema says of a body: every problem with its place, no secret quoted, one reading."""

import json
import logging
from collections.abc import Iterator
from typing import Any

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

INTEGER = {"type": "integer"}
SCHEMAS: dict[str, Any] = {
    "Pet": {
        "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {"hund": "#/components/schemas/Dog"},
        },
    },
    "Cat": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string"}, "lives": INTEGER},
    },
    "Dog": {
        "type": "object",
        "required": ["kind", "bark"],
        "properties": {"kind": {"type": "string"}, "bark": INTEGER},
    },
    "Node": {
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "n"],
        "properties": {
            "id": {"type": "integer", "readOnly": True},
            "n": INTEGER,
            "next": {"$ref": "#/components/schemas/Node", "nullable": True},
            "list": {
                "type": "array", "maxItems": 2, "items": {"$ref": "#/components/schemas/Node"},
            },
            "note": {"type": "string", "nullable": True},
            "kind": {"type": "string", "enum": ["a", "b"], "nullable": True},
            "whole": {
                "allOf": [{"type": "object", "properties": {"a": INTEGER}}], "nullable": True,
            },
        },
    },
    "Login": {
        "type": "object",
        "additionalProperties": False,
        "required": ["password"],
        "properties": {
            "password": {"type": "string", "format": "password", "minLength": 40},
            "secret": {"type": "string", "writeOnly": True, "pattern": "^[0-9]+$"},
            "token": {"type": "string", "enum": ["a", "b"]},
            "pin": {"type": "integer", "writeOnly": True, "maximum": 9999},
            "key": {"oneOf": [{"type": "integer"}, {"type": "string", "format": "uuid"}]},
            "keys": {"type": "array", "uniqueItems": True, "maxItems": 1, "items": INTEGER},
            "code": {"not": {"type": "string"}},
        },
    },
}  # fmt: skip
FORMATS: dict[str, tuple[Any, Any]] = {
    "int32": (2**31 - 1, 2**31),
    "int64": (2**63 - 1, 2**63),
    "date": ("2024-02-29", "2023-02-29"),
    "date-time": ("2024-02-29T12:00:00.5+01:00", "2024-02-29 12:00"),
    "email": ("a@example.com", "a@"),
    "uuid": ("0b0e4c3a-1111-4222-8333-444455556666", "0b0e4c3a11114222833344445555666"),
    "uri": ("https://example.com/a?b", "no uri"),
    "ipv4": ("192.0.2.1", "192.0.2.256"),
    "ipv6": ("2001:db8::1", "2001:db8::g"),
    "hostname": ("example.com", "-example.com"),
    "byte": ("aGk=", "aGk"),
    "password": ("any text", 1),
    "unknown": ("any text", 1),
}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def typed(format_: str) -> dict[str, str]:
    return {"type": "integer" if format_.startswith("int") else "string", "format": format_}


PATHS = {
    "/pets": {"post": operation(requestBody=body_of(ref("Pet")))},
    "/nodes": {"post": operation(requestBody=body_of(ref("Node")))},
    "/logins": {
        "post": operation(
            parameters=[
                {"name": "token", "in": "query", "schema": INTEGER},
                {"name": "secret", "in": "header", "schema": INTEGER},
            ],
            requestBody=body_of(ref("Login"), JSON, FORM, MULTIPART),
        )
    },
    "/formats": {
        "post": operation(
            requestBody=body_of(
                {"type": "object", "properties": {name: typed(name) for name in FORMATS}}
            )
        )
    },
}


def row(target: str, bad: Any, good: Any, *pointers: str) -> Row:
    """A row of values."""
    sent, taken = (json.dumps(value).encode() for value in (bad, good))
    return Row(sent, taken, target=target, pointers=pointers)


def node(bad: Any, good: Any, *pointers: str) -> Row:
    """A row of what a node holds besides `n`."""
    return row("/nodes", {"n": 1, **bad}, {"n": 1, **good}, *pointers)


ROWS = {
    "a readOnly property, which is not required": node({"id": 1}, {}, "/id"),
    "a readOnly property, deep": node({"next": {"n": 1, "id": 1}}, {"next": {"n": 1}}, "/next/id"),
    "null where nullable is not said": node({"n": None}, {"n": 0}, "/n"),
    "a number for a nullable string": node({"note": 1}, {"note": None}, "/note"),
    "a string for a nullable reference": node({"next": "x"}, {"next": None}, "/next"),
    "another value for a nullable enum": node({"kind": "c"}, {"kind": None}, "/kind"),
    "another value for a nullable allOf": node({"whole": {"a": "x"}}, {"whole": None}, "/whole/a"),
    "deep in a list": node({"list": [{"n": 1}, {"n": "x"}]}, {"list": [{"n": 1}]}, "/list/1/n"),
    "an unknown property, deep": node(
        {"next": {"n": 1, "x": 0}}, {"next": {"n": 1, "note": ""}}, "/next/x"
    ),
    "a cat with a mistake": row(
        "/pets", {"kind": "Cat", "lives": "x"}, {"kind": "Cat", "lives": 9}, "/lives"
    ),
    "a dog by its mapped name": row(
        "/pets", {"kind": "hund"}, {"kind": "hund", "bark": 1}, "/bark"
    ),
    "a dog by its own name": row("/pets", {"kind": "Dog"}, {"kind": "Dog", "bark": 1}, "/bark"),
    "a cat that looks like a dog": row(
        "/pets", {"kind": "Dog", "bark": None}, {"kind": "Cat", "bark": None}, "/bark"
    ),
    "an unknown kind": row("/pets", {"kind": "cow"}, {"kind": "Cat"}, "/kind", ""),
    "no kind": row("/pets", {"lives": 9}, {"kind": "Cat", "lives": 9}, "/kind", ""),
    "a kind of another type": row("/pets", {"kind": ["Cat"]}, {"kind": "Cat"}, "/kind", ""),
    **{
        f"format {name}": row("/formats", {name: bad}, {name: good}, f"/{name}")
        for name, (good, bad) in FORMATS.items()
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    with attacked(tmp_path_factory.mktemp("schemas"), PATHS, schemas=SCHEMAS) as running:
        yield running


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_what_does_not_fit_its_schema_is_refused_with_its_place(server: Attacked, row: Row) -> None:
    assert_refused(server, row)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_nearest_value_that_fits_is_accepted(server: Attacked, row: Row) -> None:
    assert_accepted(server, row)


def test_every_problem_is_listed_with_its_pointer(server: Attacked) -> None:
    inner = {"note": 1, "id": 5, "x/y~z": 0}
    bad = {"n": "x", "next": inner, "list": [{"n": 1}, {"n": 1}, {}], "kind": "c"}

    reply = server.post("/nodes", json.dumps(bad).encode())

    assert sorted(pointers_of(reply)) == [
        "/kind", "/list", "/list/2/n", "/n", "/next/id", "/next/n", "/next/note",
        "/next/x~1y~0z",
    ]  # fmt: skip


def test_problems_without_number_are_told_by_the_first_twenty(server: Attacked) -> None:
    bad = {"n": 1, "next": {f"x{n}": 0 for n in range(500)}}

    assert len(pointers_of(server.post("/nodes", json.dumps(bad).encode()))) == 20


SECRET = "hunter2-s3cret"
LOGINS: dict[str, tuple[str, bytes]] = {
    "too short": (JSON, json.dumps({"password": SECRET}).encode()),
    "wrong in every way": (
        JSON,
        json.dumps(
            {
                "password": [SECRET],
                "secret": SECRET,
                "token": SECRET,
                "pin": SECRET,
                "key": SECRET,
                "keys": [SECRET, SECRET],
                "code": SECRET,
                "passwort": SECRET,
            }
        ).encode(),
    ),
    "a number too large": (JSON, b'{"password": "%b", "pin": 271828182845}' % (b"x" * 40)),
    "the body itself": (JSON, json.dumps(SECRET).encode()),
    "not JSON": (JSON, b'{"password": "%b' % SECRET.encode()),
    "a name twice": (JSON, b'{"password": "%b", "password": "x"}' % SECRET.encode()),
    "half a surrogate": (JSON, b'{"password": "%b\\ud800"}' % SECRET.encode()),
    "not UTF-8": (JSON, b'{"password": "%b\xff"}' % SECRET.encode()),
    "a form": (FORM, f"password={SECRET}&token={SECRET}&pin={SECRET}&keys={SECRET}".encode()),
    "a form with a field twice": (FORM, f"password={SECRET}&password={SECRET}".encode()),
    "a form with a bad escape": (FORM, f"password={SECRET}%zz".encode()),
    "a part": (
        f"{MULTIPART}; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n%b\r\n--b--'
        % SECRET.encode(),
    ),
    "a part without its end": (
        f"{MULTIPART}; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n%b' % SECRET.encode(),
    ),
    "another type": (f"text/plain; x={SECRET}", SECRET.encode()),
}


@pytest.mark.parametrize(("content_type", "body"), LOGINS.values(), ids=LOGINS)
def test_no_secret_is_quoted_in_an_answer_or_a_log(
    server: Attacked, content_type: str, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    reply = server.post(f"/logins?token={SECRET}", body, content_type, headers=[("secret", SECRET)])

    assert problem_of(reply)["status"] in (400, 415)
    told = f"{reply.headers} {reply.body!r} {caplog.text}"
    assert "hunter2" not in told
    assert "271828182845" not in told


def test_a_secret_that_fits_reaches_the_handler(server: Attacked) -> None:
    login = {"password": SECRET * 4, "secret": "271828", "pin": 31}

    assert server.post("/logins", json.dumps(login).encode()).status == 200
    assert server.calls[-1]["body"] == login


def test_the_handler_gets_the_value_that_was_validated(server: Attacked) -> None:
    raw = b'{"n": 1, "note": "\\u0061", "next": {"n": 9007199254740993}}'
    request = head("POST", "/nodes", [("Content-Type", JSON), ("Transfer-Encoding", "chunked")])

    reply = server.send(request + chunked(*(raw[n : n + 1] for n in range(len(raw)))))

    assert reply.json()["body"] == {"n": 1, "note": "a", "next": {"n": 2**53 + 1}}
    assert server.calls[-1]["body"] == reply.json()["body"]
