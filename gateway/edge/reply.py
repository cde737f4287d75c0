"""An answer that is whole before any of it is sent."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from starlette.types import Receive, Scope, Send

from gateway.edge.settled_head import SettledHead

#: names in lower case
Headers = list[tuple[bytes, bytes]] | SettledHead
#: status, headers, body
Reply = tuple[int, Headers, bytes]
#: what becomes a reply, or None if the client goes away; it is awaited, and not forgotten
LaterReply = Coroutine[Any, Any, Reply | None]
#: what goes on with a request that there is no reply to yet
Way = Callable[[Scope, Receive, Send], Awaitable[None]]


async def send_reply(reply: Reply, send: Send) -> None:
    """Send a reply."""
    status, headers, body = reply
    if isinstance(headers, SettledHead):
        headers = headers.headers(len(body))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
