"""What Connexion 3.3 gets wrong about parameters; each row with the nearest good request."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.advisories.test_bodies_server import (
    Attacked,
    Headers,
    attacked,
    head,
    operation,
    pointers_of,
    problem_of,
)

INTEGER = {"type": "integer"}
NUMBER = {"type": "number"}
POINT = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"x": INTEGER, "tags": {"type": "array", "items": INTEGER}},
}


def parameter(name: str, place: str, schema: Any, **more: Any) -> dict[str, Any]:
    required = {"required": True} if place == "path" else {}
    return {"name": name, "in": place, "schema": schema, **required, **more}


def at(place: str, schema: Any, name: str = "x", *statuses: str) -> dict[str, Any]:
    """A path item that reads one parameter."""
    responses = {status: {"description": ""} for status in statuses or ("200",)}
    get = operation(parameters=[parameter(name, place, schema)], responses=responses)
    return {"get": get}


QUERY = [
    parameter("limit", "query", INTEGER),
    parameter("price", "query", NUMBER),
    parameter("live", "query", {"type": "boolean"}),
    parameter("s", "query", {"type": "string", "nullable": True}),
    parameter("tags", "query", {"type": "array", "items": INTEGER}),
    parameter("ids", "query", {"type": "array", "items": INTEGER}, explode=False),
    parameter("deep", "query", POINT, style="deepObject", explode=True),
    parameter("rest", "query", {"type": "object", "additionalProperties": INTEGER},
              style="deepObject", explode=True),
    parameter("count", "header", INTEGER),
    parameter("counts", "header", {"type": "array", "items": INTEGER}),
    parameter("sid", "cookie", INTEGER),
]  # fmt: skip
PATHS = {
    "/q": {"get": operation(parameters=QUERY)},
    "/i/{x}": at("path", INTEGER),
    "/gone/{x}": at("path", INTEGER, "x", "200", "404"),
    "/both/{x}": at("path", INTEGER, "x", "200", "400", "404"),
    "/f/{x}": at("path", NUMBER),
    "/s/{x}": at("path", {"type": "string"}),
    "/parts/x-{x}.{y}": {
        "get": operation(
            parameters=[parameter("x", "path", INTEGER), parameter("y", "path", INTEGER)]
        )
    },
    "/own/{user}": at("path", {"type": "string"}, "user"),
    "/level/{x}": {
        "parameters": [parameter("x", "path", {"type": "string"}), parameter("n", "query", {})],
        "get": operation(parameters=[parameter("x", "path", INTEGER)]),
    },
}
FAR = "9" * 30


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that must be refused, the nearest good one, and what the handler gets of that."""

    bad: str
    good: str
    got: dict[str, Any]
    #: empty: nothing is at the path
    pointers: tuple[str, ...] = ("/query/limit",)
    #: sent with the bad request, and with the good one
    headers: Headers = ()
    good_headers: Headers = ()

    @property
    def status(self) -> int:
        return 400 if self.pointers else 404


def query(bad: str, good: str, got: dict[str, Any], *pointers: str) -> Asked:
    """A row of the query."""
    return Asked(f"/q?{bad}", f"/q?{good}", got, pointers or ("/query/limit",))


def sent(name: str, bad: tuple[str, ...], good: tuple[str, ...], value: Any, at: str) -> Asked:
    """A row of headers of one name."""
    key = at.split("/")[2]
    bad_headers, good_headers = ([(name, text) for text in texts] for texts in (bad, good))
    return Asked("/q", "/q", {key: value}, (at,), bad_headers, good_headers)


