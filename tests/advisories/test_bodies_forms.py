"""Forms from strangers: escapes, names, numbers of fields, boundaries, parts and their headers."""

import time
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
    operation,
)

THING: dict[str, Any] = {
    "type": "object",
    "required": ["title"],
    "additionalProperties": False,
    "properties": {
        "title": {"type": "string"},
        "n": {"type": "integer"},
        "song": {"type": "object", "properties": {"n": {"type": "integer"}}},
        "cover": {"type": "string", "format": "binary", "maxLength": 8},
        "covers": {"type": "array", "items": {"type": "string", "format": "binary"}},
    },
}
PATHS = {
    "/things": {"post": operation(requestBody=body_of(THING, JSON, FORM, MULTIPART))},
    "/anything": {"post": operation(requestBody=body_of({}, FORM, MULTIPART))},
    "/text": {"post": operation(requestBody=body_of({"type": "string"}, "text/plain"))},
}
GOOD = b'{"title": "a"}'
TYPE = f"{MULTIPART}; boundary=xyz"
END = b"--xyz--\r\n"


def part(disposition: str, data: bytes = b"a", *headers: str) -> bytes:
    """One part of a form; the Content-Disposition is as it goes over the wire."""
    lines = [f"Content-Disposition: {disposition}", *headers]
    return b"--xyz\r\n" + "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + data + b"\r\n"


def named(name: str, data: bytes = b"a", *headers: str) -> bytes:
    """A part with a name and nothing special."""
    return part(f'form-data; name="{name}"', data, *headers)


TITLE = named("title")
UPLOAD = TITLE + END


def upload(sent: bytes, *pointers: str, good: bytes = UPLOAD, target: str = "/things") -> Row:
    """A row of a form that is read by the boundary `xyz`."""
    return Row(sent, good, TYPE, target=target, pointers=pointers or ("",))


def boundary(parameters: str, good: str = "; boundary=xyz") -> Row:
    """A row of a Content-Type that does not say where parts end."""
    where = ("/header/Content-Type",)
    return Row(UPLOAD, UPLOAD, MULTIPART + parameters, MULTIPART + good, pointers=where)


