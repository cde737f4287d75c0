"""`/openapi.json` and `/openapi.yaml`: the document, or what of it the caller may call."""

from collections.abc import Mapping, Set
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from gateway.edge.challenge import answer_denial
from gateway.edge.document.kept import KeptShares
from gateway.edge.document.mine import Call, own_document
from gateway.edge.document.readers import Readers
from gateway.edge.pages import (
    LatePage,
    Page,
    document_pages,
    json_text,
    page,
    public_document,
    send_page,
)
from gateway.edge.problem import Problem, send_problem

JSON = "/openapi.json"
#: what an answer that is for one caller says besides
_FOR_ONE: Mapping[bytes, bytes] = {
    b"cache-control": b"private, no-store",
    b"vary": b"Accept-Encoding, Authorization",
}
#: what an answer says that not everybody may have
_FOR_READERS: Mapping[bytes, bytes] = {
    b"cache-control": b"private, no-cache",
    b"vary": b"Accept-Encoding, Authorization, Cookie",
}
_MANY_FIELDS = 100


class DocumentPage:
    """One form of the document, for whoever may read it."""

    def __init__(self, whole: LatePage, readers: Readers, *, has_mine: bool) -> None:
        self._whole = whole
        self._readers = readers
        self._has_mine = has_mine
        self._shares = KeptShares(self._mine)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        del receive  # there is nothing to say but the query
        if not await self._readers.admits(scope):
            await self._readers.refuse(scope, send)
        elif self._has_mine and (asked := _asked(scope)) is not None:
            await self._show_mine(asked, scope, send)
        elif self._readers.is_public:
            await send_page(self._whole, scope, send)
        else:
            await send_page(self._whole, scope, send, headers=_FOR_READERS)

    async def _show_mine(self, asked: str, scope: Scope, send: Send) -> None:
        if asked != "1":
            detail = "Ask for `?mine=1`, or leave `mine` out for the whole document."
            await send_problem(Problem(400, "invalid-request", detail), send)
            return
        share = await self._readers.share(scope)
        if share.denial is not None:
            policy, detailed = self._readers.ruleset.policy, self._readers.shows_detail
            await send_problem(answer_denial(share.denial, policy, shows_detail=detailed), send)
            return
        operations = self._readers.ruleset.document.description.operations
        open_ = frozenset((o.path, o.method) for o in operations if share.opens(o.key))
        await send_page(await self._shares.page(open_), scope, send, headers=_FOR_ONE)

    def _mine(self, open_: Set[Call]) -> Page:
        document = self._readers.ruleset.document.description.document
        text = json_text(own_document(public_document(document), open_))
        return page("application/json", text)


def document_applications(document: Mapping[str, Any], readers: Readers) -> dict[str, DocumentPage]:
    """Both forms of the document by path."""
    return {
        path: DocumentPage(whole, readers, has_mine=path == JSON)
        for path, whole in document_pages(document).items()
    }


def _asked(scope: Scope) -> str | None:
    """What `mine` is, if it was asked for; "" of a query that nobody can read."""
    try:
        text = scope.get("query_string", b"").decode("ascii")
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=_MANY_FIELDS)
    except ValueError:
        return ""
    return dict(fields).get("mine")