TEN: dict[str, Any] = {"limit": 10}
QUERIES = {
    "limit=1_0 is 10": query("limit=1_0", "limit=10", TEN),
    "limit=U+0661 is 1": query("limit=%D9%A1", "limit=10", TEN),
    "limit=U+FF11 fullwidth": query("limit=%EF%BC%91", "limit=10", TEN),
    "limit=U+00B2 superscript": query("limit=%C2%B2", "limit=10", TEN),
    "limit=+10": query("limit=%2B10", "limit=%31%30", TEN),
    "limit=010": query("limit=010", "limit=10", TEN),
    "limit=0x10": query("limit=0x10", "limit=10", TEN),
    "limit=10.0": query("limit=10.0", "limit=10", TEN),
    "limit= 10": query("limit=%2010", "limit=10", TEN),
    "limit with a line break": query("limit=10%0A", "limit=10", TEN),
    "limit with a NUL": query("limit=10%00", "limit=10", TEN),
    "limit=--1": query("limit=--1", "limit=-1", {"limit": -1}),
    "limit=true": query("limit=true", "limit=1", {"limit": 1}),
    "limit= nothing": query("limit=", "limit=-0", {"limit": 0}),
    "limit of 30 digits": query(f"limit={FAR}", f"limit={2**63 - 1}", {"limit": 2**63 - 1}),
    "limit of 5000 digits": query(f"limit={'9' * 5_000}", "limit=10", TEN),
    "limit=1&limit=2, the last one wins": query("limit=1&limit=2", "limit=10&other=2", TEN),
    "limit=1&%6cimit=2": query("limit=1&%6cimit=2", "%6cimit=10", TEN),
    "limit=%": query("limit=%", "limit=10", TEN),
    "limit=%zz": query("limit=%zz", "limit=10&other=%zz", TEN),
    "limit=%ff": query("limit=%ff", "limit=10&%ff=1", TEN),
    "1001 parameters": query("a&" * 1_000 + "limit=10", "a&" * 999 + "limit=10", TEN, "/query"),
    "price=1e999": query("price=1e999", "price=1e308", {"price": 1e308}, "/query/price"),
    "price=nan": query("price=nan", "price=-0.5", {"price": -0.5}, "/query/price"),
    "price=.": query("price=.", "price=0.0", {"price": 0}, "/query/price"),
    "price=1_0.0": query("price=1_0.0", "price=10.0", {"price": 10}, "/query/price"),
    "live=True": query("live=True", "live=true", {"live": True}, "/query/live"),
    "live=1": query("live=1", "live=false", {"live": False}, "/query/live"),
    "s=null is None": query("s=%80", "s=null", {"s": "null"}, "/query/s"),
    "s=None is None": query("s=%C0%AF", "s=None", {"s": "None"}, "/query/s"),
    "s= is null": query("s=%ED%A0%80", "s=", {"s": None}, "/query/s"),
    "tags=1&tags=x": query("tags=1&tags=x", "tags=1&tags=2", {"tags": [1, 2]}, "/query/tags/1"),
    "tags=1,2 is one item": query("tags=1,2", "tags=1", {"tags": [1]}, "/query/tags/0"),
    "ids=1,x": query("ids=1,x", "ids=1,2", {"ids": [1, 2]}, "/query/ids/1"),
    "ids=1&ids=2": query("ids=1&ids=2", "ids=1%2C2", {"ids": [1, 2]}, "/query/ids"),
    "deep[x]=a": query("deep[x]=a", "deep[x]=1", {"deep": {"x": 1}}, "/query/deep/x"),
    "deep[z]=1": query("deep[z]=1", "deep%5Bx%5D=1", {"deep": {"x": 1}}, "/query/deep/z"),
    "deep[]=1": query("deep[]=1", "deep[x]=1", {"deep": {"x": 1}}, "/query/deep/"),
    "deep[x]=1&deep[x]=2": query(
        "deep[x]=1&deep[x]=2", "deep[tags]=1&deep[tags]=2", {"deep": {"tags": [1, 2]}},
        "/query/deep/x",
    ),
    "deep[x][y]=1": query("deep[x][y]=1", "deep[x]=1", {"deep": {"x": 1}}, "/query/deep"),
    "deep[x=1 is no member": query(
        "deep[x=1&limit=x", "deep[x=1&deep]x[=1&limit=10", TEN, "/query/limit"
    ),
    "rest[a] of 30 digits": query(
        f"rest[a]={FAR}", "rest[a]=1&rest[__proto__]=2", {"rest": {"a": 1, "__proto__": 2}},
        "/query/rest/a",
    ),
    "all that is wrong": query(
        "limit=x&price=x&tags=1&tags=x", "limit=10", TEN,
        "/query/limit", "/query/price", "/query/tags/1",
    ),
}  # fmt: skip
HEADERS = {
    "an integer header is always 400": sent("Count", ("x",), ("3",), 3, "/header/count"),
    "a header of 1_0": sent("COUNT", ("1_0",), ("10",), 10, "/header/count"),
    "a header of an Arabic digit": sent("count", ("\xd9\xa1",), ("1",), 1, "/header/count"),
    "a header of octets": sent("count", ("\xff",), (" 1\t",), 1, "/header/count"),
    "a header twice": sent("count", ("1", "1"), ("1",), 1, "/header/count"),
    "a header of 30 digits": sent("count", (FAR,), ("-1",), -1, "/header/count"),
    "a list in headers": sent("counts", ("1, x",), ("1, 2", "3"), [1, 2, 3], "/header/counts/1"),
    "an integer cookie": sent("Cookie", ("sid=x",), ("a=b; sid=3",), 3, "/cookie/sid"),
    "a cookie twice": sent("Cookie", ("sid=1; sid=2",), ("sid=1",), 1, "/cookie/sid"),
    "a cookie with a bad escape": sent("Cookie", ("sid=%",), ('sid="1"',), 1, "/cookie/sid"),
}


def path(bad: str, good: str, x: Any, *pointers: str) -> Asked:
    """A row of the path; without pointers nothing is at the bad one."""
    return Asked(bad, good, {"x": x}, pointers)


