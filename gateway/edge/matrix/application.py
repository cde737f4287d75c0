"""`/-/matrix`: the page and the files it refers to; doors stand before it."""

import asyncio
from collections.abc import Mapping
from importlib.resources import files

from starlette.types import Receive, Scope, Send

from gateway.edge.matrix.asked import Asked, read_asked
from gateway.edge.matrix.form import PATH
from gateway.edge.matrix.page import page_html
from gateway.edge.matrix.view import View, view_of
from gateway.edge.problem import Problem, send_problem
from gateway.edge.routing_middleware import path_missing
from gateway.load import LoadedDocument

#: what the page refers to, with its type
_FILES: Mapping[str, bytes] = {
    "matrix.css": b"text/css; charset=utf-8",
    "matrix.js": b"text/javascript; charset=utf-8",
    "token.js": b"text/javascript; charset=utf-8",
    "verdict.js": b"text/javascript; charset=utf-8",
}
_HTML = b"text/html; charset=utf-8"
_READ = frozenset({"GET", "HEAD"})
#: nothing but our own script and style, and nobody to send anything to
_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; "
        b"frame-ancestors 'none'; base-uri 'none'",
    ),
    (b"cache-control", b"no-cache"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


class MatrixPage:
    """Shows what one document opens; it is looked at when somebody first asks."""

    def __init__(self, document: LoadedDocument) -> None:
        self._document = document
        self._lock = asyncio.Lock()
        self._made: tuple[View, bytes] | None = None
        static = files("gateway.edge.matrix") / "static"
        self._files = {f"{PATH}/{name}": (static / name).read_bytes() for name in _FILES}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer whoever is let in to it."""
        del receive  # there is nothing to say but the query
        path: str = scope["path"]
        if path != PATH and path not in self._files:
            await send_problem(path_missing(), send)
        elif scope["method"] not in _READ:
            headers = ((b"allow", b"GET, HEAD"),)
            await send_problem(
                Problem(405, "method-not-allowed", "The page can only be read.", headers), send
            )
        elif path == PATH:
            await _send(scope, send, _HTML, await self._page(read_asked(scope["query_string"])))
        else:
            await _send(scope, send, _FILES[path.rpartition("/")[2]], self._files[path])

    async def _page(self, asked: Asked) -> bytes:
        """The page; whoever asks for nothing gets what was rendered once."""
        view, page = await self._first()
        return page if asked == Asked() else await asyncio.to_thread(_rendered, view, asked)

    async def _first(self) -> tuple[View, bytes]:
        """The view and its page; those who ask while it is rendered wait for the same."""
        async with self._lock:
            if self._made is None:
                self._made = await asyncio.to_thread(_looked_at, self._document)
            return self._made


def _looked_at(document: LoadedDocument) -> tuple[View, bytes]:
    view = view_of(document)
    return view, _rendered(view, Asked())


def _rendered(view: View, asked: Asked) -> bytes:
    return "\n".join(page_html(view, asked)).encode()


async def _send(scope: Scope, send: Send, content_type: bytes, body: bytes) -> None:
    headers = [
        *_HEADERS,
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    shown = b"" if scope["method"] == "HEAD" else body
    await send({"type": "http.response.body", "body": shown})
