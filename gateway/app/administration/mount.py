"""`/admin/` beside the token service: the gate at once, the pages when staff first ask for them."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from anyio import CapacityLimiter, to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.app.administration.gate import Gate
from token_service.app import TokenService
from token_service.pages.visitor import Cookies

#: threads that the pages may wait for the database in
THREADS = 4


@dataclass(frozen=True, slots=True)
class WithAdministration:
    """The token service, with the administration below `/admin/`."""

    token_service: ASGIApp
    administration: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on to whose it is."""
        is_admin = scope["path"].split("/")[1:2] == ["admin"]
        await (self.administration if is_admin else self.token_service)(scope, receive, send)


class BuiltLater:
    """An application that is built, in a thread, when the first request comes."""

    def __init__(self, build: Callable[[], ASGIApp]) -> None:
        self._build = build
        self._built: ASGIApp | None = None
        self._lock = Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        application = self._built
        if application is None:
            application = await to_thread.run_sync(self._built_once)
        await application(scope, receive, send)

    def _built_once(self) -> ASGIApp:
        with self._lock:
            if self._built is None:
                self._built = self._build()
            return self._built


def mount_administration(
    tokens: TokenService, *, title: Callable[[], str], public_url: str, with_music: bool
) -> ASGIApp:
    """The token service's application with `/admin/`; `title` is the API's.

    `with_music`: the demo's handlers answer, so show its tables.
    """
    limiter = CapacityLimiter(THREADS)

    def build() -> ASGIApp:
        # 0.2 s of each start, which hardly one process in ten would use
        from gateway.app.administration.pages import build_pages

        return build_pages(tokens.administration, limiter, with_music=with_music)

    gate = Gate(
        BuiltLater(build),
        tokens.sessions,
        Cookies(tokens.session_cookie, secure=True, origins=tokens.origins),
        public_url=public_url,
        title=title,
        limiter=limiter,
    )
    return WithAdministration(tokens.asgi, gate)
