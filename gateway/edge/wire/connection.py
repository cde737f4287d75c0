"""One connection: what came is read and answered in turn, what is late or wrong is cut off.

It refuses what is too long (414, 431) or has two readings (400), methods nobody knows (501) and
upgrades, cuts off heads and bodies that are late (408), and never reads on for a caller already
answered. Requests are read one after the other: what comes behind one that is being answered
waits unread.
"""

import asyncio
import contextvars
import logging
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.flow_control import service_unavailable
from uvicorn.server import ServerState

from gateway.edge.problem import Problem
from gateway.edge.request_head import METHODS, late
from gateway.edge.wire.channel import HIGH_WATER, Channel
from gateway.edge.wire.deadline import Deadline
from gateway.edge.wire.ending import Ending
from gateway.edge.wire.exchange import AnswerNow, Exchange, call_me
from gateway.edge.wire.limits import WireLimits
from gateway.edge.wire.reader import RequestReader
from gateway.edge.wire.refusal import Refused, refusal
from gateway.edge.wire.scope import ends_of, request_scope
from gateway.edge.wire.shared import shared_by
from gateway.edge.wire.turn import Turn

_LIMITS = WireLimits()
_LOGGER = logging.getLogger("uvicorn.error")


class BoundedHttpProtocol(asyncio.Protocol):
    """What uvicorn makes for each connection."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limits: WireLimits = _LIMITS,
    ) -> None:
        if not config.loaded:
            config.load()
        self._app: ASGIApp = config.loaded_app
        #: what answers without a task; an application that cannot wants to be called itself
        self._answer_now: AnswerNow = getattr(config.loaded_app, "answer_now", call_me)
        self._config = config
        self._most = config.limit_concurrency
        self._state, self._app_state = server_state, app_state
        self._limits = limits
        self._loop = _loop or asyncio.get_running_loop()
        self.tasks = server_state.tasks
        self._shared = shared_by(server_state, self._loop)
        self._reader = RequestReader(limits, app_state.get(METHODS))
        self._deadline, self._turn = Deadline(self._loop), Turn()
        #: the request that is being read or answered
        self._exchange: Exchange | None = None
        #: what came behind it, and from where on it is not read
        self._unread, self._place = b"", 0
        self._body_ends_at = 0.0
        self._has_ended = self._is_head_awaited = self._is_leaving = self._is_reading = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # what a TCP server is handed
        """Begin to wait for the first head."""
        self._channel = Channel(transport, self._state, self._shared.outbox)
        self._ending = Ending(self._channel, self._deadline, self._limits)
        self._ends = ends_of(transport, self._config)
        self._context = contextvars.copy_context()
        self._state.connections.add(self)  # type: ignore[arg-type]  # a set of uvicorn's own ones
        self._deadline.wait(self._limits.head_seconds, self._head_is_late)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Tell who still answers."""
        self._state.connections.discard(self)
        self._deadline.end()
        self._unread, self._place = b"", 0
        if self._exchange is not None:
            self._exchange.disconnect()
            self._exchange = None
        self._channel.end()
        self._reader.end()

    def data_received(self, data: bytes) -> None:
        """Read on, unless the connection only drains or is busy."""
        if self._ending.drops is not None:
            self._ending.drop(len(data))
        elif self._unread or (self._exchange is not None and self._exchange.is_whole):
            self._keep(data, 0)
        else:
            self._read(data, 0)

    def eof_received(self) -> bool:
        """Keep the way back open for a caller who sent all he had to say and waits."""
        exchange = self._exchange
        is_awaited = exchange is not None and exchange.is_whole
        self._has_ended = is_awaited or bool(self._unread)
        return self._has_ended

    def pause_writing(self) -> None:
        """The transport holds enough."""
        self._channel.pause_writing()

    def resume_writing(self) -> None:
        """The transport holds little again."""
        self._channel.resume_writing()

    def shutdown(self) -> None:
        """Uvicorn's server ends: the request in flight is the last."""
        if self._exchange is not None:
            self._exchange.keeps = False
        elif self._unread:
            self._is_leaving = True
        else:
            self._ending.close()

    def resume_reading(self) -> None:
        """Read on, unless enough is unread."""
        if len(self._unread) - self._place <= HIGH_WATER:
            self._channel.resume_reading()

    def answered(self) -> None:
        """Go on to the next request, or wait for it."""
        self._exchange = None
        self._state.total_requests += 1
        if self._ending.drops is not None:
            return
        if self._channel.is_read_paused:
            self.resume_reading()
        self._deadline.wait(self._limits.keep_alive_seconds, self._head_is_late)
        if self._unread:
            self._loop.call_soon(self._read_on, context=self._context)
        elif self._has_ended and not self._is_reading:
            self._ending.close()

    def end_unhurriedly(self, *, is_whole: bool) -> None:
        """End the connection after an answer; a caller still sending is to read it first."""
        if is_whole:
            self._ending.close()
        else:
            self._linger()

    def _keep(self, data: bytes, place: int) -> None:
        """Let octets wait for the answer to those before them."""
        if self._unread:
            data, place = self._unread[self._place :] + data[place:], 0
        self._unread, self._place = data, place
        if len(data) - place > HIGH_WATER:
            self._channel.pause_reading()

    def _read_on(self) -> None:
        """Read what waited."""
        data, place = self._unread, self._place
        if data and self._ending.drops is None and not self._channel.is_closing():
            self.resume_reading()
            self._unread, self._place = b"", 0
            self._read(data, place)

    def _read(self, data: bytes, place: int) -> None:
        """Read and answer, until a request has to be waited for."""
        self._is_reading = True
        reader, end, self._turn.ends_at = self._reader, len(data), 0.0
        try:
            while place < end:
                place = reader.advance(data, place)
                if reader.has_head:
                    self._begin(reader)
                if reader.pieces:
                    self._take(reader)
                if reader.is_whole and self._is_busy(reader):
                    break
                if place < end and self._exchange is None and self._turn.is_over:
                    break
        except Refused as refused:
            self._refuse(refused.problem)
        self._is_reading = False
        exchange = self._exchange
        if exchange is not None and exchange.is_whole:
            if place < end and self._ending.drops is None:
                self._keep(data, place)
        elif exchange is not None or place == end:
            self._wait(exchange)
        else:
            self._read_later(data, place)

    def _read_later(self, data: bytes, place: int) -> None:
        """Read on when others had their turn."""
        if self._ending.drops is None and not self._channel.is_closing():
            self._keep(data, place)
            self._loop.call_soon(self._read_on, context=self._context)

    def _begin(self, reader: RequestReader) -> None:
        """A head came."""
        reader.has_head = self._is_head_awaited = False
        self._deadline.forget()
        self._body_ends_at = 0.0
        scope = request_scope(reader, self._ends, self._app_state)
        keeps = reader.keeps and not self._is_leaving
        self._exchange = Exchange(self, self._channel, scope, keeps=keeps, expects=reader.expects)

    def _take(self, reader: RequestReader) -> None:
        """Parts of a body came."""
        exchange = self._exchange
        if exchange is not None:
            exchange.take(b"".join(reader.pieces))
            if exchange.held > HIGH_WATER:
                self._channel.pause_reading()
        reader.pieces.clear()

    def _is_busy(self, reader: RequestReader) -> bool:
        """A request is whole: begin to answer it; whether the next one has to wait."""
        reader.is_whole = False
        exchange = self._exchange
        if exchange is None:
            return True
        exchange.is_whole = exchange.has_news = True
        if not exchange.keeps:
            self._ending.begin()
        if exchange.task is None:
            self._start(exchange)
        else:
            exchange.wake()
            self._deadline.forget()
        return self._exchange is not None or not exchange.keeps or self._channel.is_closing()

    def _start(self, exchange: Exchange) -> None:
        """Let the application answer."""
        app, most = self._app, self._most
        if most is not None and max(len(self._state.connections), len(self.tasks)) >= most:
            _LOGGER.warning("Exceeded concurrency limit.")
            app = service_unavailable  # type: ignore[assignment]  # uvicorn's own ASGI types
        elif exchange.is_ripe:
            answered = exchange.answer_now(self._answer_now, self._shared.first_steps)
            if answered is True:
                return
            app = answered or app
        task = self._loop.create_task(exchange.run(app))
        exchange.task = task
        self.tasks.add(task)

    def _wait(self, exchange: Exchange | None) -> None:
        """Nothing is whole and unanswered, and all was read."""
        if self._ending.drops is not None or self._channel.is_closing():
            return
        if self._has_ended:
            self._ending.close()
        elif exchange is not None:
            if exchange.task is None:
                self._start(exchange)
            self._wait_for_body()
        elif self._reader.has_begun and not self._is_head_awaited:
            self._is_head_awaited = True
            self._deadline.wait(self._limits.head_seconds, self._head_is_late)

    def _wait_for_body(self) -> None:
        """Wait for the next octets, but never beyond the end of the whole body's time."""
        now = self._loop.time()
        self._body_ends_at = self._body_ends_at or now + self._limits.body_seconds
        seconds = min(self._limits.body_idle_seconds, self._body_ends_at - now)
        self._deadline.wait(max(0.0, seconds), self._body_is_late)

    def _head_is_late(self) -> None:
        if self._reader.has_begun:
            self._refuse(late("head"))
        else:
            self._ending.close()

    def _body_is_late(self) -> None:
        """End a body that does not come; one that nobody has asked for yet may take its time."""
        if self._channel.is_read_paused and self._loop.time() < self._body_ends_at:
            self._wait_for_body()
        else:
            self._refuse(late("body"))

    def _refuse(self, problem: Problem) -> None:
        """Answer with a problem instead of who may be answering, and read no more."""
        if self._channel.is_closing():
            return
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            exchange.disconnect()
        if exchange is not None and exchange.has_written:
            self._ending.close()
            return
        has_body = not self._reader.is_to_head
        self._channel.write(refusal(problem, self._state.default_headers, has_body=has_body))
        self._linger()

    def _linger(self) -> None:
        self._unread, self._place = b"", 0
        self._ending.linger()
