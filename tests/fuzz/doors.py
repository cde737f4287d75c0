"""The two doors: the application called in process, and a real server over HTTP."""

import asyncio
import http.client
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol, Self
from urllib.parse import unquote

from tests.fuzz.messages import Answer, Request, Silence

#: an answer that took longer is a hang
SECONDS = 15.0

Message = MutableMapping[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]


class Door(Protocol):
    """Where requests go in."""

    @property
    def name(self) -> str:
        """As it stands in the report."""
        ...

    def send(self, request: Request) -> Answer | Silence:
        """Send a request and wait for the answer."""
        ...


class InProcess:
    """Calls an ASGI application, without a socket."""

    name = "in process"

    def __init__(self, application: Application, *, seconds: float = SECONDS) -> None:
        self._application = application
        self._seconds = seconds
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.close()

    def send(self, request: Request) -> Answer | Silence:
        """Send a request and wait for the answer."""
        return self._runner.run(self._exchange(request))

    async def _exchange(self, request: Request) -> Answer | Silence:
        exchange = _Exchange(request.body)
        try:
            async with asyncio.timeout(self._seconds):
                await self._application(_scope(request), exchange.receive, exchange.send)
        except TimeoutError:
            return Silence(f"no answer within {self._seconds:g} s")
        except Exception as error:  # what a server would answer with 500
            return Answer(500, (), f"raised {type(error).__name__}".encode())
        return exchange.answer()


class _Exchange:
    """The two ends of one request that ASGI asks for."""

    def __init__(self, body: bytes) -> None:
        self._incoming: list[Message] = [{"type": "http.request", "body": body}]
        self._outgoing: list[Message] = []

    async def receive(self) -> Message:
        if self._incoming:
            return self._incoming.pop()
        await asyncio.Event().wait()
        raise AssertionError("nobody leaves before he is answered")

    async def send(self, message: Message) -> None:
        self._outgoing.append(message)

    def answer(self) -> Answer | Silence:
        if not self._outgoing or self._outgoing[-1].get("more_body"):
            return Silence("the answer was not finished")
        start, *rest = self._outgoing
        headers = tuple(
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in start.get("headers", ())
        )
        return Answer(start["status"], headers, b"".join(part.get("body", b"") for part in rest))


class OverHttp:
    """Sends over one connection that stays open, as clients do."""

    name = "HTTP"

    def __init__(self, port: int, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def send(self, request: Request) -> Answer | Silence:
        """Send a request and wait; a kept connection that was closed meanwhile is made anew."""
        was_open = self._connection.sock is not None
        try:
            return self._exchange(request)
        except TimeoutError:
            self._connection.close()
            return Silence(f"no answer within {self._seconds:g} s")
        except (http.client.HTTPException, OSError) as error:
            self._connection.close()
            return self.send(request) if was_open else Silence(f"closed: {type(error).__name__}")

    def _exchange(self, request: Request) -> Answer:
        connection = self._connection
        connection.putrequest(
            request.method, request.target, skip_host=True, skip_accept_encoding=True
        )
        for name, value in _framed(request):
            connection.putheader(name, value)
        connection.endheaders(request.body or None)
        _acknowledge_at_once(connection.sock)
        with connection.getresponse() as response:
            body = response.read()
        headers = tuple((name.lower(), value) for name, value in response.getheaders())
        return Answer(response.status, headers, body)


def send_octets(port: int, octets: bytes, *, seconds: float = SECONDS) -> bytes | Silence:
    """Send octets that may be no request, say that there are no more, and hear to the end."""
    received = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        try:
            connection.sendall(octets)
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                received += piece
        except TimeoutError:
            return Silence(f"neither answered nor closed within {seconds:g} s")
        except OSError:
            return bytes(received)  # closed in the middle of what we had to say
    return bytes(received)


def _acknowledge_at_once(connection: socket.socket) -> None:
    """A delayed acknowledgement makes a server that writes twice wait 40 ms for each answer."""
    if hasattr(socket, "TCP_QUICKACK"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def _framed(request: Request) -> list[tuple[str, str]]:
    """The headers with Host and length, which every request has."""
    framing = [("Host", "localhost")]
    if request.body or request.method in {"POST", "PUT", "PATCH"}:
        framing.append(("Content-Length", str(len(request.body))))
    return [*framing, *request.headers]


def _scope(request: Request) -> Message:
    path, _, query = request.target.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode("ascii"),
        "query_string": query.encode("ascii"),
        "root_path": "",
        "headers": [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in _framed(request)
        ],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
        "state": {},
        "extensions": {},
    }