URLENCODED = {
    "a bad escape": Row(b"title=%zz", b"title=%25zz", FORM, pointers=("/title",)),
    "a cut escape": Row(b"title=a%2", b"title=a%252", FORM, pointers=("/title",)),
    "a bad escape in a name": Row(b"title=a&%zz=1", b"title=a&%25zz=1", FORM),
    "bad UTF-8": Row(b"title=%ff", b"title=%C3%BF", FORM, pointers=("/title",)),
    "bad UTF-8 without escapes": Row(b"title=\xff", "title=ÿ".encode(), FORM, pointers=("/title",)),
    "bad UTF-8 in a name": Row(b"title=a&%ff=1", b"title=a&%C3%BF=1", FORM),
    "an overlong NUL": Row(b"title=%C0%80", b"title=%00", FORM, pointers=("/title",)),
    "a surrogate": Row(b"title=%ED%A0%80", b"title=%EE%80%80", FORM, pointers=("/title",)),
    "a field twice": Row(b"title=a&title=a", b"title=a&titles=a", FORM, pointers=("/title",)),
    "a field twice, once escaped": Row(
        b"title=a&%74itle=b", b"%74itle=b", FORM, pointers=("/title",)
    ),
    "semicolons that separate nothing": Row(
        b"a=b;title=c", b"title=b;n=x", FORM, pointers=("/title",)
    ),
    "brackets that nest nothing": Row(
        b"title[a][b]=c", b"title=a&song[n]=1&a[b][c]=&a[]=", FORM, pointers=("/title",)
    ),
    "a field of JSON with a name twice": Row(
        b'title=a&song={"n":1,"n":2}', b'title=a&song={"n":1}', FORM, pointers=("/song/n",)
    ),
    "a field of 30 digits": Row(
        b"title=a&n=" + b"9" * 30, b"title=a&n=9223372036854775807", FORM, pointers=("/n",)
    ),
    "no field": Row(b"&&", b"&&title=a&&", FORM, pointers=("/title",)),
    "an empty form": Row(b"", b"title=", FORM),
    "a BOM before a form": Row(
        b"\xef\xbb\xbftitle=a", b"title=\xef\xbb\xbf", FORM, pointers=("/title",)
    ),
    "JSON as a form": Row(GOOD, b"title=a", FORM, pointers=("/title",)),
    "a form as JSON": Row(b"title=a", GOOD),
    "text that is not UTF-8": Row(b"\xff", "ÿ".encode(), "text/plain", target="/text"),
}  # fmt: skip
LONG = "x" * 70
BOUNDARIES = {
    "none": boundary(""),
    "an empty one": boundary("; boundary="),
    "an empty one in quotes": boundary('; boundary=""', '; boundary="xyz"'),
    "two": boundary("; boundary=abc; boundary=xyz"),
    "the same twice": boundary("; boundary=xyz; boundary=xyz"),
    "two in different case": boundary("; boundary=xyz; Boundary=xyz", "; BOUNDARY=xyz"),
    "71 characters": boundary(f"; boundary={LONG}x"),
    "a thousand characters": boundary(f"; boundary={LONG * 14}"),
    "a letter that is not ASCII": boundary('; boundary="\xe9"'),
    "an unfinished quote": boundary('; boundary="xyz', '; boundary="x\\yz"'),
    "a continued parameter": boundary("; boundary*0=x; boundary*1=yz"),
    "an encoded parameter": boundary("; boundary*=utf-8''xyz"),
    "another parameter": boundary("; bounds=xyz", "; bounds=abc; boundary=xyz"),
}
PARTS = {
    "another boundary": upload(UPLOAD.replace(b"xyz", b"abc")),
    "a boundary that is longer": upload(UPLOAD.replace(b"--xyz\r", b"--xyzz\r")),
    "no final boundary": upload(TITLE),
    "half of the final boundary": upload(TITLE + b"--xyz-"),
    "a boundary alone": upload(b"--xyz"),
    "a final boundary alone": upload(END, "/title"),
    "bare line feeds": upload(UPLOAD.replace(b"\r\n", b"\n")),
    "no empty line before the data": upload(UPLOAD.replace(b"\r\n\r\n", b"\r\n")),
    "JSON": upload(GOOD),
    "an urlencoded form": upload(b"title=a"),
    "nothing": upload(b""),
    "a cut part": upload(UPLOAD[:30]),
    "a part without headers": upload(b"--xyz\r\n\r\na\r\n" + END),
    "a part without a name": upload(part("form-data") + END),
    "a part with an empty name": upload(named("") + END, "/title", good=TITLE + named("") + END),
    "a name that is encoded only": upload(part("form-data; name*=utf-8''title") + END),
    "a name twice": upload(part('form-data; name="title"; name="n"') + END),
    "a name without its end": upload(part('form-data; name="title') + END),
    "a name of octets": upload(named("\xff") + END, good=named("title", "ÿ".encode()) + END),
    "an attachment": upload(part('attachment; name="title"') + END),
    "two dispositions": upload(named("title", b"a", "Content-Disposition: form-data") + END),
    "a header without a colon": upload(named("title", b"a", "X") + END),
    "a header with a space in its name": upload(named("title", b"a", "X Y: z") + END),
    "a header of 100 000 letters": upload(named("title", b"a", "X: " + "y" * 100_000) + END),
    "a thousand headers": upload(named("title", b"a", *(f"X{n}: y" for n in range(1_000))) + END),
    "a part twice": upload(TITLE + UPLOAD, "/title"),
    "a part of a wrong type": upload(
        TITLE + named("n", b"1_0") + END, "/n", good=TITLE + named("n", b"10") + END
    ),
    "a part that is not UTF-8": upload(
        named("title", b"\xff") + END, "/title", good=TITLE + named("cover", b"\xff") + END
    ),
    "a part in UTF-16": upload(named("title", "a".encode("utf-16")) + END, "/title"),
    "a file that is too long": upload(
        TITLE + named("cover", b"\xff" * 9) + END, "/cover",
        good=TITLE + named("cover", b"\xff" * 8) + END,
    ),
    "JSON in a part with a name twice": upload(
        TITLE + named("song", b'{"n":1,"n":2}') + END, "/song/n",
        good=TITLE + named("song", b'{"n":1}', "Content-Type: application/json") + END,
    ),
    "JSON in a part, too deep": upload(TITLE + named("song", b"{" * 9_999) + END, "/song"),
    "a form in a form": upload(
        named("title", b"a", "Content-Type: Multipart/Mixed; boundary=b") + END, "/title",
        good=named("title", b"a", "Content-Type: text/plain") + END,
    ),
    "base64": upload(
        named("title", b"YQ==", "Content-Transfer-Encoding: base64") + END, "/title",
        good=named("title", b"a", "Content-Transfer-Encoding: 8BIT") + END,
    ),
    "a filename without its end": upload(
        part('form-data; name="title"; filename="a\\"') + END,
        good=part('form-data; name="title"; filename="a\\\\"') + END,
    ),
    "a filename that brings a name": upload(
        part('form-data; filename="a; name=title"') + END,
        good=part('form-data; filename="; name=n; "; name="title"') + END,
    ),
    "a path without quotes": upload(
        part("form-data; name=title; filename=../../etc/passwd") + END,
        good=part('form-data; name=title; filename="../../etc/passwd"') + END,
    ),
    "a filename with a NUL": upload(part('form-data; name="title"; filename="a\0"') + END),
    "5 000 parts": upload(named("x") * 5_000 + END, good=TITLE + named("x") * 999 + END),
}  # fmt: skip
TABLES = {"field": URLENCODED, "boundary": BOUNDARIES, "part": PARTS}
ROWS = {f"{table}: {name}": row for table, rows in TABLES.items() for name, row in rows.items()}
#: what parsers look at again and again, a megabyte of it
DATA = {
    "line ends": b"\r\n",
    "returns": b"\r",
    "almost a boundary": b"\r\n--xy",
    "a boundary that goes on": b"\r\n--xyzz",
    "hyphens": b"--",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    with attacked(tmp_path_factory.mktemp("forms"), PATHS) as running:
        yield running


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_bad_form_is_refused_with_its_place(server: Attacked, row: Row) -> None:
    assert_refused(server, row)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_nearest_good_form_is_accepted(server: Attacked, row: Row) -> None:
    assert_accepted(server, row)


@pytest.mark.parametrize("data", DATA.values(), ids=DATA)
def test_a_part_of_a_megabyte_is_read_within_a_second(server: Attacked, data: bytes) -> None:
    whole, begun = data * (1_000_000 // len(data)), time.process_time()

    reply = server.post("/anything", named("cover", whole) + END, TYPE)

    assert reply.json() == {"body": {"cover": whole.decode()}}
    # a guard against work that grows with the square, not a measurement
    assert time.process_time() - begun < 10


def test_unknown_fields_and_parts_are_dropped_whatever_they_hold(server: Attacked) -> None:
    urlencoded = server.post("/things", b"title=a&scope=write&x=%00&x=1", FORM)
    multipart = server.post("/things", named("x", b"\xff\x00") * 2 + UPLOAD, TYPE)

    assert urlencoded.json() == multipart.json() == {"body": {"title": "a"}}


def test_a_preamble_and_an_epilogue_hide_no_part(server: Attacked) -> None:
    after = server.post("/things", UPLOAD + b"\r\n" + named("n", b"1") + END, TYPE)

    assert after.json() == {"body": {"title": "a"}}
