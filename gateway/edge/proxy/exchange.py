"""One request and its answer: sent on, waited for, handed back as it comes."""

from starlette.types import Message, Send

from gateway.edge.proxy.answer_head import AnswerHead
from gateway.edge.proxy.client_side import ClientSide
from gateway.edge.proxy.connection import UpstreamConnection
from gateway.edge.proxy.faults import ClientGoneError, ConnectionEndedError, LateError
from gateway.edge.proxy.pool import Pool
from gateway.edge.proxy.request_body import RequestBody
from gateway.edge.proxy.request_head import RequestHead

#: seconds that an answer may take before somebody looks whether the client still waits
_UNWATCHED = 0.05
#: octets of an answer that are handed back before somebody looks
_MOST_UNWATCHED = 1024 * 1024


class Exchange:
    """One exchange with an upstream; `close` ends it, however it went."""

    def __init__(self, pool: Pool, body: RequestBody) -> None:
        self._pool = pool
        self._patience = pool.patience
        self._body = body
        self._connection: UpstreamConnection | None = None
        self._client: ClientSide | None = None

    async def ask(self, request: RequestHead) -> AnswerHead:
        """Send the request; the head of its answer. Raises UpstreamError, ClientGoneError.

        A connection that waited may have been closed by the upstream while the request was on its
        way. Then nothing was answered, and an idempotent request without a body is sent once more.
        """
        octets = request.octets + await self._body.begin()
        may_repeat = request.is_idempotent and self._body.is_empty
        connection = await self._pool.acquire()
        was_waiting = connection.exchanges > 0
        try:
            return await self._ask(connection, octets, is_head=request.is_head)
        except ConnectionEndedError:
            if not (may_repeat and was_waiting and not connection.has_begun):
                raise
        await self.close()
        connection = await self._pool.acquire(is_new=True)
        return await self._ask(connection, octets, is_head=request.is_head)

    async def hand_back(self, send: Send, *, first: bytes = b"") -> None:
        """Send the body of the answer on as it comes; raises what `ask` raises.

        `first` is what was collected of it before.
        """
        connection, client = self._under_way()
        size = 0
        octets, is_last = first or connection.take(), False
        while True:
            is_last = connection.is_complete and not connection.has_octets
            if octets or is_last:
                await send(_part(octets, is_last=is_last))
            if is_last:
                return
            size += len(octets)
            if size > _MOST_UNWATCHED:
                client.watch()
            if not connection.has_more:
                await self._wait(connection, client)
            octets = connection.take()

    async def collect(self, *, limit: int) -> bytes:
        """The body of the answer; more than the limit if it is larger, and then not all of it."""
        connection, client = self._under_way()
        parts = [connection.take()]
        size = len(parts[0])
        while size <= limit and not connection.is_complete:
            await self._wait(connection, client)
            parts.append(connection.take())
            size += len(parts[-1])
        return b"".join(parts)

    def _under_way(self) -> tuple[UpstreamConnection, ClientSide]:
        if self._connection is None or self._client is None:
            raise RuntimeError("nothing was asked")
        return self._connection, self._client

    async def close(self) -> None:
        """Give the connection back, or end it if anything is left of the exchange."""
        connection, client = self._connection, self._client
        self._connection = self._client = None
        if connection is None or client is None:
            return
        if not self._body.is_sent or client.is_gone:
            connection.abort()
        self._pool.release(connection)
        await client.end()

    async def _ask(
        self, connection: UpstreamConnection, octets: bytes, *, is_head: bool
    ) -> AnswerHead:
        self._connection = connection
        client = self._client = ClientSide(self._body, connection)
        connection.ask(octets, is_head=is_head)
        if self._body.is_open:
            client.watch()
        while (head := connection.head) is None:
            await self._wait(connection, client)
            if connection.lags(self._patience.answer):
                raise LateError("its head did not come in time")
        return head

    async def _wait(self, connection: UpstreamConnection, client: ClientSide) -> None:
        """Wait for more of the answer; raises what keeps it from coming."""
        if connection.fault is None and not client.is_watched:
            if await connection.wait(_UNWATCHED):
                return self._look(connection, client)
            client.watch()
        while connection.fault is None and not await connection.wait(self._patience.answer):
            if self._body.is_sent or connection.is_clogged:
                raise LateError("it sent nothing in time")
        return self._look(connection, client)

    @staticmethod
    def _look(connection: UpstreamConnection, client: ClientSide) -> None:
        if client.is_gone:
            raise ClientGoneError
        if connection.fault is not None and not connection.has_more:
            raise connection.fault


def _part(octets: bytes, *, is_last: bool) -> Message:
    return {"type": "http.response.body", "body": octets, "more_body": not is_last}
