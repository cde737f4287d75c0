"""`/-/health` and `/-/ready`: a bare status for anyone, the details for the operator."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from gateway.edge.doors import Doors
from gateway.edge.plain_page import answer_read

_GOOD = 200
_BAD = 503
_TEXT = b"text/plain; charset=utf-8"

#: whether all is well, and the details
Told = tuple[bool, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Probe:
    """Answers 200 if all is well and 503 if not; why stands in it for the operator alone."""

    tell: Callable[[], Told]
    doors: Doors

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_well, details = self.tell()
        status = _GOOD if is_well else _BAD
        if self.doors.lets_in(scope):
            body = orjson.dumps(details, option=orjson.OPT_INDENT_2) + b"\n"
            await answer_read(scope, send, status, b"application/json", body)
        else:
            word = b"ok\n" if is_well else b"not ready\n"
            await answer_read(scope, send, status, _TEXT, word)
