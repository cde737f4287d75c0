"""`/docs` and all that it loads, by path."""

from collections.abc import Callable, Mapping
from functools import partial

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.docs.access import access_of
from gateway.edge.docs.page import REDIRECT, docs_html, read_static
from gateway.edge.docs.shown import Login, shown_document
from gateway.edge.document.readers import Readers
from gateway.edge.pages import LatePage, json_text, send_page
from gateway.edge.swagger_files import read_swagger_file
from gateway.load import LoadedDocument
from gateway.routing.path import split_path
from gateway.routing.tree import PathMissing, RouteTable

PATH = "/docs"
REDIRECT_PATH = f"{PATH}/oauth2-redirect"
_HTML = "text/html; charset=utf-8"
_SCRIPT = "text/javascript; charset=utf-8"
_STYLE = "text/css; charset=utf-8"
#: scripts and styles of our own origin alone, and nobody else to ask; the stylesheet of Swagger UI
#: has its arrows and locks as `data:` images
POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    b"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
#: by the name below PATH
_FILES: Mapping[str, tuple[str, Callable[[str], bytes]]] = {
    "swagger-ui-bundle.js": (_SCRIPT, read_swagger_file),
    "swagger-ui.css": (_STYLE, read_swagger_file),
    "docs.js": (_SCRIPT, read_static),
    "access.js": (_SCRIPT, read_static),
    "oauth2-redirect.js": (_SCRIPT, read_static),
    "docs.css": (_STYLE, read_static),
}


class DocsPage:
    """One file of `/docs`: there if SCOPEGATE_DOCS is not off, and told to who may read."""

    def __init__(self, page: LatePage, readers: Readers, *, tells_document: bool) -> None:
        self._page = page
        self._readers = readers
        self._tells_document = tells_document

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        del receive  # there is nothing to say
        readers = self._readers
        is_off = readers.docs not in {"public", "authenticated"}
        if is_off or (self._tells_document and not await readers.admits(scope)):
            await readers.refuse(scope, send)
            return
        headers = {b"content-security-policy": POLICY, b"referrer-policy": b"same-origin"}
        if self._tells_document and not readers.is_public:
            headers[b"cache-control"] = b"private, no-cache"
            headers[b"vary"] = b"Accept-Encoding, Authorization, Cookie"
        await send_page(self._page, scope, send, headers=headers)


def docs_applications(readers: Readers, login: Login | None) -> dict[str, ASGIApp]:
    """All of it; nothing, if the document has an operation at one of its paths."""
    loaded = readers.ruleset.document
    open_ = {name: LatePage(kind, partial(read, name)) for name, (kind, read) in _FILES.items()}
    open_["oauth2-redirect"] = LatePage(_HTML, lambda: REDIRECT)
    told = {
        "document.json": LatePage(
            "application/json", lambda: json_text(shown_document(loaded, login))
        ),
        "settings.json": LatePage("application/json", lambda: _settings(loaded, login)),
    }
    front = DocsPage(
        LatePage(_HTML, lambda: docs_html(loaded.description, has_login=login is not None)),
        readers,
        tells_document=True,
    )
    pages: dict[str, ASGIApp] = {PATH: front, f"{PATH}/": front}
    for name, page in open_.items():
        pages[f"{PATH}/{name}"] = DocsPage(page, readers, tells_document=False)
    for name, page in told.items():
        pages[f"{PATH}/{name}"] = DocsPage(page, readers, tells_document=True)
    return pages if all(is_free(loaded.table, path) for path in pages) else {}


def is_free(table: RouteTable, path: str) -> bool:
    """Whether no operation stands at a path of ours."""
    segments = split_path(path.encode())
    return segments is not None and isinstance(table.route_segments("GET", segments), PathMissing)


def _settings(loaded: LoadedDocument, login: Login | None) -> bytes:
    """What our script in the page is told."""
    sessions = loaded.trusts.sessions
    rules = loaded.policy.rules
    access = {
        f"{operation.method} {operation.path}": access_of(rules[operation.key], sessions)
        for operation in loaded.description.operations
    }
    told = {
        "access": access,
        "login": None
        if login is None
        else {
            "clientId": login.client_id,
            "redirectUrl": login.redirect_url,
            "issuer": login.issuer,
        },
    }
    return orjson.dumps(told)
