"""One request and its answer, as an ASGI application sees them."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.edge.settled_head import SettledHead
from gateway.edge.wire.answer_head import CHUNKED, NO_BODY, answer_head, chunk, has_body
from gateway.edge.wire.at_once import AtOnce
from gateway.edge.wire.channel import Channel

_LOGGER = logging.getLogger("uvicorn.error")
#: a body up to this is written together with its head
_JOINED = 64 * 1024
#: a body up to this may be answered at once
_AT_ONCE = 64 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_FAULT = [
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"content-length", b"21"),
    (b"connection", b"close"),
]


Headers = list[tuple[bytes, bytes]] | SettledHead
#: status, headers with names in lower case, body
Answer = tuple[int, Headers, bytes]
#: what begins to answer: the answer, or what is to be awaited for it; None: the caller went away
Begin = Callable[[Receive], Answer | Coroutine[Any, Any, Answer | None]]
#: what an application may have as `answer_now`: the scope and the whole body, None if there is
#: none, to the answer; to an application that goes on with it; or to None where it wants to be
#: called itself. What goes on may have a `begin`, which may be called in the name of a task
#: instead, and takes the body unless a `takes_body` says that it does not
AnswerNow = Callable[[Scope, bytes | None], Answer | ASGIApp | None]


def call_me(_scope: Scope, _body: bytes | None) -> None:
    """Leave all to a call as ASGI has it: for applications without `answer_now`."""


class Line(Protocol):
    """What an exchange asks of its connection."""

    tasks: set[asyncio.Task[None]]

    def resume_reading(self) -> None:
        """Read on, if reading was paused."""

    def end_unhurriedly(self, *, is_whole: bool) -> None:
        """End the connection after an answer; `is_whole`: the request came to its end."""

    def answered(self) -> None:
        """Go on after an answer."""


class Exchange:
    """One request; its connection feeds it, and is written to by it."""

    __slots__ = (
        *("_body", "_channel", "_head", "_is_to_head", "_left", "_line", "_news"),
        *("expects", "has_news", "has_started", "has_written", "held", "is_complete"),
        *("is_disconnected", "is_old", "is_whole", "keeps", "scope", "task"),
    )

    def __init__(
        self, line: Line, channel: Channel, scope: Scope, *, keeps: bool, expects: bool
    ) -> None:
        self._line, self._channel = line, channel
        self.scope = scope
        self._is_to_head = scope["method"] == "HEAD"
        self.is_old = scope["http_version"] == "1.0"
        #: whether the connection lives on after it
        self.keeps = keeps
        #: whether the caller waits for 100 Continue
        self.expects = expects
        self.task: asyncio.Task[None] | None = None
        #: of the request: what came of its body and was not yet asked for; whether all came
        self._body: bytes | bytearray = b""
        #: how much that is
        self.held = 0
        self.is_whole = False
        #: something to be told by `receive`, and who waits for it
        self.has_news = False
        self._news: asyncio.Event | None = None
        self.is_disconnected = False
        #: of the answer: its head until it is written, and what is left of its body
        self._head = b""
        self._left = 0
        self.has_started = self.has_written = self.is_complete = False

    @property
    def is_ripe(self) -> bool:
        """Whether nobody has to be waited for before the application may answer."""
        return not (
            self.expects
            or self._channel.is_write_paused
            or not self.is_whole
            or self.held > _AT_ONCE
        )

    def take(self, piece: bytes) -> None:
        """Take a part of the body."""
        if self._body:
            if not isinstance(self._body, bytearray):
                self._body = bytearray(self._body)
            self._body += piece
        else:
            self._body = piece
        self.held += len(piece)
        self.wake()

    def disconnect(self) -> None:
        """Nobody waits for the answer any more."""
        self.is_disconnected, self.expects = True, False
        self.wake()

    def wake(self) -> None:
        """Let `receive` look again."""
        self.has_news = True
        if self._news is not None:
            self._news.set()

    async def run(self, app: ASGIApp) -> None:
        """Let the application answer; what it leaves undone is done here."""
        try:
            result: object = await app(self.scope, self.receive, self.send)  # type: ignore[func-returns-value]  # that is what is checked
        except BaseException as error:  # the edge: whatever it is ends here, as in uvicorn
            self.fail("Exception in ASGI application\n", error)
        else:
            if result is not None:
                self.fail(f"ASGI callable should return None, but returned '{result!r}'.")
            elif not self.is_complete and not self.is_disconnected:
                part = "completing" if self.has_started else "starting"
                self.fail(f"ASGI callable returned without {part} response.")
        finally:
            if self.task is not None:
                self._line.tasks.discard(self.task)
                self.task = None

    def answer_now(self, ask: AnswerNow, at_once: AtOnce) -> ASGIApp | bool:
        """Answer the whole request without a task: True; or who is to answer it in one."""
        try:
            answer = ask(self.scope, bytes(self._body) or None)
            if isinstance(answer, tuple):
                self._answer(*answer)
                return True
            begin: Begin | None = getattr(answer, "begin", None)
            if begin is None or not at_once.enter():
                return answer or False
            if getattr(answer, "takes_body", True):
                self._body, self.held, self.has_news = b"", 0, False
            begun = at_once.step(begin, self.receive)
            if isinstance(begun, tuple):
                at_once.end()
                self._answer(*begun)
            else:
                self.task = at_once.go_on(self.run(_replying(begun)))
                self._line.tasks.add(self.task)
        except BaseException as error:  # the edge: as in `run`
            self.fail("Exception in ASGI application\n", error)
        return True

    def _answer(self, status: int, headers: Headers, body: bytes) -> None:
        """Write a whole answer."""
        length = len(body)
        if isinstance(headers, SettledHead):
            is_usual = self.keeps and self.is_whole and not self._is_to_head
            if is_usual and length <= _JOINED and has_body(status):
                begin, head = self._channel.opening(status), headers
                self._channel.write_soon(
                    b"%b%b%d%b%b" % (begin, head.octets_before, length, head.octets_after, body)
                )
                self._complete()
                return
            headers = headers.headers(length)
        self.start(status, headers)
        self.write(body, more=False)

    async def receive(self) -> Message:
        """ASGI: the next part of the body, or that the caller is gone or answered."""
        if self.expects:
            self.expects = False
            self._channel.say(_CONTINUE)
        if not (self.is_disconnected or self.is_complete):
            if self._channel.is_read_paused:
                self._line.resume_reading()
            if not self.has_news:
                if self._news is None:
                    self._news = asyncio.Event()
                self._news.clear()
                await self._news.wait()
            self.has_news = False
        if self.is_disconnected or self.is_complete:
            return {"type": "http.disconnect"}
        body, self._body, self.held = bytes(self._body), b"", 0
        return {"type": "http.request", "body": body, "more_body": not self.is_whole}

    async def send(self, message: Message) -> None:
        """ASGI: a part of the answer; waits while the caller does not take what was written."""
        if self._channel.is_write_paused and not self.is_disconnected:
            await self._channel.drained()
        if self.is_disconnected:
            return
        kind = message["type"]
        if self.is_complete:
            raise RuntimeError(
                f"Unexpected ASGI message '{kind}' sent, after response already completed."
            )
        due = "http.response.body" if self.has_started else "http.response.start"
        if kind != due:
            raise RuntimeError(f"Expected ASGI message '{due}', but got '{kind}'.")
        if self.has_started:
            self.write(message.get("body", b""), more=message.get("more_body", False))
        else:
            self.start(message["status"], message.get("headers", ()))

    def start(self, status: int, headers: Iterable[Sequence[bytes]]) -> None:
        """Begin the answer; its head waits for the body (ASGI's HTTP s3.2)."""
        self._head, self._left, is_last = answer_head(
            status,
            headers,
            begin=self._channel.opening(status),
            is_to_head=self._is_to_head,
            is_old=self.is_old,
            is_last=not (self.keeps and self.is_whole),
        )
        self.keeps = not is_last
        self.has_started, self.expects = True, False

    def write(self, body: bytes, *, more: bool) -> None:
        """Write a part of the body."""
        if self._left >= 0:
            left = self._left - len(body)
            if left < 0:
                raise RuntimeError("Response content longer than Content-Length")
            if left and not more:
                raise RuntimeError("Response content shorter than Content-Length")
            self._left = left
        elif self._left == CHUNKED:
            body = chunk(body, is_last=not more)
        elif self._left == NO_BODY:
            body = b""
        head = self._head
        if head:
            self._head, self.has_written = b"", True
            if len(body) <= _JOINED:
                body = head + body
            else:
                self._channel.write(head)
        if body:
            self._channel.write(body)
        if not more:
            self._complete()

    def fail(self, message: str, error: BaseException | None = None) -> None:
        """The application failed: 500 if nothing was written, else the connection ends."""
        _LOGGER.error(message, exc_info=error)
        if self.is_disconnected:
            return
        if self.is_complete:
            return
        if self.has_written:
            self.is_disconnected = True
            self._line.end_unhurriedly(is_whole=self.is_whole)
        else:
            self.start(500, _FAULT)
            self.write(b"Internal Server Error", more=False)

    def _complete(self) -> None:
        self.is_complete = True
        if self._news is not None:
            self._news.set()
        if not self.keeps:
            self._line.end_unhurriedly(is_whole=self.is_whole)
        self._line.answered()


def _replying(rest: Coroutine[Any, Any, Answer | None]) -> ASGIApp:
    """An application that sends what comes of an answer that was begun."""

    async def reply(_scope: Scope, _receive: Receive, send: Send) -> None:
        answer = await rest
        if answer is not None:
            status, headers, body = answer
            if isinstance(headers, SettledHead):
                headers = headers.headers(len(body))
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    return reply
