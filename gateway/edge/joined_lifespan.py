"""The lifespan of an application with ours around it: we begin before it and end after it."""

import logging
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Hook = Callable[[], Awaitable[None]]
_LOG = logging.getLogger("scopegate.guard")
_ANSWERED = {
    "lifespan.startup.complete", "lifespan.startup.failed",
    "lifespan.shutdown.complete", "lifespan.shutdown.failed",
}  # fmt: skip


class JoinedLifespan:
    """One run of a lifespan."""

    def __init__(self, app: ASGIApp, *, begin: Hook, end: Hook) -> None:
        self._app = app
        self._begin = begin
        self._end = end
        self._has_begun = False
        self._is_answered = False

    async def run(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the lifespan; an application that knows none goes without."""
        first = await receive()
        try:
            await self._begin()
        except Exception as error:  # whatever keeps us from beginning keeps the server from it
            _LOG.exception("the guard cannot begin")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        queue = [first]

        async def next_message() -> Message:
            return queue.pop() if queue else await receive()

        async def tell(message: Message) -> None:
            self._is_answered = self._is_answered or message["type"] in _ANSWERED
            await self._tell(message, send)

        try:
            await self._app(scope, next_message, tell)
        except Exception:
            if self._is_answered:
                raise
            _LOG.debug("the application behind the guard has no lifespan", exc_info=True)
        if not self._is_answered:
            await self._go_without(receive, send)

    async def _tell(self, message: Message, send: Send) -> None:
        """Pass an answer on; where the application is at its end, so are we."""
        if message["type"] != "lifespan.startup.complete":
            try:
                await self._end()
            except Exception:  # the application's end is told, whatever becomes of ours
                _LOG.exception("the guard did not end well")
        await send(message)

    async def _go_without(self, receive: Receive, send: Send) -> None:
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._end()
        await send({"type": "lifespan.shutdown.complete"})
