"""The application as `scopegate serve` builds it, called without a socket."""

import asyncio
import gc
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Scope

from benchmarks.minted import mint_tokens
from benchmarks.songs.data import DOCUMENT
from gateway.cli.document import settings_here
from gateway.cli.serving import Choices, build


@dataclass(frozen=True, slots=True)
class Request:
    """One request, and the status that it must have."""

    method: str
    target: str
    status: int
    token: str | None = None
    body: bytes = b""
    content_type: str = "application/json"


def build_songs(
    home: Path, *, algorithm: str = "RS256", fresh: int = 0
) -> tuple[ASGIApp, Mapping[str, str], list[str]]:
    """The application of the songs with everything on, tokens by name, and fresh ones."""
    flags = {"spec": str(DOCUMENT), "home": str(home), "port": 8000, "signing_alg": algorithm}
    settings = settings_here(flags)
    named, unseen = mint_tokens(settings, fresh=fresh)
    chosen = Choices(mock=False, handlers="benchmarks.songs.handlers", quiet=False)
    application, _ = build(settings, chosen, demo=False)
    gc.freeze()  # as `serve` does
    return application.served, named, unseen


@asynccontextmanager
async def living(application: ASGIApp) -> AsyncIterator[dict[str, Any]]:
    """The application's state between its start and its end, as a server keeps it."""
    state: dict[str, Any] = {}
    asked, told = asyncio.Queue[Message](), asyncio.Queue[Message]()
    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": state}
    life = asyncio.ensure_future(application(scope, asked.get, told.put))
    await asked.put({"type": "lifespan.startup"})
    await told.get()
    try:
        yield state
    finally:
        await asked.put({"type": "lifespan.shutdown"})
        await life


def scope_of(request: Request, state: Mapping[str, Any]) -> Scope:
    """A request as uvicorn hands it over."""
    path, _, query = request.target.partition("?")
    headers = [(b"host", b"127.0.0.1:8000")]
    if request.token is not None:
        headers.append((b"authorization", b"Bearer " + request.token.encode()))
    if request.body:
        headers.append((b"content-type", request.content_type.encode()))
        headers.append((b"content-length", str(len(request.body)).encode()))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50000),
        "scheme": "http",
        "method": request.method,
        "root_path": "",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": headers,
        "state": dict(state),
    }


async def answer(application: ASGIApp, scope: Scope, body: bytes = b"") -> int:
    """Call the application once; the status of its answer."""
    started: list[int] = []
    left = [body]

    async def receive() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.append(message["status"])

    await application(scope, receive, send)
    return started[0]
