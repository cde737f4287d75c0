"""`/`: JSON for programs, a page for browsers, and who is signed in."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson
from starlette.types import Receive, Scope, Send

from gateway.edge.accepted import prefers_html
from gateway.edge.document.readers import Readers
from gateway.edge.pages import Page, page, send_page
from gateway.edge.start.facts import Facts, curl, facts_of
from gateway.edge.start.html import POLICY, start_html
from gateway.edge.start.view import Link, View, as_data

_JSON = "application/json"
_HTML = "text/html; charset=utf-8"
_PERSONAL = b"private, no-store"


@dataclass(frozen=True, slots=True)
class Places:
    """What is where, of this installation."""

    public_url: str
    #: leads on for everybody, the document and its pages apart
    links: Sequence[Link]
    #: for who may read the document
    of_document: Sequence[Link]
    #: for who is let in to what is the operator's
    of_operator: Sequence[Link] = ()
    logout: str | None = None
    #: whether a request comes from who operates this
    lets_in: Callable[[Scope], bool] = field(default=lambda _: False)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a start page is made for."""

    #: may read the document
    reads: bool
    is_local: bool
    is_page: bool


class StartPage:
    """Says what is guarded here to whoever asks; what is the same for all is made once."""

    def __init__(self, readers: Readers, places: Places) -> None:
        self._readers = readers
        self._places = places
        self._facts: Facts | None = None
        self._made: dict[_Kind, Page] = {}
        self._lock = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        del receive  # there is nothing to say
        readers = self._readers
        kind = _Kind(await readers.admits(scope), self._places.lets_in(scope), prefers_html(scope))
        visitor = await readers.find_visitor(scope)
        if visitor is not None:
            shown = await asyncio.to_thread(self._render, kind, visitor)
        else:
            shown = await self._common(kind)
        headers = self._headers(kind, visitor)
        await send_page(shown, scope, send, headers=headers)

    async def _common(self, kind: _Kind) -> Page:
        """The page of who is not signed in; those who ask while it is made wait for the same."""
        async with self._lock:
            if kind not in self._made:
                self._made[kind] = await asyncio.to_thread(self._render, kind, None)
            return self._made[kind]

    def _headers(self, kind: _Kind, visitor: str | None) -> Mapping[bytes, bytes]:
        for_all = self._readers.is_public
        vary = [b"Accept, Accept-Encoding"]
        if self._readers.login is not None or not for_all:
            vary.append(b"Cookie")
        if not for_all:
            vary.append(b"Authorization")
        headers = {b"vary": b", ".join(vary)}
        if visitor is not None or not for_all:
            headers[b"cache-control"] = _PERSONAL
        if kind.is_page:
            headers[b"content-security-policy"] = POLICY
            headers[b"referrer-policy"] = b"same-origin"
        return headers

    def _render(self, kind: _Kind, visitor: str | None) -> Page:
        view = self._view(kind, visitor)
        if kind.is_page:
            return page(_HTML, "\n".join(start_html(view)).encode())
        return page(_JSON, orjson.dumps(as_data(view), option=orjson.OPT_INDENT_2) + b"\n")

    def _view(self, kind: _Kind, visitor: str | None) -> View:
        places, description = self._places, self._readers.ruleset.document.description
        facts = self._told() if kind.reads else None
        links = (
            *(places.of_document if kind.reads else ()),
            *places.links,
            *(places.of_operator if kind.is_local else ()),
        )
        return View(
            description.title,
            description.version,
            facts,
            links,
            _lines(places, facts, reads_openly=kind.reads and self._readers.is_public),
            visitor,
            login=self._readers.login,
            logout=places.logout,
            is_local=kind.is_local,
        )

    def _told(self) -> Facts:
        if self._facts is None:
            self._facts = facts_of(self._readers.ruleset.document)
        return self._facts


def _lines(places: Places, facts: Facts | None, *, reads_openly: bool) -> Sequence[tuple[str, str]]:
    """Three lines that work as they are, for who asks."""
    public = places.public_url
    lines = []
    if reads_openly:
        lines = [
            ("read the document", curl(f"{public}/openapi.yaml")),
            ("see what anybody may call", curl(f"{public}/openapi.json?mine=1")),
        ]
    if facts is not None and facts.sample is not None:
        told = "call an operation; the answer says what it asks for"
        lines.append((told, curl(f"{public}{facts.sample}", "-i")))
    lines += [
        ("get this page as JSON", curl(f"{public}/")),
        ("see whether it is ready", curl(f"{public}/-/ready", "-i")),
        ("see what tokens it takes", curl(f"{public}/.well-known/oauth-protected-resource")),
    ]
    return lines[:3]
