"""Bodies that are never read: of refused callers, too large, in another coding, cut off."""

import bz2
import gzip
import socket
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.advisories.test_bodies_server import (
    FORM,
    JSON,
    MULTIPART,
    Attacked,
    Headers,
    attacked,
    body_of,
    chunked,
    head,
    operation,
    pointers_of,
    problem_of,
)
from tests.e2e.wire import read_reply
from tests.edge.gateway.world import OAUTH

THING = {"type": "object", "properties": {"title": {"type": "string"}}}
BODY = body_of(THING, JSON, FORM, MULTIPART)
PATHS = {
    "/things": {"post": operation(requestBody=BODY)},
    "/guarded": {"post": {**operation(requestBody=BODY), "security": [{"oauth": ["write"]}]}},
    "/undeclared": {"post": {"requestBody": BODY, "responses": {"200": {"description": ""}}}},
    "/bare": {"post": operation(), "get": operation()},
    "/one/{n}": {
        "put": operation(
            parameters=[
                {"name": "n", "in": "path", "required": True, "schema": {"type": "integer"}}
            ],
            requestBody=BODY,
        )
    },
}
GOOD = b'{"title": "a"}'
LIMIT = 1 << 20
AS_JSON = ("Content-Type", JSON)
AS_CHUNKS = ("Transfer-Encoding", "chunked")
EXPECT = ("Expect", "100-continue")


