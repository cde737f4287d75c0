"""Handlers and documents that misbehave, against a real server and the real command."""

import asyncio
import json
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gateway.app.composition import Composition
from scopegate import Answer, operation
from tests.corpus.server import DocumentServer, HttpAnswer, serve_document, settings_for
from tests.e2e.servers import run

OK = {"200": {"description": "ok"}}
#: as `--handlers` names what stands in these tables
MODULE = "attacking_handlers"
_SECONDS = 10


def _answering(answer: Answer) -> Callable[[], Any]:
    return lambda: answer


def _raising(error: BaseException) -> Callable[[], Any]:
    async def handler() -> None:
        raise error

    return handler


def _raising_in_a_thread(error: BaseException) -> Callable[[], Any]:
    def handler() -> None:
        raise error

    return handler


ENDS = (SystemExit, KeyboardInterrupt, asyncio.CancelledError, GeneratorExit, StopIteration)
FAULTS: dict[str, Callable[[], Any]] = {
    **{
        f"status{status}".replace("-", "minus"): _answering(Answer({"a": 1}, status=status))
        for status in (99, 100, 1000, 0, -1)
    },
    "linebreak": _answering(Answer({}, headers={"X-A": "a\r\nSet-Cookie: b=c"})),
    "namewithspace": _answering(Answer({}, headers={"X A": "a"})),
    **{f"raises{kind.__name__}": _raising(kind()) for kind in ENDS},
    **{f"thread{kind.__name__}": _raising_in_a_thread(kind()) for kind in ENDS},
}
FINE: dict[str, Callable[[], Any]] = {
    "unchanged": _answering(Answer({"a": 1}, status=304)),
    "length": _answering(Answer({"a": 1}, headers={"Content-Length": "999"})),
    "good": _answering(Answer({"a": 1})),
}


def written(folder: Path, paths: dict[str, Any]) -> Path:
    """A document with these paths, in a file."""
    text = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths}
    place = folder / "attack.json"
    place.write_text(json.dumps(text), encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DocumentServer]:
    """Serves every handler of the tables under its own name."""
    folder = tmp_path_factory.mktemp("attacks")
    handlers = {**FAULTS, **FINE}
    for name, handler in handlers.items():
        operation(f"GET /{name}")(handler)
    paths = {f"/{name}": {"get": {"security": [], "responses": OK}} for name in handlers}
    composition = Composition(handlers=MODULE)
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(sys.modules, MODULE, _module(handlers))
        with serve_document(written(folder, paths), settings_for(folder / "home"), composition) as (
            running,
            _,
        ):
            yield running


def _module(handlers: dict[str, Callable[[], Any]]) -> ModuleType:
    made = ModuleType(MODULE)
    vars(made).update(handlers)
    return made


def keep_alive(port: int, *paths: str) -> bytes:
    """Send requests over one connection; everything that comes until it is closed."""
    requests = [f"GET {path} HTTP/1.1\r\nHost: localhost\r\n" for path in paths]
    requests[-1] += "Connection: close\r\n"
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=_SECONDS) as connection:
        connection.sendall("".join(f"{request}\r\n" for request in requests).encode())
        while piece := connection.recv(65536):
            received += piece
    return received


def statuses(received: bytes) -> list[int]:
    """The statuses of the answers of a connection."""
    return [int(found) for found in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


def is_well(answer: HttpAnswer) -> bool:
    """Whether a good handler's answer came whole."""
    return (answer.status, answer.body) == (200, b'{"a":1}')


@pytest.mark.parametrize("name", FAULTS)
def test_a_handler_that_misbehaves_is_one_500_and_harms_no_other_request(
    server: DocumentServer, name: str
) -> None:
    answer = server.send("GET", f"/{name}", [])
    both = statuses(keep_alive(server.port, f"/{name}", "/good"))

    assert answer.status == 500
    assert answer.all("content-type") == ["application/problem+json"]
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", answer.json()["instance"])
    assert answer.all("set-cookie") == []
    assert answer.all("content-length") == [str(len(answer.body))]
    assert both in ([500, 200], [500])
    assert is_well(server.send("GET", "/good", []))


def test_an_answer_that_has_no_body_is_sent_none_though_the_handler_gave_one(
    server: DocumentServer,
) -> None:
    answer = server.send("GET", "/unchanged", [])
    both = keep_alive(server.port, "/unchanged", "/good")

    assert (answer.status, answer.body) == (304, b"")
    assert statuses(both) == [304, 200]
    assert both.endswith(b'\r\n\r\n{"a":1}')
    assert both.count(b'{"a":1}') == 1


def test_a_handler_does_not_say_how_long_its_answer_is(server: DocumentServer) -> None:
    answer = server.send("GET", "/length", [])
    both = keep_alive(server.port, "/length", "/good")

    assert is_well(answer)
    assert answer.all("content-length") == ["7"]
    assert statuses(both) == [200, 200]


@pytest.mark.parametrize("command", [("serve", "--check"), ("routes",)], ids=" ".join)
def test_a_pipe_as_the_document_is_refused_and_not_waited_for(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")

    done = run(*command, "pipe.yaml", folder=tmp_path)

    assert done.returncode == 2
    assert "pipe.yaml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_control_character_in_an_operation_id_breaks_no_line_of_routes(tmp_path: Path) -> None:
    def paths(operation_id: str) -> dict[str, Any]:
        return {"/a": {"get": {"operationId": operation_id, "security": [], "responses": OK}}}

    def lines(operation_id: str) -> list[str]:
        written(tmp_path, paths(operation_id))
        done = run("routes", "attack.json", folder=tmp_path, check=True)
        return done.stdout.splitlines()

    plain, attacked = lines("getA"), lines("get\r\n\x1b[2J\x85A")

    assert "getA" in plain[0]
    assert len(attacked) == len(plain)
    assert attacked[0].startswith("GET")
    assert "\x1b" not in "".join(attacked)
