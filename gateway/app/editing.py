"""The editor put together: where it is served, who may change the document, what fits it."""

from collections.abc import Mapping
from dataclasses import dataclass

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.types import ASGIApp, Scope

from gateway.app.composition import Edited
from gateway.edge.doors import Doors
from gateway.edge.editor.admission import Admission
from gateway.edge.editor.application import PAGE, EditorPage
from gateway.edge.editor.attempt import Fits
from gateway.edge.editor.desk import Desk
from gateway.edge.editor.door import behind
from gateway.edge.editor.statics import BASE
from gateway.load import LoadedDocument
from gateway.settings import Settings
from gateway.tokens.csrf import csrf_evidence
from token_service.app import TokenService
from token_service.errors import StoreUnavailableError
from token_service.pages.visitor import Cookies
from token_service.sessions import proves_csrf


@dataclass(frozen=True, slots=True)
class StaffSession:
    """The staff user whose session a request has, if it shows that our own page sent it."""

    tokens: TokenService
    #: threads that may wait for the database
    limiter: CapacityLimiter

    async def __call__(self, scope: Scope) -> str | None:
        """His subject; closed by default, also while the store is away."""
        name, origins = self.tokens.session_cookie, self.tokens.origins
        cookie = Cookies(name, secure=False, origins=origins).read(Request(scope), name)
        evidence = csrf_evidence(scope["headers"])
        if cookie is None or not proves_csrf(cookie, evidence.token):
            return None
        try:
            found = await to_thread.run_sync(
                self.tokens.sessions.find, cookie, limiter=self.limiter
            )
        except StoreUnavailableError:
            return None
        if found is not None and found.user.is_staff:
            return found.user.subject
        return None


def desk_of(
    edited: Edited | None,
    settings: Settings,
    tokens: TokenService,
    limiter: CapacityLimiter,
    fits: Fits,
) -> Desk | None:
    """The desk of this process; None: the document is not edited here."""
    if edited is None or settings.only == "tokens":
        return None
    admission = Admission(edited.key, StaffSession(tokens, limiter))
    return Desk(edited.file, admission, settings, fits)


@dataclass(frozen=True, slots=True)
class EditorPages:
    """Where the editor answers."""

    #: gives way to an operation of the document
    at_path: Mapping[str, ASGIApp]
    below: Mapping[str, ASGIApp]


def editor_pages(desk: Desk | None, document: LoadedDocument, doors: Doors) -> EditorPages:
    """The editor of one document behind the doors; nowhere, if it is not edited here."""
    if desk is None:
        return EditorPages({}, {})
    page = EditorPage(document, desk)
    below = behind(doors, dict.fromkeys((BASE, f"{BASE}/"), page))
    return EditorPages(behind(doors, {PAGE: page}), below)
