"""CORS for the configured origins: a preflight is answered before anything else is looked at.

The gateway never says `Access-Control-Allow-Credentials`, so a browser sends no cookie along.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.edge.request_head import Methods, no_methods, served_methods

#: what a page of another origin may read besides the safelisted headers (Fetch s4.10)
_EXPOSED = b"WWW-Authenticate, Location, Link, X-Total-Count, Retry-After"
_MAX_AGE = b"600"


@dataclass(frozen=True, slots=True)
class Cors:
    """Adds the headers of the Fetch standard for origins that the settings name; `*` is any."""

    app: ASGIApp
    origins: Collection[str]
    #: asked for the methods of the document of the moment
    methods: Methods = no_methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight of a configured origin; let its other requests read the answer."""
        headers = dict(scope.get("headers", ()))
        origin = headers.get(b"origin", b"")
        if scope["type"] != "http" or not origin:
            await self.app(scope, receive, send)
        elif not self._knows(origin):
            await self.app(scope, receive, partial(_send_unreadable, send))
        elif scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            await _answer_preflight(origin, headers, send, methods=served_methods(self.methods()))
        else:
            await self.app(scope, receive, partial(_send_readable, send, origin))

    def _knows(self, origin: bytes) -> bool:
        return "*" in self.origins or origin.decode("latin-1") in self.origins


async def _answer_preflight(
    origin: bytes, headers: dict[bytes, bytes], send: Send, *, methods: bytes
) -> None:
    answer = [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-methods", methods),
        (b"access-control-max-age", _MAX_AGE),
        (b"vary", b"Origin, Access-Control-Request-Headers"),
    ]
    wanted = headers.get(b"access-control-request-headers")
    if wanted:
        answer.append((b"access-control-allow-headers", wanted))
    await send({"type": "http.response.start", "status": 204, "headers": answer})
    await send({"type": "http.response.body", "body": b""})


async def _send_unreadable(send: Send, message: Message) -> None:
    """Let nobody but the settings say who may read an answer."""
    if message["type"] == "http.response.start":
        message["headers"] = _without_cors(message)
    await send(message)


async def _send_readable(send: Send, origin: bytes, message: Message) -> None:
    if message["type"] == "http.response.start":
        message["headers"] = [
            *_without_cors(message),
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", _EXPOSED),
            (b"vary", b"Origin"),
        ]
    await send(message)


def _without_cors(message: Message) -> list[tuple[bytes, bytes]]:
    """Headers without what a backend says of other origins: beside ours it would be believed."""
    pairs = message.get("headers", ())
    return [pair for pair in pairs if not pair[0].lower().startswith(b"access-control-")]
