"""The client while its answer is waited for: the rest of his body goes on, his leaving is seen."""

import asyncio

from gateway.edge.proxy.connection import UpstreamConnection
from gateway.edge.proxy.faults import ClientGoneError, LateError
from gateway.edge.proxy.request_body import RequestBody


class ClientSide:
    """A task beside the exchange; most exchanges end before they need one."""

    def __init__(self, body: RequestBody, connection: UpstreamConnection) -> None:
        self._body = body
        self._connection = connection
        self._task: asyncio.Task[None] | None = None
        self.is_gone = False

    @property
    def is_watched(self) -> bool:
        """Whether the task runs."""
        return self._task is not None

    def watch(self) -> None:
        """Begin to send on what the client sends, and to see whether he leaves."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def end(self) -> None:
        """End the task."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled() and (error := self._task.exception()) is not None:
            raise error

    async def _run(self) -> None:
        try:
            await self._body.send_rest(self._connection)
            if not self._body.is_sent:
                return
            while (await self._body.receive())["type"] != "http.disconnect":
                continue
        except ClientGoneError:
            pass
        self.is_gone = True
        self._connection.fail(LateError("the client left"))
