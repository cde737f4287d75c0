"""Bodies from strangers: texts that mean nothing or two things, other codings, forms and bombs."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.advisories.test_bodies_server import (
    FORM,
    JSON,
    Attacked,
    Row,
    assert_accepted,
    assert_refused,
    attacked,
    body_of,
    operation,
)

TITLE = {"title": {"type": "string"}}
THING: dict[str, Any] = {
    "type": "object",
    "required": ["title"],
    "additionalProperties": False,
    "properties": {
        **TITLE,
        "n": {"type": "integer"},
        "price": {"type": "number"},
        "song": {"type": "object", "properties": {"n": {"type": "integer"}}},
    },
}
EITHER = {"oneOf": [{"type": "array", "items": {"type": t}} for t in ("string", "integer")]}
PATHS = {
    "/things": {"post": operation(requestBody=body_of(THING, JSON, FORM))},
    "/anything": {"post": operation(requestBody=body_of({}, JSON, FORM))},
    "/optional": {"post": operation(requestBody={**body_of(THING), "required": False})},
    "/either": {"post": operation(requestBody=body_of(EITHER))},
    "/pattern": {
        "post": operation(requestBody=body_of({"type": "string", "pattern": "^(?=(a|aa)+$)a"}))
    },
    "/set": {"post": operation(requestBody=body_of({"type": "array", "uniqueItems": True}))},
    "/patch": {"post": operation(requestBody=body_of(THING, "application/merge-patch+json"))},
}
GOOD = b'{"title": "a"}'
LIMIT = 1 << 20


def of(member: bytes) -> bytes:
    """A thing with one member more."""
    return b'{"title": "a", %b}' % member


def members(count: int) -> bytes:
    """An object of so many members."""
    return json.dumps({f"m{n}": 0 for n in range(count)}).encode()


CODINGS = {
    "UTF-16": Row('{"title": "a"}'.encode("utf-16"), GOOD),
    "UTF-16 without a mark": Row('{"title": "a"}'.encode("utf-16-le"), GOOD),
    "UTF-16, the other end first": Row('{"title": "a"}'.encode("utf-16-be"), GOOD),
    "UTF-32": Row('{"title": "a"}'.encode("utf-32"), GOOD),
    "UTF-32 without a mark": Row('{"title": "a"}'.encode("utf-32-le"), GOOD),
    "UTF-7": Row(b"+AHsAIg-title+ACI-:1+AH0-", GOOD),
    "a BOM": Row(b"\xef\xbb\xbf" + GOOD, '{"title": "\ufeff"}'.encode()),
    "Latin-1": Row('{"title": "é"}'.encode("latin-1"), '{"title": "é"}'.encode()),
    "an overlong slash": Row(b'{"title": "\xc0\xaf"}', b'{"title": "\\/"}'),
    "a surrogate in UTF-8": Row(b'{"title": "\xed\xa0\x80"}', b'{"title": "\xee\x80\x80"}'),
    "a cut character": Row(b'{"title": "\xc3"}', b'{"title": "\xc3\xa9"}'),
}
SYNTAX = {
    "white space alone": Row(b" \r\n\t", b" \r\n\t" + GOOD + b" \r\n\t"),
    "a form feed around it": Row(b"\x0c" + GOOD, b"\n" + GOOD),
    "a NUL after it": Row(GOOD + b"\x00", GOOD + b" "),
    "garbage after it": Row(GOOD + b"x", GOOD),
    "a second text": Row(GOOD + GOOD, GOOD),
    "a comma after it": Row(of(b'"n": 1,'), of(b'"n": 1')),
    "single quotes": Row(b"{'title': 'a'}", GOOD),
    "no quotes": Row(b"{title: 1}", GOOD),
    "a comment": Row(b"/**/" + GOOD, GOOD),
    "a control in a string": Row(b'{"title": "a\nb"}', b'{"title": "a\\nb"}'),
    "an escape that is none": Row(b'{"title": "\\x41"}', b'{"title": "\\u0041"}'),
    "a short escape": Row(b'{"title": "\\u12"}', b'{"title": "\\u1234"}'),
    "an escape of Arabic digits": Row(
        '{"title": "\\u\u0660\u0660\u0664\u0661"}'.encode(), b'{"title": "\\u0041"}'
    ),
    "an unfinished string": Row(b'{"title": "a', GOOD),
    "an unfinished escape": Row(b'{"title": "\\', GOOD),
    "a backslash at each end": Row(b'"' + b"\\" * 99_999, b'{"title": "\\\\"}'),
    "JSON lines": Row(GOOD + b"\n" + GOOD, GOOD + b"\n"),
    "a prefix against scripts": Row(b")]}',\n" + GOOD, GOOD),
    "a text that is no object": Row(b'"title"', GOOD),
    "null": Row(b"null", GOOD),
}
NUMBERS = {
    "20 000 digits": Row(of(b'"n": ' + b"9" * 20_000), of(b'"n": 9'), pointers=("/n",)),
    "2^64": Row(
        b"[18446744073709551616]", b"[18446744073709551615]", target="/anything", pointers=("/0",)
    ),
    "30 digits": Row(of(b'"n": ' + b"9" * 30), of(b'"n": 9223372036854775807'), pointers=("/n",)),
    "-30 digits": Row(
        of(b'"n": -' + b"9" * 30), of(b'"n": -9223372036854775808'), pointers=("/n",)
    ),
    "20 000 digits, no schema": Row(
        b"[" + b"9" * 20_000 + b"]", b"[18446744073709551615]", target="/anything", pointers=("/0",)
    ),
    "400 digits with a point": Row(
        of(b'"price": ' + b"9" * 400 + b".0"), of(b'"price": ' + b"9" * 300 + b".0"),
        pointers=("/price",),
    ),
    "1e999": Row(of(b'"price": 1e999'), of(b'"price": 1e-999'), pointers=("/price",)),
    "-1E+999": Row(of(b'"price": -1E+999'), of(b'"price": -1E+99'), pointers=("/price",)),
    "NaN": Row(of(b'"price": NaN'), of(b'"price": -0'), pointers=("/price",)),
    "Infinity, no schema": Row(b"[Infinity]", b"[0]", target="/anything", pointers=("/0",)),
    "nan": Row(of(b'"price": nan'), of(b'"price": -0.0')),
    "01": Row(of(b'"n": 01'), of(b'"n": 1')),
    "+1": Row(of(b'"n": +1'), of(b'"n": -1')),
    "1.": Row(of(b'"price": 1.'), of(b'"price": 1.0')),
    ".5": Row(of(b'"price": .5'), of(b'"price": 0.5')),
    "0x1": Row(of(b'"n": 0x1'), of(b'"n": 1')),
    "1_0": Row(of(b'"n": 1_0'), of(b'"n": 10')),
    "an Arabic digit": Row(of('"n": \u0661'.encode()), of(b'"n": 1')),
    "1.5 for an integer": Row(of(b'"n": 1.5'), of(b'"n": 1'), pointers=("/n",)),
    "1e2 for an integer": Row(of(b'"n": 1e2'), of(b'"n": 100'), pointers=("/n",)),
    '"1" for an integer': Row(of(b'"n": "1"'), of(b'"n": 1'), pointers=("/n",)),
}  # fmt: skip
NAMES = {
    "a name twice": Row(b'{"title": "a", "title": "b"}', GOOD, pointers=("/title",)),
    "a name twice, deep": Row(
        of(b'"song": {"n": 1, "n": 2}'), of(b'"song": {"n": 1, "m": 2}'), pointers=("/song/n",)
    ),
    "a name twice, no schema": Row(
        b'[{"a": 1, "a": 1}]', b'[{"a": 1}, {"a": 1}]', target="/anything", pointers=("/0/a",)
    ),
    "a name twice in +json": Row(
        b'{"title": "a", "title": "b"}', GOOD, "application/merge-patch+json",
        target="/patch", pointers=("/title",),
    ),
    "names with slash and tilde": Row(
        b'{"a/b~c": 1, "a/b~c": 1}', b'{"a/b~c": 1}', target="/anything", pointers=("/a~1b~0c",)
    ),
    "half a surrogate in a name": Row(
        b'{"\\udc00": 1}', b'{"\\ud83d\\ude00": 1}', target="/anything"
    ),
    "two halves the wrong way round": Row(
        b'["\\ude00\\ud83d"]', b'["\\ud83d\\ude00"]', target="/anything", pointers=("/0",)
    ),
    "an unknown name": Row(of(b'"__proto__": {}'), of(b'"n": 1'), pointers=("/__proto__",)),
    "an empty name": Row(of(b'"": 1'), of(b'"n": 1'), pointers=("/",)),
    "a name in another case": Row(b'{"Title": "a"}', GOOD, pointers=("/Title", "/title")),
    "a name of 500 000 letters": Row(
        of(b'"%b": 1' % (b"k" * 500_000)), of(b'"n": 1'), pointers=("/" + "k" * 199 + "…",)
    ),
}  # fmt: skip
BOMBS = {
    "depth 100 000 of arrays": Row(b"[" * 100_000, b"[" * 64 + b"]" * 64, target="/anything"),
    "depth 100 000 of objects": Row(b'{"a":' * 100_000, b'{"a": {"a": {}}}', target="/anything"),
    "depth 100 000, closed": Row(
        b"[" * 100_000 + b"]" * 100_000, b'["' + b"[" * 100_000 + b'"]', target="/anything"
    ),
    "depth within a form": Row(
        b"title=a&song=" + b'{"a":' * 5_000, b'title=a&song={"n":1}', FORM, pointers=("/song",)
    ),
    "80 000 members": Row(members(80_000), members(10_000), target="/anything"),
    "80 000 unknown members": Row(members(80_000), GOOD),
    "5 000 form fields": Row(b"a=&" * 5_000, b"a=&" * 999, FORM, target="/anything"),
    "100 000 form fields": Row(b"&a" * 100_000, b"a&&" * 499, FORM, target="/anything"),
    "300 000 wrong items of a union": Row(
        b"[" + b"{}," * 300_000 + b"{}]", b"[" + b"1," * 300_000 + b"1]", target="/either"
    ),
    "a pattern that explodes": Row(b'"' + b"a" * 100_000 + b'b"', b'"aaa"', target="/pattern"),
    "fifty thousand items, one twice": Row(
        json.dumps([[n] for n in range(50_000)] + [[0]]).encode(),
        json.dumps([[n] for n in range(50_000)]).encode(), target="/set",
    ),
}  # fmt: skip
TYPES = {
    "none": Row(GOOD, GOOD, None, JSON, pointers=("/header/Content-Type",)),
    "an empty one": Row(GOOD, GOOD, "", JSON, pointers=("/header/Content-Type",)),
    "two in one": Row(GOOD, GOOD, "application/json, text/plain", JSON, status=415),
    "another": Row(GOOD, GOOD, "text/plain", JSON, status=415),
    "one that begins alike": Row(GOOD, GOOD, "application/jsonp", JSON, status=415),
    "one with a suffix": Row(GOOD, GOOD, "application/vnd.a+json", JSON, status=415),
    "a range": Row(GOOD, GOOD, "application/*", JSON, status=415),
    "no subtype": Row(GOOD, GOOD, "application/", JSON, status=415),
    "white space within": Row(GOOD, GOOD, "application /json", "\tapplication/json\t", status=415),
    "a letter of another script": Row(GOOD, GOOD, "applicat\xefon/json", JSON, status=415),
    "a parameter without a value": Row(GOOD, GOOD, f"{JSON}; charset", f"{JSON};", status=415),
    "a charset twice": Row(
        GOOD, GOOD, f"{JSON}; charset=utf-8; charset=utf-16", f"{JSON}; charset=utf-8", status=415
    ),
    "charset=utf-16": Row(
        GOOD, GOOD, f"{JSON}; charset=utf-16", f"{JSON}; charset=UTF-8", status=415
    ),
    "charset=utf-7": Row(
        GOOD, GOOD, f"{JSON}; charset=utf-7", f'{JSON}; charset="utf-8"', status=415
    ),
    "charset=bogus": Row(GOOD, GOOD, f"{JSON}; charset=bogus", f"{JSON}; a=bogus", status=415),
    "an empty charset": Row(
        GOOD, GOOD, f'{JSON}; charset=""', f"{JSON}; Charset=utf-8", status=415
    ),
    "a form in another charset": Row(
        b"title=a", b"title=a", f"{FORM}; charset=latin1", f"{FORM}; charset=utf-8", status=415
    ),
}  # fmt: skip
TABLES = {
    "coding": CODINGS, "syntax": SYNTAX, "number": NUMBERS, "name": NAMES, "bomb": BOMBS,
    "type": TYPES,
}  # fmt: skip
ROWS = {f"{table}: {name}": row for table, rows in TABLES.items() for name, row in rows.items()}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    with attacked(tmp_path_factory.mktemp("bodies"), PATHS) as running:
        yield running


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_bad_body_is_refused_with_its_place(server: Attacked, row: Row) -> None:
    assert_refused(server, row)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_nearest_good_body_is_accepted(server: Attacked, row: Row) -> None:
    assert_accepted(server, row)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_and_does_not_go_off(server: Attacked, name: str) -> None:
    row, begun = BOMBS[name], time.process_time()

    reply = server.post(row.target, row.sent, row.content_type)

    assert reply.status == 400
    # a guard against work that grows with the square, not a measurement
    assert time.process_time() - begun < 10
