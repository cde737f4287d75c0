"""One connection to an upstream: octets out, one answer after the other in."""

import asyncio
from collections.abc import Callable

import httptools

from gateway.edge.proxy.answer_head import (
    MAX_FIELDS,
    MAX_HEAD_OCTETS,
    AnswerHead,
    Framing,
    answer_head,
)
from gateway.edge.proxy.faults import BadAnswerError, ConnectionEndedError, UpstreamError

#: octets of an answer that wait for the client before no more are read
_HIGH_WATER = 256 * 1024
#: octets of a request that wait for the upstream before no more are taken
_WRITE_HIGH_WATER = 128 * 1024
_FIRST_FINAL = 200
_SWITCHING = 101
#: answers such as 103 before the one that counts
_MAX_INTERIM = 16


class UpstreamConnection(asyncio.Protocol):
    """At most one exchange at a time; after a fault, or an answer that ended it, it is spent."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._fields: list[tuple[bytes, bytes]] = []
        self._chunks: list[bytes] = []
        self._octets = self._field_octets = self._buffered = self._interim = 0
        self._is_head = self._is_interim = self._is_paused = False
        self._is_busy = self._is_spent = False
        #: when the head under way began to come
        self._began_at = 0.0
        self._waiter: asyncio.Future[bool] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._parked: asyncio.TimerHandle | None = None
        #: told once, when the connection is gone
        self.on_lost: Callable[[UpstreamConnection], None] | None = None
        #: exchanges that it was used for
        self.exchanges = 0
        #: anything of the answer came
        self.has_begun = False
        self.head: AnswerHead | None = None
        self.is_complete = False
        self.fault: UpstreamError | None = None

    @property
    def is_usable(self) -> bool:
        """Whether another request may be sent on it."""
        return not (self._is_busy or self._is_spent or self.is_lost)

    @property
    def is_lost(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._transport is None or self._transport.is_closing()

    def lags(self, seconds: float) -> bool:
        """Whether a head began to come longer ago than that, and is not whole."""
        is_coming = self.has_begun and self.head is None and self._began_at > 0
        return is_coming and self._loop.time() - self._began_at > seconds

    @property
    def is_clogged(self) -> bool:
        """Whether the upstream does not take what was sent."""
        return self._drained is not None

    @property
    def has_octets(self) -> bool:
        """Whether there is something to take."""
        return bool(self._chunks)

    @property
    def has_more(self) -> bool:
        """Whether there is something to take, or an end to see."""
        return bool(self._chunks) or self.is_complete

    # --- what is asked

    def ask(self, octets: bytes, *, is_head: bool) -> None:
        """Begin an exchange: send the head of a request, and perhaps its body."""
        self.unpark()
        self.exchanges += 1
        self._is_busy, self._is_head = True, is_head
        self.has_begun = self.is_complete = False
        self.head, self.fault = None, None
        self._fields, self._octets, self._field_octets, self._interim = [], 0, 0, 0
        self._began_at = 0.0
        self.write(octets)

    def write(self, octets: bytes) -> None:
        """Send more of a request."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(octets)

    async def drain(self) -> None:
        """Wait until the upstream took what was sent, or went away."""
        if self._drained is not None:
            await self._drained

    async def wait(self, seconds: float) -> bool:
        """Wait until more of the answer came, or a fault; false: the time is over."""
        waiter: asyncio.Future[bool] = self._loop.create_future()
        self._waiter = waiter
        timer = self._loop.call_later(seconds, self._wake, False)
        try:
            return await waiter
        finally:
            timer.cancel()
            self._waiter = None

    def take(self) -> bytes:
        """What came of the body since the last time."""
        chunks = self._chunks
        if not chunks:
            return b""
        self._chunks, self._buffered = [], 0
        if self._is_paused and self._transport is not None:
            self._is_paused = False
            self._transport.resume_reading()
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def finish(self) -> bool:
        """End an exchange; whether the connection can be used for another."""
        is_whole = self.is_complete and self.fault is None and not self._chunks
        self._is_busy = False
        if not is_whole or not self.is_usable:
            self.abort()
            return False
        if self._is_head:  # the parser still waits for a body that never comes
            self._parser = httptools.HttpResponseParser(self)
        return True

    def fail(self, fault: UpstreamError) -> None:
        """End the connection because of a fault; whoever waits is told."""
        self.fault = self.fault or fault
        self.abort()
        self._wake(True)

    def abort(self) -> None:
        """End the connection at once."""
        self.unpark()
        self._is_spent = True
        if self._transport is not None:
            self._transport.abort()

    def park(self, seconds: float) -> None:
        """Stay open for so long without being used."""
        self._parked = self._loop.call_later(seconds, self.abort)

    def unpark(self) -> None:
        """Be used again."""
        if self._parked is not None:
            self._parked.cancel()
            self._parked = None

    # --- what the transport tells

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # create_connection makes no other
        """Begin."""
        self._transport = transport
        transport.set_write_buffer_limits(_WRITE_HIGH_WATER)

    def data_received(self, data: bytes) -> None:
        """Read on; an answer that nobody asked for ends the connection."""
        if not self._is_busy or self.is_complete or self.fault is not None:
            self.abort()
            return
        self.has_begun = True
        if self.head is None:
            self._octets += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._misread(error)
            return
        if self.head is None and self._octets > MAX_HEAD_OCTETS:
            self.fail(BadAnswerError("its head is too large"))
            return
        if self._buffered > _HIGH_WATER and self._transport is not None:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake(True)

    def eof_received(self) -> None:
        """Close, which tells `connection_lost`."""

    def connection_lost(self, exc: Exception | None) -> None:
        """End what was going on."""
        self.unpark()
        self._is_spent = True
        if self._is_busy and not self.is_complete and self.fault is None:
            if exc is None and self.head is not None and self.head.framing is Framing.CLOSE:
                self.is_complete = True
            else:
                self.fault = ConnectionEndedError("it ended the connection before its answer")
        self.resume_writing()
        self._wake(True)
        if self.on_lost is not None:
            self.on_lost(self)

    def pause_writing(self) -> None:
        """Let `drain` wait."""
        if self._drained is None:
            self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        """Let `drain` go on."""
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)
        self._drained = None

    # --- what the parser tells

    def on_message_begin(self) -> None:
        """Begin an answer; a second one to the same request is none."""
        if self.is_complete:
            raise BadAnswerError("it answered twice")
        self._began_at = self._loop.time()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field; a trailer, which comes after the head, is dropped (RFC 9110 s6.5.1)."""
        if self.head is None:
            self._fields.append((name.lower(), value.strip(b" \t")))
        self._field_octets += len(name) + len(value)
        if self._field_octets > MAX_HEAD_OCTETS:
            raise BadAnswerError("its fields are too large")

    def on_headers_complete(self) -> None:
        """Settle the head; an interim answer is skipped."""
        fields, self._fields = self._fields, []
        status = self._parser.get_status_code()
        if len(fields) > MAX_FIELDS:
            raise BadAnswerError("its head has too many fields")
        self._is_interim = status < _FIRST_FINAL
        self._began_at = 0.0
        if self._is_interim:
            self._interim += 1
            if status == _SWITCHING or self._interim > _MAX_INTERIM:
                raise BadAnswerError("it switches protocols, or answers without an end")
            return
        version = self._parser.get_http_version()
        self.head = answer_head(status, fields, version=version, is_head=self._is_head)
        if self._is_head:
            self._complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body; one of an answer that has none is not part of it."""
        if self.is_complete or self._is_interim:
            raise BadAnswerError("it sent a body where there is none")
        self._chunks.append(body)
        self._buffered += len(body)

    def on_message_complete(self) -> None:
        """End an answer, unless it was an interim one."""
        if self._is_interim:
            self._is_interim = False
        elif not self.is_complete:
            self._complete()

    def _complete(self) -> None:
        self.is_complete = True
        if not self._parser.should_keep_alive():
            self._is_spent = True

    def _misread(self, error: Exception) -> None:
        """End the connection; an answer that was whole before stands."""
        cause = error.__context__
        if not self.is_complete:
            self.fault = (
                cause if isinstance(cause, UpstreamError) else BadAnswerError("it is not HTTP/1.1")
            )
        self.abort()
        self._wake(True)

    def _wake(self, came: bool) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(came)
