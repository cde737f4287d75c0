"""What is left of callers who go away, and of calls that wait for a thread."""

import json
import selectors
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gateway.app.composition import Composition
from gateway.edge.endpoints import THREADS, WAITING
from scopegate import operation
from tests.advisories.test_attacks import OK, written
from tests.corpus.server import DocumentServer, serve_document, settings_for
from tests.e2e.servers import DEMO_DOCUMENT
from token_service.store.engine import Engine

MODULE = "abandoned_handlers"
ABANDONED = 200
_SECONDS = 20
_RESET = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Gate:
    """A handler that counts who came, and keeps him until it is opened."""

    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    opened: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> dict[str, int]:
        """Be the handler."""
        self.came.release()
        self.opened.wait(_SECONDS)
        return {"a": 1}


@pytest.fixture
def gate() -> Iterator[Gate]:
    """Opened at the latest when the test ends."""
    gate = Gate()
    yield gate
    gate.opened.set()


@pytest.fixture
def server(gate: Gate, tmp_path: Path) -> Iterator[DocumentServer]:
    """Answers in a thread, at once, or with more than fits between two sockets."""

    async def good() -> dict[str, int]:
        return {"a": 1}

    big = b"x" * (8 << 20)
    handlers: dict[str, Callable[..., Any]] = {
        "gate": lambda: gate.wait(),
        "good": good,
        "big": lambda: big,
        "body": lambda body: body,
    }
    module = ModuleType(MODULE)
    for name, handler in handlers.items():
        method = "POST" if name == "body" else "GET"
        vars(module)[name] = operation(f"{method} /{name}")(handler)
    media = {"application/json": {"schema": {"type": "object"}}}
    paths: dict[str, Any] = {
        f"/{name}": {"get": {"security": [], "responses": OK}} for name in ("gate", "good", "big")
    }
    body = {"required": True, "content": media}
    paths["/body"] = {"post": {"security": [], "requestBody": body, "responses": OK}}
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patched:
        patched.setitem(sys.modules, MODULE, module)
        settings, composition = settings_for(tmp_path / "home"), Composition(handlers=MODULE)
        served = serve_document(written(tmp_path, paths), settings, composition)
        yield stack.enter_context(served)[0]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[DocumentServer, Engine]]:
    """The demo's own handlers on their database."""
    composition = Composition(with_demo_handlers=True)
    with serve_document(DEMO_DOCUMENT, settings_for(tmp_path / "home"), composition) as running:
        yield running


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=_SECONDS)


