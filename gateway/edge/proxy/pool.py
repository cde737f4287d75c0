"""The connections to an upstream: one for each request under way, and some that wait."""

import asyncio
import ssl
from dataclasses import dataclass

from gateway.edge.proxy.connection import UpstreamConnection
from gateway.edge.proxy.faults import LateError, UnreachableError
from gateway.edge.proxy.target import Target

#: connections that wait for a request, a worker
_MAX_IDLE = 256


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an upstream is waited for, in seconds."""

    connect: float = 5.0
    #: for the first octet of an answer, and between any two after it
    answer: float = 60.0
    #: how long a connection waits for a request; servers that close theirs sooner are rare
    keep_alive: float = 4.0


class Pool:
    """Hands out connections to one upstream."""

    def __init__(
        self, target: Target, patience: Patience, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self.target = target
        self.patience = patience
        self._tls = tls
        #: newest last
        self._idle: dict[UpstreamConnection, None] = {}

    @property
    def idle(self) -> int:
        """How many connections wait."""
        return len(self._idle)

    async def acquire(self, *, is_new: bool = False) -> UpstreamConnection:
        """A connection that waited, or a new one; raises UpstreamError where there is none."""
        while self._idle and not is_new:
            connection, _ = self._idle.popitem()
            if connection.is_usable:
                return connection
        return await self._connect()

    def release(self, connection: UpstreamConnection) -> None:
        """Take a connection back; one that cannot be used again is ended."""
        if not connection.finish():
            return
        if len(self._idle) >= _MAX_IDLE:
            connection.abort()
            return
        self._idle[connection] = None
        connection.park(self.patience.keep_alive)

    async def close(self) -> None:
        """End the connections that wait."""
        for connection in [*self._idle]:
            connection.abort()
        self._idle.clear()

    async def _connect(self) -> UpstreamConnection:
        loop = asyncio.get_running_loop()
        target = self.target
        try:
            async with asyncio.timeout(self.patience.connect):
                _, connection = await loop.create_connection(
                    lambda: UpstreamConnection(loop), target.host, target.port, ssl=self._tls
                )
        except TimeoutError as error:
            raise LateError("it accepts no connection in time") from error
        except OSError as error:
            raise UnreachableError(f"no connection: {type(error).__name__}") from error
        connection.on_lost = self._forget
        return connection

    def _forget(self, connection: UpstreamConnection) -> None:
        self._idle.pop(connection, None)
