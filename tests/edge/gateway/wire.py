"""Raw ASGI calls: what an application sends, and how much of a body it asked for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Scope

Pairs = Sequence[tuple[str, str]]


@dataclass
class Reply:
    """What came back from one request."""

    messages: list[Message] = field(default_factory=list)
    #: how often the application asked for the body
    received: int = 0

    @property
    def status(self) -> int:
        status: int = self.messages[0]["status"]
        return status

    @property
    def headers(self) -> list[tuple[str, str]]:
        sent = self.messages[0]["headers"]
        return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in sent]

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages[1:])

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for found, value in self.headers if found.lower() == name]

    def header(self, name: str) -> str | None:
        """The one value of a header; None: it was not sent."""
        values = self.all(name)
        assert len(values) <= 1, f"{name} was sent {len(values)} times"
        return values[0] if values else None

    def json(self) -> Any:
        return json.loads(self.body)

    def problem(self) -> tuple[int, str]:
        """Status and slug of a problem, whose members are as RFC 9457 has them."""
        assert self.header("content-type") == "application/problem+json"
        body = self.json()
        assert body["status"] == self.status
        assert body["instance"].startswith("urn:uuid:")
        return self.status, body["type"].removeprefix("/-/problems/")


def scope_of(
    method: str, target: str, headers: Mapping[str, str] | Pairs = (), **more: Any
) -> Scope:
    """The scope of a request as a server makes it."""
    path, _, query = target.partition("?")
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in pairs],
        "client": ("127.0.0.1", 50000),
        "server": ("localhost", 8000),
        "state": {},
        **more,
    }


async def call(
    app: ASGIApp,
    method: str,
    target: str,
    headers: Mapping[str, str] | Pairs = (),
    *,
    body: bytes | Sequence[bytes] = b"",
    hangs_up: bool = False,
    **more: Any,
) -> Reply:
    """Send one request; a caller that `hangs_up` goes away instead of sending its body."""
    reply = Reply()
    chunks = [body] if isinstance(body, bytes) else list(body)

    async def receive() -> Message:
        reply.received += 1
        if hangs_up or not chunks:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks)}

    async def send(message: Message) -> None:
        reply.messages.append(message)

    await app(scope_of(method, target, headers, **more), receive, send)
    return reply
