"""An answer that is whole before any of it is sent."""

from starlette.types import Send

#: status, headers with names in lower case, body
Reply = tuple[int, list[tuple[bytes, bytes]], bytes]


async def send_reply(reply: Reply, send: Send) -> None:
    """Send a reply."""
    status, headers, body = reply
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