def request(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode()


HALF_A_BODY = request("POST", "/body", "Content-Type: application/json", "Content-Length: 100")
HALF_A_CHUNK = request(
    "POST", "/body", "Content-Type: application/json", "Transfer-Encoding: chunked"
)
#: what is sent before the caller goes, and how much of an answer he waits for
ABANDONMENTS = {
    "mid-head": (b"GET /good HT", 0),
    "mid-body": (HALF_A_BODY + b'{"a"', 0),
    "mid-chunk": (HALF_A_CHUNK + b'40\r\n{"a"', 0),
    "before a handler of the loop": (request("GET", "/good"), 0),
    "before a handler in a thread": (request("GET", "/big"), 0),
    "mid-answer": (request("GET", "/big"), 1000),
}


def abandon(port: int, sent: bytes, awaited: int, *, resets: bool) -> None:
    """Send something, read some of the answer, and go: quietly, or with a reset."""
    with connected(port) as caller:
        caller.sendall(sent)
        while awaited > 0:
            awaited -= len(caller.recv(awaited))
        if resets:
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def descriptors() -> int:
    """Open descriptors of this process, which serves too; the database's pool counts its own."""
    found = 0
    for number in Path("/proc/self/fd").iterdir():
        try:
            target = str(number.readlink())
        except FileNotFoundError:  # the listing's own
            continue
        found += "scopegate.db" not in target
    return found


def settled(count: Callable[[], int], expected: int) -> int:
    """A count as it is when it has come down to what is expected, or at the end of the time."""
    limit = time.monotonic() + _SECONDS
    while (found := count()) > expected and time.monotonic() < limit:
        time.sleep(0.01)
    return found


@pytest.mark.parametrize("resets", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize(("sent", "awaited"), ABANDONMENTS.values(), ids=ABANDONMENTS)
def test_callers_who_go_away_leave_nothing_behind(
    server: DocumentServer,
    sent: bytes,
    awaited: int,
    resets: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(THREADS):
        assert server.send("GET", "/big", []).status == 200
    before = descriptors(), threading.active_count()

    for _ in range(ABANDONED):
        abandon(server.port, sent, awaited, resets=resets)

    assert settled(descriptors, before[0]) <= before[0]
    assert settled(threading.active_count, before[1]) == before[1]
    assert server.send("GET", "/good", []).status == 200
    assert [record.getMessage() for record in caplog.records] == []


SONG = json.dumps({"title": "a", "artist": "b b", "year": 1999}).encode()


@pytest.mark.parametrize(
    ("head", "body", "stored"),
    [
        pytest.param(("GET", "/songs"), b"", 0, id="before the answer"),
        pytest.param(("POST", "/songs", "Content-Length: 90"), b'{"title"', 0, id="mid-body"),
        pytest.param(
            ("POST", "/songs", f"Content-Length: {len(SONG)}"), SONG, 1, id="before it was stored"
        ),
    ],
)
def test_callers_who_go_away_leave_no_session_open(
    demo: tuple[DocumentServer, Engine], head: tuple[str, ...], body: bytes, stored: int
) -> None:
    server, engine = demo
    claims = {
        "iss": "http://localhost:8000/o",
        "aud": "http://localhost:8000",
        "sub": "client:test",
        "client_id": "test",
        "jti": "test",
        "iat": int(time.time()),
        "exp": int(time.time()) + 600,
        "scope": "read create",
    }
    bearer = f"Authorization: Bearer {server.application.tokens.keyring.sign(claims)}"
    sent = request(*head, bearer, "Content-Type: application/json") + body
    for _ in range(THREADS):
        assert server.send("GET", "/songs", [("Authorization", bearer[15:])]).status == 200
    before = descriptors(), threading.active_count()

    for number in range(ABANDONED):
        abandon(server.port, sent, 0, resets=number % 2 == 0)

    pool: Any = engine.pool
    assert settled(descriptors, before[0]) <= before[0]
    assert settled(pool.checkedout, 0) == 0
    assert settled(threading.active_count, before[1]) == before[1]
    songs = server.send("GET", "/songs?limit=1", [("Authorization", bearer[15:])])
    assert (songs.status, len(songs.json())) == (200, stored)


def test_a_full_pool_answers_503_and_hangs_nobody_up(server: DocumentServer, gate: Gate) -> None:
    too_many = 5
    with ExitStack() as stack, selectors.DefaultSelector() as answered:

        def ask(count: int) -> None:
            for _ in range(count):
                caller = stack.enter_context(connected(server.port))
                caller.sendall(request("GET", "/gate", "Connection: close"))
                answered.register(caller, selectors.EVENT_READ)

        ask(THREADS)
        for _ in range(THREADS):
            assert gate.came.acquire(timeout=_SECONDS)
        ask(WAITING + too_many)
        refused = [read(caller) for caller in ready(answered, too_many)]
        beside = server.send("GET", "/good", []).status
        gate.opened.set()
        served = [read(caller) for caller in ready(answered, THREADS + WAITING)]

    assert beside == 200
    assert all(answer.startswith(b"HTTP/1.1 503 ") for answer in refused)
    assert all(b"\r\nretry-after: 1\r\n" in answer for answer in refused)
    assert all(b'"instance":"urn:uuid:' in answer for answer in refused)
    assert len(refused) == too_many
    assert [answer[:13] for answer in served] == [b"HTTP/1.1 200 "] * (THREADS + WAITING)


def ready(selector: selectors.BaseSelector, count: int) -> list[socket.socket]:
    """The first callers that are answered, no longer looked at."""
    found: list[socket.socket] = []
    limit = time.monotonic() + _SECONDS
    while len(found) < count and time.monotonic() < limit:
        for key, _ in selector.select(timeout=1):
            selector.unregister(key.fileobj)
            assert isinstance(key.fileobj, socket.socket)
            found.append(key.fileobj)
    return found


def read(caller: socket.socket) -> bytes:
    """An answer to its end."""
    received = b""
    while piece := caller.recv(65536):
        received += piece
    return received
