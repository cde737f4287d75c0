"""A backend on a real ASGI server: tells of a request what it got, or answers at length."""

import hashlib
import json
from typing import Any

Message = dict[str, Any]

#: what `GET .../files` answers
LARGE = 100 * 2**20
PIECE = b"0123456789abcdef" * 4096


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Serve one request; nothing of a large body is kept."""
    if scope["type"] != "http":
        return
    octets, digest = 0, hashlib.sha256()
    more = True
    while more:
        message = await receive()
        digest.update(message.get("body", b""))
        octets += len(message.get("body", b""))
        more = message.get("more_body", False)
    if scope["method"] == "GET" and scope["path"].endswith("/files"):
        await _answer_at_length(send)
        return
    told = {
        "octets": octets,
        "sha256": digest.hexdigest(),
        "raw_path": scope["raw_path"].decode(),
        "query": scope["query_string"].decode(),
        "headers": [[name.decode(), value.decode("latin-1")] for name, value in scope["headers"]],
    }
    body = json.dumps(told).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _answer_at_length(send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(LARGE // len(PIECE)):
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
