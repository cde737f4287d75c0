"""Conversations in octets: what is sent is what stands in a table, and all that came is kept."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.app.compose import compose
from gateway.app.composition import Composition
from gateway.app.tokens import open_database
from gateway.edge.wire import BoundedHttpProtocol
from gateway.load import load_document
from gateway.spec.read import read_description
from tests.corpus.server import DocumentServer, settings_for

_SECONDS = 10
HOST = b"Host: localhost\r\n"
CLOSE = b"Connection: close\r\n"
SEED = Path(__file__).parents[1] / "corpus" / "documents" / "seed-songs.yaml"

#: what bearer challenges of a 401 end with (RFC 9728 s5.1)
METADATA = 'resource_metadata="http://localhost:8000/.well-known/oauth-protected-resource"'


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, read strictly."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The one value of a header; the empty text if it was not sent."""
        values = [value for found, value in self.headers if found == name]
        assert len(values) <= 1, f"{name} was sent {len(values)} times"
        return values[0] if values else ""

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Conversation:
    """All answers of a connection that the server ended."""

    answers: tuple[Answer, ...]
    seconds: float

    @property
    def statuses(self) -> list[int]:
        """The statuses in the order in which they came."""
        return [answer.status for answer in self.answers]


def talk(port: int, *pieces: bytes, is_head: bool = False) -> Conversation:
    """Send pieces, and read until the server ends the connection; it must, and reset nothing."""
    begun = time.monotonic()
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=_SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)
        while more := connection.recv(65536):
            received += more
    return Conversation(tuple(_answers(received, is_head)), time.monotonic() - begun)


def _answers(received: bytes, is_head: bool) -> Iterator[Answer]:
    while received:
        head, ends, received = received.partition(b"\r\n\r\n")
        assert ends, f"an answer was cut off: {head!r}"
        first, *lines = head.decode("latin-1").split("\r\n")
        assert first.startswith("HTTP/1.1 "), f"what came is no answer: {first!r}"
        pairs = (line.partition(":") for line in lines)
        headers = tuple((name.lower(), value.strip()) for name, _, value in pairs)
        told = dict(headers)
        length = 0 if is_head else int(told.get("content-length", "0"))
        assert "transfer-encoding" not in told
        assert len(received) >= length
        yield Answer(int(first.split(" ")[1]), headers, received[:length])
        received = received[length:]


def is_refusal(answer: Answer, *, is_head: bool = False) -> bool:
    """Whether an answer is a whole problem that ends its connection."""
    assert answer.header("content-type") == "application/problem+json"
    assert answer.header("connection") == "close"
    assert answer.header("date").endswith(" GMT")
    assert answer.header("x-content-type-options") == "nosniff"
    if not is_head:
        problem = answer.json()
        assert problem["type"].startswith("/-/problems/")
        assert problem["instance"].startswith("urn:uuid:")
        assert problem["status"] == answer.status
    return True


@contextmanager
def serving_seed(
    folder: Path, protocol: type[BoundedHttpProtocol] = BoundedHttpProtocol
) -> Iterator[DocumentServer]:
    """Serve the seed's document in this process: examples answer, `create` may post."""
    settings = settings_for(folder / "home")
    engine = open_database(settings)
    loaded = load_document(read_description(str(SEED)), settings)
    application = compose(loaded, settings, engine, composition=Composition(mocks=True))
    server = DocumentServer.start(application, protocol=protocol)
    try:
        yield server
    finally:
        server.stop()
        engine.dispose()
