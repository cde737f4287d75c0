"""What enforcing costs a request, counted in instructions: a slip of a half fails, noise does not.

The bounds are a third above what was counted when they were set. Whoever makes a request cheaper
lowers them; whoever makes it dearer says why in the commit.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from gateway.edge.entry import Entry
from gateway.handler import operation as handles
from tests.cost.counting import instructions
from tests.cost.line import Line
from tests.edge.gateway.world import bearer, document, gateway, operation
from tests.unit.tokens.minting import FixedKeys

SONG = {
    "type": "object",
    "required": ["title", "artist", "year"],
    "additionalProperties": False,
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 200},
        "artist": {"type": "string"},
        "year": {"type": "integer"},
    },
}
BODY = b'{"title":"So What","artist":"Miles Davis","year":1959}'
READ = [{"oauth": ["read"]}, {"oauth": ["admin"]}]
WRITE = [{"oauth": ["write"]}]


@handles("GET /songs")
async def list_songs() -> list[dict[str, Any]]:
    return [{"id": 1, "title": "So What", "artist": "Miles Davis", "year": 1959}]


@handles("POST /songs")
async def create_song(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    return {"id": 5, **body}, 201


@handles("GET /songs/{songId}")
async def read_song(song_id: int) -> dict[str, Any]:
    return {"id": song_id}


def songs(more: int = 0) -> dict[str, Any]:
    """A small API, with so many paths more in front of it."""
    song_id = {"name": "songId", "in": "path", "required": True, "schema": {"type": "integer"}}
    content = {"application/json": {"schema": SONG}}
    return document(
        {
            **{f"/r{i}/items/{{id}}": {"get": _of_item()} for i in range(more)},
            "/songs": {
                "get": operation(READ),
                "post": operation(WRITE, requestBody={"required": True, "content": content}),
            },
            "/songs/{songId}": {"get": operation(READ, parameters=[song_id])},
        }
    )


def _of_item() -> dict[str, Any]:
    item = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    return operation(READ, parameters=[item])


def entry(keys: FixedKeys | None = None, *, more: int = 0) -> Entry:
    return gateway(songs(more), list_songs, create_song, read_song, keys=keys).app


def request(method: str, path: str, scope: str | None, body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost:8000"]
    if scope is not None:
        lines.append(f"Authorization: {bearer(scope)['authorization']}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    with Line(entry()) as opened:
        yield opened


#: what it is -> the request, the status, the most instructions from octets to octets
REQUESTS = {
    "a list from memory": (request("GET", "/songs", "read"), 200, 2_100),
    "an object by its id": (request("GET", "/songs/1", "read"), 200, 3_300),
    "a body that is checked": (request("POST", "/songs", "write", BODY), 201, 3_000),
    "no token": (request("GET", "/songs", None), 401, 1_500),
    "a scope too few": (request("GET", "/songs", "other"), 403, 1_600),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_costs_no_more_than_it_did(line: Line, name: str) -> None:
    octets, status, most = REQUESTS[name]
    assert line.ask(octets).startswith(f"HTTP/1.1 {status} ".encode())

    assert instructions(lambda: line.ask(octets)) - instructions(line.turn) <= most


def test_the_last_of_many_paths_costs_what_it_costs_among_few() -> None:
    octets = request("GET", "/songs/1", "read")

    with Line(entry(more=10)) as few, Line(entry(more=1000)) as many:
        assert instructions(lambda: many.ask(octets)) == instructions(lambda: few.ask(octets))


def test_a_token_that_was_seen_before_is_not_verified_again() -> None:
    keys = FixedKeys()
    octets = request("GET", "/songs", "read")
    with Line(entry(keys)) as opened:
        for _ in range(10):
            assert opened.ask(octets).startswith(b"HTTP/1.1 200 ")

    assert len(keys.asked) == 1
