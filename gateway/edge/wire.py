"""Requests as bytes: uvicorn's httptools protocol with the bounds that it leaves to others.

It refuses what is too long (414, 431), what has no or two Hosts (400), upgrades and CONNECT, cuts
off heads and bodies that do not arrive (408), and never reads on for a caller already answered.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from gateway.edge.problem import Problem, new_request_id, problem_body

#: origin form, absolute form, and the asterisk of OPTIONS; CONNECT has its own answer
_TARGETS = (b"/", b"http://", b"https://", b"*")
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+)(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class WireLimits:
    """Octets and seconds that a request may take on the wire."""

    url_octets: int = 8 * 1024
    head_octets: int = 32 * 1024
    headers: int = 100
    #: from the first octet of a request to the end of its head
    head_seconds: float = 10.0
    #: without an octet of a body
    body_idle_seconds: float = 15.0
    #: for a whole body
    body_seconds: float = 120.0
    #: octets of chunk framing and trailers that come without any of the body
    framing_octets: int = 64 * 1024
    #: octets on the wire for an octet of a body: chunks of one octet take six
    framing_ratio: int = 16
    #: what is still taken from a caller who was answered before his body came, and then dropped
    linger_octets: int = 1024 * 1024
    linger_seconds: float = 2.0


class _Refused(Exception):  # noqa: N818 -- unwinds to data_received through the parser
    """The request on the wire is refused; the connection ends with the answer."""


class BoundedHttpProtocol(HttpToolsProtocol):
    """One connection."""

    limits: ClassVar[WireLimits] = WireLimits()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._problem: Problem | None = None
        self._head_octets = 0
        self._is_in_head = True
        self._body_ends_at = 0.0
        self._body_octets = 0
        self._wire_octets = 0
        self._trailer_octets = 0
        self._has_ended = False
        self._lingers_for: int | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it too
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait(self.limits.head_seconds, self._head_is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer."""
        self._forget_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, unless the connection only drains."""
        if self._lingers_for is not None:
            self._drop(data)
            return
        if self.transport.is_closing():
            return
        self._head_octets += len(data)
        super().data_received(data)
        if self.transport.is_closing() or self._lingers_for is not None:
            return
        if not self._is_in_head:
            self._wire_octets += len(data)
            self._bound_framing()
            self._wait_for_body()
        elif self._head_octets > self.limits.head_octets:
            self._refuse(_too_long_head())
            self.send_400_response("")
        elif self._head_octets and self._timer is None:
            self._wait(self.limits.head_seconds, self._head_is_late)

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio reads what uvicorn drops
        """Keep the way back open for a caller who sent all he had to say and waits."""
        cycle = self._last_cycle
        self._has_ended = cycle is not None and not cycle.response_complete and not cycle.more_body
        return self._has_ended

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 -- uvicorn's signature
        """Answer what was found wrong, as a problem, and close."""
        if self.transport.is_closing():
            return
        self._forget_timer()
        cycle = self._last_cycle
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started:
                self.transport.close()
                return
        problem = self._problem or _malformed("This is not HTTP/1.1.")
        self.transport.write(_raw_answer(problem))
        self.transport.close()

    def on_message_begin(self) -> None:
        """Begin a head."""
        super().on_message_begin()
        self._is_in_head = True
        self._body_octets = self._wire_octets = self._trailer_octets = 0

    def on_url(self, url: bytes) -> None:
        """Take a part of the target."""
        super().on_url(url)
        if len(self.url) > self.limits.url_octets:
            self._raise(Problem(414, "uri-too-long", "The request target is too long."))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; a trailer, which comes after the body, never is one (RFC 9110 s6.5.1)."""
        if self._is_in_head:
            super().on_header(name, value)
            return
        self._trailer_octets += len(name) + len(value)
        if self._trailer_octets > self.limits.framing_octets:
            self._raise(_too_long_head())

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        self._body_octets += len(body)
        super().on_body(body)

    def on_headers_complete(self) -> None:
        """Let a head in that keeps the bounds."""
        self._check_head()
        self._is_in_head = False
        self._forget_timer()
        self._body_ends_at = self.loop.time() + self.limits.body_seconds
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Stop waiting: the next octet begins another head."""
        self._forget_timer()
        self._is_in_head = True
        self._head_octets = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on to the next request, or end the connection where a body is still under way."""
        cycle = self._last_cycle
        if self._has_ended and not self.pipeline:
            self.transport.close()
            return
        if cycle is not None and cycle.response_complete and cycle.more_body:
            self._lingers_for = self.limits.linger_octets
            self._wait(self.limits.linger_seconds, self.transport.close)
            self.flow.resume_reading()
            return
        super().on_response_complete()

    @property
    def _last_cycle(self) -> RequestResponseCycle | None:
        """The request read last; uvicorn types it as if there always were one."""
        return self.cycle

    def _check_head(self) -> None:
        octets = sum(len(name) + len(value) for name, value in self.headers)
        if octets > self.limits.head_octets or len(self.headers) > self.limits.headers:
            self._raise(_too_long_head())
        if self.parser.get_method() == b"CONNECT":
            headers = ((b"allow", b""),)
            self._raise(Problem(405, "method-not-allowed", "CONNECT is not served.", headers))
        if self.parser.get_http_version() not in {"1.0", "1.1"}:
            self._raise(_malformed("HTTP/1.0 and HTTP/1.1 are served."))
        if not self.url.startswith(_TARGETS) or b"#" in self.url:
            self._raise(_malformed("The request target is none that is served."))
        self._check_host()
        codings = [value for name, value in self.headers if name == b"transfer-encoding"]
        if codings and [coding.strip().lower() for coding in codings] != [b"chunked"]:
            self._raise(_malformed("The one Transfer-Encoding that is served is chunked."))
        if self.parser.should_upgrade():
            self._raise(_malformed("Upgrades are not served."))

    def _check_host(self) -> None:
        hosts = [value for name, value in self.headers if name == b"host"]
        is_old = self.parser.get_http_version() == "1.0"
        if len(hosts) > 1 or (not hosts and not is_old):
            self._raise(_malformed("There must be one Host header."))
        if hosts and not _HOST.fullmatch(hosts[0].strip()):
            self._raise(_malformed("The Host header names no host."))

    def _refuse(self, problem: Problem) -> None:
        self._problem = self._problem or problem

    def _raise(self, problem: Problem) -> None:
        """Stop the parser; it calls `send_400_response` through data_received."""
        self._refuse(problem)
        raise _Refused

    def _drop(self, data: bytes) -> None:
        self._lingers_for = (self._lingers_for or 0) - len(data)
        if self._lingers_for < 0:
            self.transport.close()

    def _wait(self, seconds: float, then: Callable[[], None]) -> None:
        self._forget_timer()
        self._timer = self.loop.call_later(seconds, then)

    def _bound_framing(self) -> None:
        """Bound what a body costs beyond itself: chunk extensions, tiny chunks."""
        bound = self.limits.framing_octets + self.limits.framing_ratio * self._body_octets
        if self._wire_octets > bound:
            self._refuse(_malformed("The chunks are more than the body."))
            self.send_400_response("")

    def _wait_for_body(self) -> None:
        """Wait for the next octets, but never beyond the end of the whole body's time."""
        if self.transport.is_closing():
            return
        left = self._body_ends_at - self.loop.time()
        self._wait(max(0.0, min(self.limits.body_idle_seconds, left)), self._body_is_late)

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _head_is_late(self) -> None:
        if self._head_octets:
            self._refuse(Problem(408, "request-timeout", "The head of the request did not come."))
            self.send_400_response("")
        else:
            self.transport.close()

    def _body_is_late(self) -> None:
        """End a body that does not come; one that nobody has asked for yet may take its time."""
        if self.flow.read_paused and self.loop.time() < self._body_ends_at:
            self._wait_for_body()
            return
        cycle = self._last_cycle
        if cycle is not None and not cycle.response_started:
            self._refuse(Problem(408, "request-timeout", "The body of the request did not come."))
            self.send_400_response("")
        else:
            self.transport.close()


def _malformed(detail: str) -> Problem:
    return Problem(400, "malformed-message", detail)


def _too_long_head() -> Problem:
    return Problem(431, "head-too-large", "The header fields of the request are too large.")


def _raw_answer(problem: Problem) -> bytes:
    body = problem_body(problem, new_request_id())
    lines = [
        f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}".encode(),
        b"content-type: application/problem+json",
        b"content-length: " + str(len(body)).encode(),
        b"x-content-type-options: nosniff",
        *(name + b": " + value for name, value in problem.headers),
        b"connection: close",
    ]
    return b"\r\n".join([*lines, b"", body])
