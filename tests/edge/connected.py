"""A connection in hand: octets go in piece by piece, and all that comes out is kept."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from gateway.edge.wire import BoundedHttpProtocol
from tests.edge.test_wire_pieces import Wire

App = Callable[[Scope, Receive, Send], Awaitable[None]]
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
DATE = b"Sat, 28 Nov 2026 21:46:08 GMT"
Headers = Sequence[tuple[bytes, bytes]]


class Paused(Wire):
    """A transport that says whether reading is paused, and when it holds enough."""

    def __init__(self) -> None:
        super().__init__()
        self.is_paused = False
        #: so many octets, and what is done beyond them
        self.high_water: tuple[int, Callable[[], None]] | None = None

    def write(self, data: Any) -> None:
        super().write(data)
        if self.high_water is not None and len(self.written) > self.high_water[0]:
            self.high_water[1]()

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False


@dataclass(slots=True)
class Connected:
    """A connection to an application."""

    protocol: BoundedHttpProtocol
    state: ServerState
    wire: Paused = field(default_factory=Paused)

    @classmethod
    def to(cls, app: App, **options: Any) -> "Connected":
        """Connect; must be called in a loop."""
        config = uvicorn.Config(
            app, ws="none", lifespan="off", log_config=None, access_log=False,
            proxy_headers=False, **options,
        )  # fmt: skip
        state = ServerState()
        state.default_headers = [(b"date", DATE)]
        loop = asyncio.get_running_loop()
        connected = cls(BoundedHttpProtocol(config, state, {"one": [1]}, _loop=loop), state)
        connected.protocol.connection_made(connected.wire)
        return connected

    async def send(self, *pieces: bytes) -> None:
        """Let pieces arrive, and the application do all that it can."""
        for piece in pieces:
            self.protocol.data_received(piece)
            await self.settle()

    async def settle(self) -> None:
        """Let the application do all that it can."""
        for _ in range(20):
            await asyncio.sleep(0)


def talked(app: App, *pieces: bytes, **options: Any) -> Paused:
    """What a connection wrote, when all pieces came and the application did what it could."""

    async def talk() -> Paused:
        connected = Connected.to(app, **options)
        await connected.send(*pieces)
        connected.protocol.connection_lost(None)
        await connected.settle()
        assert not connected.state.tasks
        assert not connected.state.connections
        return connected.wire

    return asyncio.run(talk())


def answering(
    *bodies: bytes, status: int = 200, headers: Headers = (), raises: bool = False
) -> App:
    """An application that sends parts of a body, and raises at the end if it `raises`."""

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for left, body in zip(range(len(bodies))[::-1], bodies, strict=True):
            more = bool(left) or raises
            await send({"type": "http.response.body", "body": body, "more_body": more})
        if raises:
            raise ValueError("as told")

    return app


def length(octets: int) -> tuple[bytes, bytes]:
    return (b"content-length", str(octets).encode())
