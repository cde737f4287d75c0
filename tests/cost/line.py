"""A connection of our wire without a network: octets in, octets out."""

import asyncio
from typing import Any, Self

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from gateway.edge.wire import BoundedHttpProtocol


class Transport(asyncio.Transport):
    """Takes what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:  # type: ignore[override]  # our wire writes bytes alone
        self.written.append(data)

    def is_closing(self) -> bool:
        return False

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 50000), "sockname": ("127.0.0.1", 8000)}.get(
            name, default
        )

    def pause_reading(self) -> None:
        """Nothing comes that is not asked for."""

    def resume_reading(self) -> None:
        """Nothing comes that is not asked for."""


class Line:
    """One connection to an application, on a loop of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._loop = asyncio.new_event_loop()
        config = uvicorn.Config(app, interface="asgi3", lifespan="off", proxy_headers=False)
        config.load()
        self._transport = Transport()
        self._protocol = BoundedHttpProtocol(config, ServerState(), {}, self._loop)
        self._protocol.connection_made(self._transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._protocol.connection_lost(None)
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self.turn()
        self.turn()
        self._loop.close()

    def ask(self, octets: bytes) -> bytes:
        """Send a request, and hear the answer to its end."""
        self._transport.written.clear()
        self._protocol.data_received(octets)
        while not self._transport.written:
            self.turn()
        return b"".join(self._transport.written)

    def turn(self) -> None:
        """Let the loop do once what there is to do."""
        self._loop.call_soon(self._loop.stop)
        self._loop.run_forever()
