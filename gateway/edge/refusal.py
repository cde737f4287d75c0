"""How a connection ends: with an answer of its own, or with the last one of the application."""

import asyncio
from collections.abc import Callable, Sequence
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from gateway.edge.problem import Problem, new_request_id, problem_body


class Refused(Exception):  # noqa: N818 -- unwinds through the parser, which makes it its own
    """The request on the wire is refused; the connection ends with the answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.slug)
        self.problem = problem


def refusal(
    problem: Problem, defaults: Sequence[tuple[bytes, bytes]], *, has_body: bool = True
) -> bytes:
    """The whole answer, the last one of its connection; `defaults` are the server's, as Date."""
    body = problem_body(problem, new_request_id())
    headers = [
        *defaults,
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        *problem.headers,
        (b"connection", b"close"),
    ]
    line = f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}".encode()
    head = b"\r\n".join([line, *(name + b": " + value for name, value in headers), b"", b""])
    return head + body if has_body else head


class LingeringTransport(asyncio.Transport):
    """What uvicorn writes an answer to; to close it is left to the connection."""

    def __init__(self, transport: asyncio.Transport, close: Callable[[], None]) -> None:
        super().__init__()
        self._transport = transport
        self._close = close

    def write(self, data: bytes) -> None:  # type: ignore[override]  # uvicorn writes bytes alone
        """Write on."""
        self._transport.write(data)

    def is_closing(self) -> bool:
        """Whether the connection is ending."""
        return self._transport.is_closing()

    def close(self) -> None:
        """End the connection in the way it likes to end."""
        self._close()


async def answer_once(
    cycle: RequestResponseCycle, app: ASGIApp, scope: Scope, receive: Receive, send: Send
) -> None:
    """Let an application answer; before the end of the body, that is the connection's last."""

    async def send_closing(message: Message) -> None:
        if message["type"] == "http.response.start" and cycle.more_body:
            cycle.keep_alive = False
        await send(message)

    await app(scope, receive, send_closing if cycle.more_body else send)
