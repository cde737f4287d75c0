"""Requests as bytes: uvicorn's httptools protocol with the bounds that it leaves to others.

It reads each request line itself, refuses what is too long (414, 431) or has two readings (400),
methods nobody knows (501) and upgrades, cuts off heads and bodies that are late (408), and never
reads on for a caller already answered.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import httptools
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from gateway.edge.message_cuts import MessageCuts
from gateway.edge.problem import Problem
from gateway.edge.refusal import LingeringTransport, Refused, answer_once, refusal
from gateway.edge.request_head import (
    METHODS,
    RequestLine,
    content_length,
    head_problem,
    late,
    malformed,
    read_line,
    too_large_head,
    with_host,
)
from gateway.edge.wire_limits import WireLimits

_LIMITS = WireLimits()
_NOT_HTTP = malformed("This is not HTTP/1.1.")


class BoundedHttpProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *arguments: Any, limits: WireLimits = _LIMITS, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._limits = limits
        self.timeout_keep_alive = limits.keep_alive_seconds  # type: ignore[assignment]  # uvicorn's are whole
        self._cuts = MessageCuts()
        #: the request line as far as it came, then what it says
        self._line_octets = b""
        self._line: RequestLine | None = None
        self._is_in_body = False
        self._head_octets = 0
        self._body_ends_at = 0.0
        self._body_octets = self._wire_octets = self._trailer_octets = 0
        self._has_ended = False
        #: refused while requests before it are still being answered
        self._postponed: Problem | None = None
        #: octets still taken and dropped; None: they are read
        self._drops: int | None = None
        self._is_ending = False
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it too
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._unhurried = LingeringTransport(transport, self._close_unhurriedly)
        self._wait(self._limits.head_seconds, self._head_is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer."""
        self._forget_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the connection only drains."""
        if self._drops is not None:
            self._drop(len(data))
            return
        self._unset_keepalive_if_required()
        was_begun = bool(self._line_octets)
        place = 0
        while place < len(data) and self._reads:
            place += self._read_line(data, place) if self._line is None else self._feed(data, place)
        if self._reads and self._is_in_body:
            self._wait_for_body()
        elif self._reads and self._line_octets and (self._timer is None or not was_begun):
            self._wait(self._limits.head_seconds, self._head_is_late)

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio reads what uvicorn drops
        """Keep the way back open for a caller who sent all he had to say and waits."""
        cycle = self._last_cycle
        is_awaited = cycle is not None and not cycle.response_complete and not cycle.more_body
        self._has_ended = is_awaited or self._postponed is not None
        return self._has_ended

    def on_message_begin(self) -> None:
        """Begin a message whose line was read."""
        if self._line is None:
            raise Refused(_NOT_HTTP)
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Leave the target to who read the line."""

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; a trailer, which comes after the body, never is one (RFC 9110 s6.5.1)."""
        if not self._is_in_body:
            super().on_header(name, value.strip(b" \t"))
            return
        self._trailer_octets += len(name) + len(value)
        if self._trailer_octets > self._limits.framing_octets:
            raise Refused(too_large_head())

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        self._body_octets += len(body)
        super().on_body(body)

    def on_headers_complete(self) -> None:
        """Let a head in that can be read in one way."""
        if self._line is None:
            raise Refused(_NOT_HTTP)
        if problem := head_problem(self._line, self.headers, most=self._limits.headers):
            raise Refused(problem)
        if self.parser.should_upgrade():
            raise Refused(malformed("Upgrades are not served."))
        if self._line.authority is not None:
            self.headers[:] = with_host(self.headers, self._line.authority)
        self.url = self._line.target
        self._is_in_body = True
        self._body_octets = self._wire_octets = self._trailer_octets = 0
        self._forget_timer()
        self._body_ends_at = self.loop.time() + self._limits.body_seconds
        self._cuts.begin(content_length(self.headers))
        super().on_headers_complete()
        self.scope["method"] = self._line.own_method or self.scope["method"]

    def on_message_complete(self) -> None:
        """Stop waiting: the next octet begins another head, unless this request is the last."""
        self._bound_framing()
        self._forget_timer()
        self._is_in_body = False
        self._line, self._line_octets, self._head_octets = None, b"", 0
        self._cuts.begin()
        super().on_message_complete()
        if not self.cycle.keep_alive:
            self._drops = self._limits.linger_octets

    def on_response_complete(self) -> None:
        """Go on to the next request, or end the connection."""
        cycle = self._last_cycle
        if self._is_ending:
            return
        if self.transport.is_closing() or self.pipeline:
            super().on_response_complete()
        elif self._postponed is not None:
            self._end_with(self._postponed)
        elif self._has_ended:
            self.transport.close()
        elif cycle is None or not cycle.more_body:
            super().on_response_complete()
            if self._line_octets:
                self._unset_keepalive_if_required()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGIApp) -> None:  # type: ignore[override]  # uvicorn's own ASGI types
        """Begin to answer; the end of the last answer leaves time to read it."""
        cycle.transport = self._unhurried
        super()._start_asgi_task(cycle, partial(answer_once, cycle, app))

    @property
    def _last_cycle(self) -> RequestResponseCycle | None:
        """The request read last; uvicorn types it as if there always were one."""
        return self.cycle

    @property
    def _reads(self) -> bool:
        return self._drops is None and not self.transport.is_closing()

    def _read_line(self, data: bytes, place: int) -> int:
        """Take what came of a request line; how much of the data is done with."""
        end = data.find(b"\n", place) + 1 or len(data)
        self._line_octets += data[place:end]
        if self._line_octets == b"\r\n" and not self._head_octets:
            self._head_octets, self._line_octets = end - place, b""
            return end - place
        own = self.app_state.get(METHODS)
        read = read_line(self._line_octets, self._limits.url_octets, own_methods=own)
        if isinstance(read, Problem):
            self._refuse(read)
        elif read is not None:
            self._line, self._head_octets = read, 0
            self._feed(read.parseable(self._line_octets), 0)
        return end - place

    def _feed(self, data: bytes, place: int) -> int:
        """Hand the parser what it may have at once; how much that was."""
        piece = self._cuts.cut(data, place)
        if self._is_in_body:
            self._wire_octets += len(piece)
        else:
            self._head_octets += len(piece)
        if self._head_octets > self._limits.head_octets + len(self._line_octets):
            self._refuse(too_large_head())
            return len(piece)
        try:
            self.parser.feed_data(piece)
            self._bound_framing()
        except Refused as refused:
            self._refuse(refused.problem)
        except httptools.HttpParserCallbackError as error:
            cause = error.__context__
            self._refuse(cause.problem if isinstance(cause, Refused) else _NOT_HTTP)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._refuse(_NOT_HTTP)
        return len(piece)

    def _bound_framing(self) -> None:
        """Bound what a body costs beyond itself: chunk extensions, tiny chunks, trailers."""
        bound = self._limits.framing_octets + self._limits.framing_ratio * self._body_octets
        if self._is_in_body and self._wire_octets > bound:
            raise Refused(malformed("The chunks are more than the body."))

    def _refuse(self, problem: Problem) -> None:
        """Answer with a problem, once those before it were answered, and read no more."""
        if self.transport.is_closing():
            return
        self._forget_timer()
        self._drops = self._limits.linger_octets
        self.flow.resume_reading()
        cycle = self._last_cycle
        if cycle is None or cycle.response_complete:
            self._end_with(problem)
        elif not self._is_in_body:
            self._postponed = problem
        elif self.pipeline:
            self.pipeline.popleft()
            self._postponed = problem
        else:
            cycle.disconnected, cycle.waiting_for_100_continue = True, False
            cycle.message_event.set()
            if cycle.response_started:
                self.transport.close()
            else:
                self._end_with(problem)

    def _end_with(self, problem: Problem) -> None:
        """Write an answer of our own, the last one of the connection."""
        if not self.transport.is_closing():
            has_body = not self._line_octets.startswith(b"HEAD ")
            headers = self.server_state.default_headers
            self.transport.write(refusal(problem, headers, has_body=has_body))
            self._linger()

    def _close_unhurriedly(self) -> None:
        """End the connection after an answer; a caller still sending is to read it first."""
        cycle = self._last_cycle
        if cycle is not None and cycle.more_body:
            self._linger()
        else:
            self.transport.close()

    def _linger(self) -> None:
        """Drop what still comes, so that what was written is not lost with the connection."""
        if not self.transport.can_write_eof():
            self.transport.close()
            return
        self.transport.write_eof()
        self._is_ending = True
        self._drops = self._limits.linger_octets
        self.flow.resume_reading()
        self._wait(self._limits.linger_seconds, self.transport.close)

    def _drop(self, octets: int) -> None:
        self._drops = (self._drops or 0) - octets
        if self._drops < 0:
            self.transport.close()

    def _wait(self, seconds: float, then: Callable[[], None]) -> None:
        self._forget_timer()
        self._timer = self.loop.call_later(seconds, then)

    def _wait_for_body(self) -> None:
        """Wait for the next octets, but never beyond the end of the whole body's time."""
        seconds = min(self._limits.body_idle_seconds, self._body_ends_at - self.loop.time())
        self._wait(max(0.0, seconds), self._body_is_late)

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _head_is_late(self) -> None:
        if self._line_octets:
            self._refuse(late("head"))
        else:
            self.transport.close()

    def _body_is_late(self) -> None:
        """End a body that does not come; one that nobody has asked for yet may take its time."""
        if self.flow.read_paused and self.loop.time() < self._body_ends_at:
            self._wait_for_body()
            return
        self._refuse(late("body"))
