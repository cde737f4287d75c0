"""`/editor`: the page, its files, and what it asks for; doors stand before it."""

import asyncio
import json
from collections.abc import Mapping
from threading import Event
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from gateway.edge.editor.admission import Admitted
from gateway.edge.editor.desk import Desk, DeskBusyError
from gateway.edge.editor.disk import OnDisk, read_disk
from gateway.edge.editor.noting import note_save
from gateway.edge.editor.page import FRAME_POLICY, PAGE_POLICY, frame_html, page_html
from gateway.edge.editor.saving import BUSY, Saved, save
from gateway.edge.editor.statics import BASE, FILES, read_static
from gateway.edge.editor.told import told
from gateway.edge.problem import Problem, problem_of, send_problem
from gateway.edge.reply import send_reply
from gateway.edge.request.arrival import announced, receive_all
from gateway.edge.request.problem import BadRequestError, too_large
from gateway.edge.routing_middleware import path_missing
from gateway.load import LoadedDocument
from gateway.settings import Settings

PAGE = "/editor"
DOCUMENT, STATE, TRY = f"{BASE}/document", f"{BASE}/state", f"{BASE}/try"
_PAGES = frozenset({PAGE, BASE, f"{BASE}/"})
_OWN = frozenset({*_PAGES, DOCUMENT, STATE, TRY, f"{BASE}/frame"})
_YAML, _JSON = b"application/yaml; charset=utf-8", b"application/json"
_HTML = b"text/html; charset=utf-8"
Headers = Mapping[bytes, bytes]


class EditorPage:
    """Edits the document that rules at this moment; made anew with each that does."""

    def __init__(self, document: LoadedDocument, desk: Desk) -> None:
        self._document = document
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer whoever is let in."""
        path, method = scope["path"], scope["method"]
        changes = {TRY: ("POST",), DOCUMENT: ("PUT",)}.get(path, ())
        reads = () if path == TRY else ("GET", "HEAD")
        try:
            if path not in _OWN and path not in FILES:
                await send_problem(path_missing(), send)
            elif method in changes:
                await self._change(scope, receive, send)
            elif method in reads:
                await self._read(scope, send)
            else:
                await send_problem(_not_allowed((*reads, *changes)), send)
        except ClientDisconnect:
            return
        except OSError as error:
            reason = (error.strerror or "it failed").lower()
            detail = f"The file of the document cannot be read or written: {reason}."
            await send_problem(Problem(500, "internal-error", detail), send)

    async def _read(self, scope: Scope, send: Send) -> None:
        path: str = scope["path"]
        if path in _PAGES:
            page = "\n".join(page_html(self._document, self._desk.file)).encode()
            await _send(scope, send, page, _HTML, {b"content-security-policy": PAGE_POLICY})
        elif path == f"{BASE}/frame":
            policy = {b"content-security-policy": FRAME_POLICY}
            await _send(scope, send, frame_html().encode(), _HTML, policy)
        elif path == DOCUMENT:
            disk = await self._disk()
            await _send(scope, send, disk.data, _YAML, {b"etag": disk.etag.encode()})
        elif path == STATE:
            await _send(scope, send, _json(await self._state()), _JSON)
        else:
            data = await asyncio.to_thread(read_static, path)
            await _send(scope, send, data, FILES[path])

    async def _state(self) -> Mapping[str, Any]:
        """Which text is on disk, and which document rules."""
        disk = await self._disk()
        return {
            "schema": 1,
            "file": self._desk.file,
            "etag": disk.etag,
            "running": self._document.policy.digest,
        }

    async def _disk(self) -> OnDisk:
        return await asyncio.to_thread(read_disk, self._desk.file)

    async def _change(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Try or save what was sent, after everything that shows who sent it."""
        admitted = await self._desk.admission.admit(scope)
        if isinstance(admitted, Problem):
            await send_problem(admitted, send)
            return
        try:
            text = await receive_all(receive, limit=_limit(scope, self._desk.settings))
            problem = await self._changed(scope, text, send, by=admitted)
        except BadRequestError as error:
            problem = problem_of(error.problem)
        except DeskBusyError:
            problem = BUSY
        if problem is not None:
            await send_problem(problem, send)

    async def _changed(
        self, scope: Scope, text: bytes, send: Send, *, by: Admitted
    ) -> Problem | None:
        desk, running = self._desk, self._document
        if scope["path"] == TRY:
            tried = await desk.run(lambda: _json(told(desk.attempt(text, running), running)))
            await _send(scope, send, tried, _JSON)
            return None
        etags = [value for name, value in scope["headers"] if name == b"if-match"]
        if len(etags) != 1 or not etags[0].startswith(b'"'):
            detail = "Send the ETag of the text that was edited in If-Match."
            return Problem(428, "precondition-required", detail)
        etag = etags[0].decode("latin-1")
        given_up = Event()

        def save_and_note() -> Saved | Problem:
            saved = save(text, etag, running, desk, given_up=given_up)
            if isinstance(saved, Saved):
                note_save(saved, running, desk, by=by)
            return saved

        try:
            saved = await desk.run(save_and_note)
        finally:
            given_up.set()
        if isinstance(saved, Problem):
            return saved
        body = _json({"schema": 1, "etag": saved.disk.etag, "policy": saved.policy})
        await _send(scope, send, body, _JSON, {b"etag": saved.disk.etag.encode()})
        return None


def _limit(scope: Scope, settings: Settings) -> int:
    """How many octets are read of a text; a 413 for one that is announced as a longer one."""
    limit, length = settings.spec_max_bytes, announced(scope).length
    if length is not None and length > limit:
        raise too_large(limit)
    return limit


def _json(value: Mapping[str, Any]) -> bytes:
    """As JSON in ASCII: a name of a file or a text of a document may hold what UTF-8 cannot."""
    return json.dumps(value, ensure_ascii=True).encode()


def _not_allowed(methods: tuple[str, ...]) -> Problem:
    allow = ((b"allow", ", ".join(methods).encode()),)
    return Problem(405, "method-not-allowed", "The editor does not take this method.", allow)


async def _send(
    scope: Scope, send: Send, body: bytes, content_type: bytes, more: Headers | None = None
) -> None:
    """Send something that nobody keeps, frames from elsewhere, or takes for another type."""
    headers = {
        b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
        b"cache-control": b"no-store",
        b"referrer-policy": b"no-referrer",
        b"x-content-type-options": b"nosniff",
        b"content-type": content_type,
        b"content-length": str(len(body)).encode(),
        **(more or {}),
    }
    shown = b"" if scope["method"] == "HEAD" else body
    await send_reply((200, list(headers.items()), shown), send)
