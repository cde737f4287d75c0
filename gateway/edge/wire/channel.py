"""The way to a caller: what is written waits while he does not take it, and reading can rest."""

import asyncio

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT as HIGH_WATER
from uvicorn.server import ServerState

from gateway.edge.wire.answer_head import opening
from gateway.edge.wire.outbox import Outbox

__all__ = ["HIGH_WATER", "Channel"]


class Channel:
    """The transport of a connection."""

    __slots__ = (
        *("_openings", "_openings_of", "_outbox", "_soon", "_state", "_transport", "_writable"),
        *("can_end_one_way", "is_closing", "is_read_paused", "is_write_paused"),
    )

    def __init__(self, transport: asyncio.Transport, state: ServerState, outbox: Outbox) -> None:
        self._transport = transport
        self._outbox = outbox
        #: what is written at the end of this turn of the loop
        self._soon = b""
        self.can_end_one_way = transport.can_write_eof
        self.is_closing = transport.is_closing
        self.is_read_paused = self.is_write_paused = False
        self._state = state
        self._writable: asyncio.Event | None = None
        self._openings_of: object = None
        self._openings: dict[int, bytes] = {}

    def opening(self, status: int) -> bytes:
        """The status line, and the headers of every answer, which uvicorn makes anew each second.

        Raises RuntimeError if there is no such status.
        """
        headers = self._state.default_headers
        if self._openings_of is not headers:
            self._openings_of, self._openings = headers, {}
        found = self._openings.get(status)
        if found is None:
            found = self._openings[status] = opening(status, headers)
        return found

    def write_soon(self, octets: bytes) -> None:
        """Write a small answer together with those to others that arrived with its request."""
        if not self._soon:
            self._soon = octets
            self._outbox.add(self)
        else:
            self._soon += octets
            if len(self._soon) > HIGH_WATER:
                self.flush()

    def flush(self) -> None:
        """Write now what was to be written soon."""
        if self._soon:
            octets, self._soon = self._soon, b""
            self._transport.write(octets)

    def write(self, octets: bytes) -> None:
        """Write."""
        if self._soon:
            self.flush()
        self._transport.write(octets)

    def close(self) -> None:
        """End the connection when all is written."""
        self.flush()
        self._transport.close()

    def end_one_way(self) -> None:
        """Say that nothing more is written, when all is."""
        self.flush()
        self._transport.write_eof()

    def end(self) -> None:
        """The connection is gone."""
        self._soon = b""
        self.resume_writing()

    def say(self, octets: bytes) -> None:
        """Write, unless the connection is closing."""
        if not self.is_closing():
            self.write(octets)

    def pause_writing(self) -> None:
        """The caller does not take what was written."""
        self.is_write_paused = True

    def resume_writing(self) -> None:
        """The caller took it, or is gone."""
        self.is_write_paused = False
        if self._writable is not None:
            self._writable.set()
            self._writable = None

    async def drained(self) -> None:
        """Wait until the caller takes more."""
        if self._writable is None:
            self._writable = asyncio.Event()
        await self._writable.wait()

    def pause_reading(self) -> None:
        """Let what comes wait in the network."""
        if not self.is_read_paused:
            self.is_read_paused = True
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on, if reading was paused."""
        if self.is_read_paused:
            self.is_read_paused = False
            if not self.is_closing():
                self._transport.resume_reading()
