"""The server that the tables of bodies and parameters attack; its handler tells what it got."""

import json
import re
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gateway.app.composition import Composition
from scopegate import operation as handles
from tests.corpus.server import DocumentServer, serve_document
from tests.e2e.wire import Reply, read_reply
from tests.unit.app.homes import settings_in

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
#: as `--handlers` names the handler of these tables
_MODULE = "telling_handlers"
_SECONDS = 10
_HOST = b"Host: localhost\r\n"
_INSTANCE = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Headers = Sequence[tuple[str, str]]
Handler = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A body that must be refused, and the nearest one that must not."""

    sent: bytes
    good: bytes
    content_type: str | None = JSON
    #: None: the same
    good_type: str | None = None
    target: str = "/things"
    status: int = 400
    #: where it is wrong; a 415 does not say
    pointers: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class Attacked:
    """A running server, and every call that reached its handler."""

    server: DocumentServer
    calls: list[dict[str, Any]]

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.port

    def token(self, *scopes: str) -> str:
        """A valid token of its own token service."""
        return self.server.application.tokens.mint("user:alice", scopes, client_id="c", ttl=60)

    def send(self, request: bytes) -> Reply:
        """Send octets, read one answer and leave."""
        with self.connect() as connection:
            connection.sendall(request)
            return read_reply(connection)

    def connect(self) -> socket.socket:
        """A connection that nothing was sent over."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=_SECONDS)

    def post(
        self, target: str, body: bytes, content_type: str | None = JSON, *, headers: Headers = ()
    ) -> Reply:
        """Send a body with its length."""
        more = [] if content_type is None else [("Content-Type", content_type)]
        length = ("Content-Length", str(len(body)))
        return self.send(head("POST", target, [*more, *headers, length]) + body)

    def get(self, target: str, *headers: tuple[str, str]) -> Reply:
        """Send a request without a body."""
        return self.send(head("GET", target, headers))


def head(method: str, target: str, headers: Headers = ()) -> bytes:
    """The head of a request, to the empty line; text is sent as latin-1."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    first = f"{method} {target} HTTP/1.1\r\n"
    return first.encode("latin-1") + _HOST + lines.encode("latin-1") + b"\r\n"


def chunked(*chunks: bytes) -> bytes:
    """Chunks as they go over the wire, the last one too."""
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))


def body_of(schema: Any, *media_types: str, **more: Any) -> dict[str, Any]:
    """A Request Body that must be sent, as one of some media types."""
    content = {name: {"schema": schema, **more} for name in media_types or (JSON,)}
    return {"required": True, "content": content}


def operation(**members: Any) -> dict[str, Any]:
    """A public operation."""
    return {"security": [], "responses": {"200": {"description": "ok"}}, **members}


@contextmanager
def attacked(
    folder: Path,
    paths: Mapping[str, Mapping[str, Any]],
    *,
    handler: Handler | None = None,
    flags: Mapping[str, str] | None = None,
    **components: Any,
) -> Iterator[Attacked]:
    """Serve a document whose every operation is answered with what reached its one handler."""
    text = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": paths,
        "components": components,
    }
    place = folder / "attacked.json"
    place.write_text(json.dumps(text), encoding="utf-8")
    calls: list[dict[str, Any]] = []
    module = ModuleType(_MODULE)
    vars(module)["handler"] = _marked(handler or _teller(calls), paths)
    settings = settings_in(folder / "home", **(flags or {}))
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(sys.modules, _MODULE, module)
        with serve_document(place, settings, Composition(handlers=_MODULE)) as (server, _):
            yield Attacked(server, calls)


def _teller(calls: list[dict[str, Any]]) -> Handler:
    async def tell(**rest: Any) -> Any:
        calls.append(rest)
        return _written(rest)

    return tell


def _marked(handler: Handler, paths: Mapping[str, Mapping[str, Any]]) -> Handler:
    """The handler of every operation."""
    for path, item in paths.items():
        for method in item.keys() - {"parameters"}:
            handler = handles(f"{method.upper()} {path}")(handler)
    return handler


def _written(value: Any) -> Any:
    """A value as JSON can hold it: bytes become an object that says so."""
    match value:
        case bytes():
            return {"bytes": value.decode("latin-1")}
        case list():
            return [_written(item) for item in value]
        case dict():
            return {name: _written(item) for name, item in value.items()}
        case _:
            return value


def assert_refused(server: Attacked, row: Row) -> None:
    """Send the bad body of a row: the answer says where it is wrong, no handler hears of it."""
    calls = len(server.calls)

    reply = server.post(row.target, row.sent, row.content_type)

    expected = list(row.pointers) if row.status == 400 else []
    assert (reply.status, pointers_of(reply)) == (row.status, expected)
    assert len(server.calls) == calls


def assert_accepted(server: Attacked, row: Row) -> None:
    """Send the good body of a row: the handler gets it."""
    calls = len(server.calls)

    reply = server.post(row.target, row.good, row.good_type or row.content_type)

    assert reply.status == 200, reply.body
    assert len(server.calls) == calls + 1


def problem_of(reply: Reply) -> dict[str, Any]:
    """The problem that an answer is, whatever its status (RFC 9457)."""
    assert reply.header("content-type") == "application/problem+json", reply
    problem: dict[str, Any] = reply.json()
    assert problem["status"] == reply.status
    assert problem["type"].startswith("/-/problems/")
    assert _INSTANCE.fullmatch(problem["instance"])
    return problem


def pointers_of(reply: Reply) -> list[str]:
    """Where a refused request is wrong."""
    return [violation["pointer"] for violation in problem_of(reply).get("violations", ())]


def test_what_reaches_a_handler_is_told(tmp_path: Path) -> None:
    paths = {"/a": {"post": operation(requestBody=body_of({"type": "object"}))}}

    with attacked(tmp_path, paths) as server:
        reply = server.post("/a", b'{"a": [1, null]}')
        calls = list(server.calls)

    assert (reply.status, reply.json()) == (200, {"body": {"a": [1, None]}})
    assert calls == [{"body": {"a": [1, None]}}]


def test_what_is_no_problem_is_told_apart() -> None:
    headers = (("content-type", "application/problem+json"),)
    members = {"status": 400, "type": "/-/problems/x", "instance": "urn:uuid:x"}

    with pytest.raises(AssertionError):
        problem_of(Reply(400, headers, json.dumps(members).encode()))
