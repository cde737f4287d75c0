"""A backend as octets: it writes down each request as it came, and answers what it is told to."""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_SECONDS = 20.0
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request, whole; names of headers as they were spelled."""

    line: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    #: which connection it came on, from 0
    connection: int

    @property
    def target(self) -> bytes:
        return self.line.split(b" ")[1]

    def all(self, name: bytes) -> list[bytes]:
        return [value for found, value in self.headers if found.lower() == name.lower()]

    @property
    def names(self) -> list[bytes]:
        return [name.lower() for name, _ in self.headers]


Script = Callable[[Arrived, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Backend:
    """A server in a thread of its own."""

    port: int = 0
    arrived: list[Arrived] = field(default_factory=list)
    #: what is done about a request; the body is left unread with `reads_bodies` off
    script: Script | None = None
    answer: bytes = OK
    reads_bodies: bool = True
    #: connections that ended
    ended: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    connections: int = 0
    #: connections that began, and requests that came
    began: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def reset(self) -> None:
        """Answer as at the beginning, and forget what came."""
        self.script, self.answer, self.reads_bodies = None, OK, True
        self.arrived.clear()
        for count in (self.began, self.came, self.ended):
            while count.acquire(blocking=False):
                continue

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def only(self) -> Arrived:
        """The one request that came."""
        (arrived,) = self.arrived
        return arrived

    def wait_for_end(self) -> None:
        """Wait until a connection ended."""
        assert self.ended.acquire(timeout=_SECONDS), "no connection ended"

    def wait_for_request(self) -> None:
        """Wait until a request came."""
        assert self.came.acquire(timeout=_SECONDS), "no request came"

    def wait_for_connection(self) -> None:
        """Wait until a connection began."""
        assert self.began.acquire(timeout=_SECONDS), "no connection began"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        number, self.connections = self.connections, self.connections + 1
        self.began.release()
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                arrived = await self._read(reader, number)
                self.arrived.append(arrived)
                self.came.release()
                if self.script is not None:
                    await self.script(arrived, reader, writer)
                else:
                    writer.write(self.answer)
                await writer.drain()
                if writer.is_closing():
                    break
        writer.close()
        self.ended.release()

    async def _read(self, reader: asyncio.StreamReader, number: int) -> Arrived:
        head = await reader.readuntil(b"\r\n\r\n")
        line, *lines = head[:-4].split(b"\r\n")
        pairs = [one.partition(b": ") for one in lines]
        headers = tuple((name, value) for name, _, value in pairs)
        body = await read_body(dict(headers), reader) if self.reads_bodies else b""
        return Arrived(line, headers, body, number)


async def read_body(headers: dict[bytes, bytes], reader: asyncio.StreamReader) -> bytes:
    """The body of a request as its head frames it."""
    if b"content-length" in headers:
        return await reader.readexactly(int(headers[b"content-length"]))
    if b"transfer-encoding" not in headers:
        return b""
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


@contextmanager
def running_backend() -> Iterator[Backend]:
    """Run a backend until the block ends."""
    backend = Backend()
    is_ready = threading.Event()
    loop = asyncio.new_event_loop()
    is_over = asyncio.Event()

    async def run() -> None:
        server = await asyncio.start_server(backend.serve, "127.0.0.1", 0, limit=2**20)
        backend.port = server.sockets[0].getsockname()[1]
        is_ready.set()
        await is_over.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    assert is_ready.wait(_SECONDS)
    try:
        yield backend
    finally:
        loop.call_soon_threadsafe(is_over.set)
        thread.join(_SECONDS)
        loop.close()