def length(octets: int) -> tuple[str, str]:
    return ("Content-Length", str(octets))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    folder = tmp_path_factory.mktemp("unread")
    with attacked(folder, PATHS, securitySchemes={"oauth": OAUTH}) as running:
        yield running


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that is answered by its head alone."""

    status: int
    method: str = "POST"
    target: str = "/things"
    scope: str | None = None
    headers: Headers = ()

    def head(self, server: Attacked, *more: tuple[str, str]) -> bytes:
        """The head, with a token of the scope."""
        bearer = [("Authorization", f"Bearer {server.token(self.scope)}")] if self.scope else []
        return head(self.method, self.target, [*bearer, *self.headers, *more])


JUNK = ("Authorization", "Bearer x")
#: refused for what they are, whatever body they announce
CALLERS = {
    "401 without a token": Refused(401, target="/guarded"),
    "401 with a junk token": Refused(401, target="/guarded", headers=[JUNK]),
    "400 with two tokens": Refused(400, target="/guarded", headers=[JUNK, JUNK]),
    "403 without the scope": Refused(403, target="/guarded", scope="read"),
    "403 where no security is declared": Refused(403, target="/undeclared", scope="write"),
    "404 of an unknown path": Refused(404, target="/nothing", scope="write"),
    "404 of an encoded slash": Refused(404, target="/things%2F", scope="write"),
    "405 of a missing method": Refused(405, method="DELETE"),
    "401 with another type": Refused(
        401, target="/guarded", headers=[("Content-Type", "text/plain")]
    ),
    "401 with a coding": Refused(401, target="/guarded", headers=[("Content-Encoding", "gzip")]),
}
#: permitted, and refused for what they say of their body
TYPES = {
    "415 of another type": Refused(415, headers=[("Content-Type", "text/plain")]),
    "415 of a coding": Refused(415, headers=[AS_JSON, ("Content-Encoding", "gzip")]),
    "415 of a charset": Refused(415, headers=[("Content-Type", f"{JSON}; charset=utf-16")]),
    "400 of no type": Refused(400),
}
REFUSED = {**CALLERS, **TYPES}


@pytest.mark.parametrize("announced", [length(900_000_000), length(9), AS_CHUNKS], ids=str)
@pytest.mark.parametrize("row", CALLERS.values(), ids=CALLERS)
def test_a_refused_caller_is_answered_before_his_body_comes(
    server: Attacked, row: Refused, announced: tuple[str, str]
) -> None:
    calls = len(server.calls)

    reply = server.send(row.head(server, announced))

    assert (reply.status, problem_of(reply)["status"]) == (row.status, row.status)
    assert len(server.calls) == calls


@pytest.mark.parametrize("row", REFUSED.values(), ids=REFUSED)
def test_a_refused_caller_is_not_told_to_go_on(server: Attacked, row: Refused) -> None:
    reply = server.send(row.head(server, length(len(GOOD)), EXPECT))

    assert (reply.status, problem_of(reply)["status"]) == (row.status, row.status)


def test_a_permitted_caller_is_told_to_go_on_and_answered(server: Attacked) -> None:
    bearer = ("Authorization", f"Bearer {server.token('write')}")

    with server.connect() as connection:
        connection.sendall(head("POST", "/guarded", [AS_JSON, bearer, length(len(GOOD)), EXPECT]))
        told = connection.recv(4096)
        connection.sendall(GOOD)
        reply = read_reply(connection)

    assert told == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert reply.json() == {"body": {"title": "a"}}


@pytest.mark.parametrize("target", ["/things", "/bare"])
@pytest.mark.parametrize("octets", [LIMIT + 1, 50_000_000, 10**18])
def test_an_announced_body_over_the_limit_is_413_before_it_comes(
    server: Attacked, target: str, octets: int
) -> None:
    reply = server.send(head("POST", target, [AS_JSON, length(octets), EXPECT]))

    assert problem_of(reply)["type"] == "/-/problems/content-too-large"
    assert reply.status == 413


@pytest.mark.parametrize("target", ["/things", "/bare"])
def test_chunks_over_the_limit_are_413_before_the_last_one_comes(
    server: Attacked, target: str
) -> None:
    calls = len(server.calls)
    with server.connect() as connection:
        connection.sendall(head("POST", target, [AS_JSON, AS_CHUNKS]))
        for _ in range(LIMIT // 65_536 + 1):
            connection.sendall(b"10000\r\n" + b" " * 65_536 + b"\r\n")
        reply = read_reply(connection)

    assert (reply.status, problem_of(reply)["status"]) == (413, 413)
    assert len(server.calls) == calls


def test_a_body_of_exactly_the_limit_is_read_with_a_length_and_in_chunks(server: Attacked) -> None:
    whole = GOOD + b" " * (LIMIT - len(GOOD))

    by_length = server.post("/things", whole)
    by_chunks = server.send(head("POST", "/things", [AS_JSON, AS_CHUNKS]) + chunked(whole))

    assert by_length.json() == by_chunks.json() == {"body": {"title": "a"}}


CODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "GZIP": ("GZIP", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "br": ("br", bytes),
    "zstd": ("zstd", bytes),
    "bzip2": ("bzip2", bz2.compress),
    "aws-chunked": ("aws-chunked", bytes),
    "identity, gzip": ("identity, gzip", gzip.compress),
    "a gzip bomb": ("gzip", lambda raw: gzip.compress(raw + b" " * 100_000_000, 1)[:900_000]),
    "garbage": ("\xff", bytes),
}


@pytest.mark.parametrize(("coding", "compress"), CODINGS.values(), ids=CODINGS)
@pytest.mark.parametrize("target", ["/things", "/bare"])
def test_a_body_in_a_content_encoding_is_415(
    server: Attacked, target: str, coding: str, compress: Callable[[bytes], bytes]
) -> None:
    reply = server.post(target, compress(GOOD), headers=[("Content-Encoding", coding)])

    assert (reply.status, reply.header("accept-encoding")) == (415, "identity")
    problem_of(reply)


@pytest.mark.parametrize("coding", ["identity", "Identity", ""])
def test_identity_is_no_content_encoding(server: Attacked, coding: str) -> None:
    reply = server.post("/things", GOOD, headers=[("Content-Encoding", coding)])

    assert reply.json() == {"body": {"title": "a"}}


def test_gzip_without_its_header_is_no_json(server: Attacked) -> None:
    assert pointers_of(server.post("/things", gzip.compress(GOOD))) == [""]


@pytest.mark.parametrize("second", [JSON, "text/plain", ""])
def test_two_content_types_are_415(server: Attacked, second: str) -> None:
    reply = server.post("/things", GOOD, headers=[("Content-Type", second)])

    assert (reply.status, reply.header("accept")) == (415, ", ".join((JSON, FORM, MULTIPART)))
    problem_of(reply)


@pytest.mark.parametrize("announced", [length(0), AS_CHUNKS, None], ids=str)
@pytest.mark.parametrize("content_type", [JSON, FORM, MULTIPART, None])
def test_no_body_is_400_where_one_is_required_and_taken_where_none_is_declared(
    server: Attacked, announced: tuple[str, str] | None, content_type: str | None
) -> None:
    headers = [("Content-Type", content_type)] if content_type else []
    headers += [announced] if announced else []
    end = chunked() if announced == AS_CHUNKS else b""

    required = server.send(head("POST", "/things", headers) + end)
    bare = server.send(head("POST", "/bare", headers) + end)

    assert (required.status, pointers_of(required)) == (400, [""])
    assert bare.json() == {"body": None}


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param(head("POST", "/things", [AS_JSON, length(14)]) + GOOD[:13], id="length"),
        pytest.param(
            head("POST", "/things", [AS_JSON, AS_CHUNKS]) + b"e\r\n" + GOOD + b"\r\n", id="chunks"
        ),
        pytest.param(
            head("POST", "/things", [AS_JSON, AS_CHUNKS]) + b"e\r\n" + GOOD[:9], id="chunk"
        ),
        pytest.param(
            head("POST", "/things", [("Content-Type", FORM), length(20)]) + b"title=a&n=1",
            id="form",
        ),
    ],
)
def test_a_body_that_is_cut_off_never_reaches_a_handler(server: Attacked, pieces: bytes) -> None:
    calls = len(server.calls)

    with server.connect() as connection:
        connection.sendall(pieces)
        connection.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: connection.recv(4096), b""))
    whole = server.post("/things", GOOD)

    assert received == b"" or received.startswith(b"HTTP/1.1 400 ")
    assert whole.status == 200
    assert [told["body"] for told in server.calls[calls:]] == [{"title": "a"}]


def test_a_path_that_does_not_fit_is_told_with_its_body(server: Attacked) -> None:
    headers = [AS_JSON, length(len(b'{"title": 1}'))]

    reply = server.send(head("PUT", "/one/x", headers) + b'{"title": 1}')
    good = server.send(head("PUT", "/one/1", [AS_JSON, length(len(GOOD))]) + GOOD)

    assert pointers_of(reply) == ["/path/n", "/title"]
    assert good.json() == {"n": 1, "body": {"title": "a"}}


def test_a_refused_body_does_not_become_the_next_request(server: Attacked) -> None:
    hidden = head("POST", "/bare", [length(0)])
    with server.connect() as connection:
        connection.sendall(head("POST", "/guarded", [AS_JSON, length(len(hidden))]) + hidden)
        connection.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: connection.recv(65536), b""))

    assert received.count(b"HTTP/1.1 ") == 1
    assert received.startswith(b"HTTP/1.1 401 ")
