"""The body of a request on its way to the upstream."""

from collections import deque

from starlette.types import Message, Receive, Scope

from gateway.edge.proxy.connection import UpstreamConnection
from gateway.edge.proxy.faults import ClientGoneError, UnsendableError

_METHODS_WITH_BODIES = frozenset({"POST", "PUT", "PATCH"})
_CHUNKED = b"transfer-encoding: chunked\r\n\r\n"


class Replay:
    """Remembers what it received, so that it can be received once more.

    What is read of a body in order to check it goes on to the upstream octet for octet.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._seen: deque[Message] = deque()

    async def record(self) -> Message:
        """Receive, and remember."""
        message = await self._receive()
        self._seen.append(message)
        return message

    async def receive(self) -> Message:
        """Receive what is remembered, then the rest."""
        return self._seen.popleft() if self._seen else await self._receive()


class RequestBody:
    """How a body is framed, and its octets one after the other."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        #: what tells that the client went away, once the body is sent
        self.receive = receive
        names = [name for name, _ in scope["headers"]]
        self._length = _length(scope) if b"content-length" in names else None
        self._is_chunked = b"transfer-encoding" in names
        #: HTTP/1 says of each request whether it has a body; others may not
        says = scope.get("http_version", "1.1").startswith("1")
        self._may_be_there = self._is_chunked or bool(self._length) or not says
        self._says_empty = scope["method"] in _METHODS_WITH_BODIES
        #: more is to come after `begin`
        self.is_open = False
        #: no octet of it is there at all
        self.is_empty = True
        self.is_sent = True

    async def begin(self) -> bytes:
        """What ends the head of the request: framing, and the body if all of it is there.

        Raises ClientGoneError.
        """
        if not self._may_be_there:
            return b"content-length: 0\r\n\r\n" if self._says_empty else b"\r\n"
        octets, self.is_open = await self._next()
        self.is_empty = not octets and not self.is_open
        self.is_sent = not self.is_open
        if not self.is_open:
            return b"content-length: %d\r\n\r\n" % len(octets) + octets
        if self._length is not None:
            self._is_chunked = False
            return b"content-length: %d\r\n\r\n" % self._length + octets
        self._is_chunked = True
        return _CHUNKED + self._framed(octets)

    async def send_rest(self, connection: UpstreamConnection) -> None:
        """Send what is still to come as fast as the upstream takes it; ClientGoneError."""
        while self.is_open:
            await connection.drain()
            octets, self.is_open = await self._next()
            if connection.is_lost:
                return
            connection.write(self._framed(octets))
            if not self.is_open and self._is_chunked:
                connection.write(b"0\r\n\r\n")
        self.is_sent = True

    def _framed(self, octets: bytes) -> bytes:
        if not self._is_chunked or not octets:
            return octets
        return b"%x\r\n%b\r\n" % (len(octets), octets)

    async def _next(self) -> tuple[bytes, bool]:
        message = await self.receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        return message.get("body", b""), message.get("more_body", False)


def _length(scope: Scope) -> int:
    lengths = {value for name, value in scope["headers"] if name == b"content-length"}
    length = lengths.pop()
    if lengths or not length.isdigit():
        raise UnsendableError
    return int(length)
