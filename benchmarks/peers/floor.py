"""What uvicorn costs by itself: a constant answer, nothing looked at."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.types import Receive, Scope, Send

from benchmarks.songs.data import ADDED_SONG, SONGS


def _answer(status: int, value: object) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    length = str(len(body)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", length)]
    start = {"type": "http.response.start", "status": status, "headers": headers}
    return start, {"type": "http.response.body", "body": body}


_LISTED = _answer(200, list(SONGS))
_ADDED = _answer(201, dict(ADDED_SONG))


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer by the method alone; a body is taken in and forgotten."""
    if scope["type"] != "http":
        return
    if scope["method"] == "POST":
        while (await receive()).get("more_body"):
            pass
    start, body = _ADDED if scope["method"] == "POST" else _LISTED
    await send(dict(start))
    await send(dict(body))
