"""What is published here of a document: to whom, and where it leads on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.types import Scope

from gateway.edge.document.readers import Readers, nobody_signed_in
from gateway.edge.doors import Doors
from gateway.edge.editor.application import PAGE as EDITOR
from gateway.edge.matrix.form import PATH as MATRIX
from gateway.edge.start.application import Places
from gateway.edge.start.view import Link
from gateway.guard import Guard, Ruleset
from gateway.settings import Settings
from token_service.app import TokenService
from token_service.errors import StoreUnavailableError
from token_service.pages.visitor import Cookies
from token_service.sessions import Sessions

LOGIN = "/accounts/login/"
LOGOUT = "/accounts/logout/"
#: threads that may wait for the database
_THREADS = 4


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in by the cookie of a login session; nobody, while the store is away."""

    sessions: Sessions
    cookies: Cookies
    limiter: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_THREADS))

    async def __call__(self, scope: Scope) -> str | None:
        """The name of the user."""
        token = self.cookies.read(Request(scope), self.cookies.session)
        if token is None:
            return None
        try:
            session = await to_thread.run_sync(
                lambda: self.sessions.find(token), limiter=self.limiter
            )
        except StoreUnavailableError:
            return None
        return None if session is None else session.user.username


def readers_of(
    ruleset: Ruleset, settings: Settings, *, guard: Guard, tokens: TokenService
) -> Readers:
    """Who may read the document."""
    has_login = settings.has_token_service
    cookies = Cookies(
        tokens.session_cookie,
        secure=settings.public_url.startswith("https:"),
        origins=tokens.origins,
    )
    return Readers(
        ruleset,
        guard,
        settings.docs,
        SignedIn(tokens.sessions, cookies) if has_login else nobody_signed_in,
        login=LOGIN if has_login else None,
        shows_detail=settings.denial_detail == "full",
    )


def places_of(settings: Settings, doors: Doors, *, edits: bool = False) -> Places:
    """Where the start page leads on to."""
    public = settings.public_url
    has_login = settings.has_token_service
    matrix = Link(
        "matrix", "Who may call what", f"{public}{MATRIX}", "operations against scopes, as a table"
    )
    editor = Link("editor", "Edit the document", f"{public}{EDITOR}", "and see what an edit opens")
    return Places(
        public,
        links=(*(_token_service(public) if has_login else ()), *_for_anyone(public)),
        of_document=_document(public),
        of_operator=(matrix, *([editor] if edits else ())) if doors.admin is None else (),
        logout=LOGOUT if has_login else None,
        lets_in=doors.lets_in,
    )


def _document(public: str) -> Sequence[Link]:
    return (
        Link("document", "the document", f"{public}/openapi.yaml", "", is_page=False),
        Link("document_json", "the same as JSON", f"{public}/openapi.json", "", is_page=False),
        Link("mine", "what you may call", f"{public}/openapi.json?mine=1", "", is_page=False),
    )


def _token_service(public: str) -> Sequence[Link]:
    applications = "register one, and get what its developers paste"
    access = "see what applications may do for you, and take it back"
    metadata = f"{public}/.well-known/oauth-authorization-server/o"
    return (
        Link("applications", "Your applications", f"{public}/o/applications/", applications),
        Link("access", "Access you have given", f"{public}/o/authorized_tokens/", access),
        Link("token", "the token endpoint", f"{public}/o/token/", "", is_page=False),
        Link("metadata", "its metadata", metadata, "", is_page=False),
        Link("jwks", "its keys", f"{public}/o/.well-known/jwks.json", "", is_page=False),
    )


def _for_anyone(public: str) -> Sequence[Link]:
    resource = f"{public}/.well-known/oauth-protected-resource"
    return (
        Link("resource", "what tokens are taken", resource, "", is_page=False),
        Link("health", "health", f"{public}/-/health", "", is_page=False),
    )