IN_PATH = ("/path/x",)
IN_PATHS = {
    "an integer path of letters": path("/i/a", "/i/1", 1, *IN_PATH),
    "an integer path of +1": path("/i/+1", "/i/-1", -1, *IN_PATH),
    "an integer path of 1_0": path("/i/1_0", "/i/10", 10, *IN_PATH),
    "an integer path of an Arabic digit": path("/i/%D9%A1", "/i/%31", 1, *IN_PATH),
    "an integer path of 5000 digits is 500": path("/i/" + "9" * 5_000, "/i/9", 9, *IN_PATH),
    "an integer path of 900 digits": path(
        "/i/" + "9" * 900, f"/i/{2**63 - 1}", 2**63 - 1, *IN_PATH
    ),
    "an integer path of 1.0": path("/i/1.0", "/i/0", 0, *IN_PATH),
    "a bad integer where 404 alone is documented": path("/gone/a", "/gone/1", 1),
    "5000 digits where 404 alone is documented": path("/gone/" + "9" * 5_000, "/gone/9", 9),
    "a bad integer where both are documented": path("/both/a", "/both/1", 1, *IN_PATH),
    "/f/. is 500": path("/f/.", "/f/0.5", 0.5),
    "/f/ is 500": path("/f/", "/f/1", 1),
    "/f/.5": path("/f/.5", "/f/0.5", 0.5, *IN_PATH),
    "/f/1e999": path("/f/1e999", "/f/1e3", 1000, *IN_PATH),
    "/f/nan": path("/f/nan", "/f/-1.5", -1.5, *IN_PATH),
    "/f/inf": path("/f/inf", "/f/" + "9" * 30, 1e30, *IN_PATH),
    "/u/a%2Fb is cut": path("/s/a%2Fb", "/s/a%20b", "a b"),
    "/u/%00 reaches the handler": path("/s/%00", "/s/0", "0"),
    "/u/%ff reaches the handler": path("/s/%ff", "/s/%C3%BF", "ÿ"),
    "/u/%C0%AF reaches the handler": path("/s/%C0%AF", "/s/%C2%AF", "\xaf"),
    "/u/..%2Fgroups": path("/s/..%2Fi%2F1", "/s/..a", "..a"),
    "/u/1%0A": path("/s/1%0A", "/s/1%20", "1 "),
    "/u/%zz": path("/s/%zz", "/s/%25zz", "%zz"),
    "the operation's parameter overrides the path's": path("/level/a", "/level/1", 1, *IN_PATH),
}
ROWS = {**QUERIES, **HEADERS, **IN_PATHS}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    with attacked(tmp_path_factory.mktemp("parameters"), PATHS) as running:
        yield running


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_parameter_that_connexion_got_wrong_is_answered_right(
    server: Attacked, row: Asked
) -> None:
    calls = len(server.calls)

    reply = server.get(row.bad, *row.headers)

    assert (reply.status, pointers_of(reply)) == (row.status, list(row.pointers))
    assert len(server.calls) == calls


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_nearest_good_parameter_reaches_the_handler(server: Attacked, row: Asked) -> None:
    reply = server.get(row.good, *row.good_headers)

    assert reply.status == 200, reply.body
    got = {name: value for name, value in reply.json().items() if value is not None}
    assert got == {name: value for name, value in row.got.items() if value is not None}


def test_two_parameters_in_one_segment_are_told_apart(server: Attacked) -> None:
    good = server.get("/parts/x-1.2")
    bad = server.get("/parts/x-1.b")

    assert (good.json()["x"], good.json()["y"]) == (1, 2)
    assert pointers_of(bad) == ["/path/y"]


def test_what_the_path_names_is_never_taken_from_the_context(server: Attacked) -> None:
    assert server.get("/own/mallory").json()["user"] == "mallory"


def test_problems_of_every_place_are_told_at_once(server: Attacked) -> None:
    reply = server.get("/q?limit=x&deep[x]=y", ("Count", "z"), ("Cookie", "sid=w"))

    expected = ["/query/limit", "/query/deep/x", "/header/count", "/cookie/sid"]
    assert pointers_of(reply) == expected


@pytest.mark.parametrize("place", ["limit=s3cret", "deep[x]=s3cret", "tags=1&tags=s3cret"])
def test_no_answer_quotes_the_value_of_a_parameter(server: Attacked, place: str) -> None:
    reply = server.get(f"/q?{place}", ("Count", "s3cret"), ("Cookie", "sid=s3cret"))

    assert problem_of(reply)["status"] == 400
    assert b"s3cret" not in reply.body


def test_head_reads_the_parameters_of_get(server: Attacked) -> None:
    with server.connect() as connection:
        connection.sendall(head("HEAD", "/i/a", [("Connection", "close")]))
        received = b"".join(iter(lambda: connection.recv(65536), b""))

    assert received.startswith(b"HTTP/1.1 400 ")
    assert received.endswith(b"\r\n\r\n")
