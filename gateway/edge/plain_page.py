"""An answer of the gateway's own that is another one each time it is asked for."""

from starlette.types import Scope, Send

from gateway.edge.problem import Problem, send_problem
from gateway.edge.reply import send_reply

_READ = frozenset({"GET", "HEAD"})


async def answer_read(
    scope: Scope, send: Send, status: int, content_type: bytes, body: bytes
) -> None:
    """Answer GET and HEAD, for nobody to keep; any other method gets 405."""
    if scope["method"] not in _READ:
        allow = ((b"allow", b"GET, HEAD"),)
        await send_problem(
            Problem(405, "method-not-allowed", "The page can only be read.", allow), send
        )
        return
    headers = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send_reply((status, headers, b"" if scope["method"] == "HEAD" else body), send)
