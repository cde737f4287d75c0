"""What every page has in common: who sees it, its frame, its faults, work in threads."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar
from urllib.parse import quote

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response

from token_service.entities import User
from token_service.errors import (
    RequestRefusedError,
    StoreUnavailableError,
    TooManyFailuresError,
)
from token_service.grants.context import GrantContext
from token_service.pages.forms import Form, read_form
from token_service.pages.render import page, see_other
from token_service.pages.visitor import VISIT_COOKIE, Cookies, Visitor, new_visit
from token_service.ports import OperationsOpenedBy
from token_service.sessions import Sessions

LOGIN = "/accounts/login/"

Handler = Callable[[Request], Awaitable[Response]]
_Result = TypeVar("_Result")


class FaultPageError(Exception):
    """A request that ends with a page that says why; `status` is its HTTP status."""

    def __init__(self, status: int, title: str, advice: str) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.advice = advice


_AWAY = FaultPageError(
    503, "This cannot be done now", "Nothing was changed. Try again in a moment."
)
_TOO_MANY = FaultPageError(429, "Too many attempts", "Wait a while, then try again.")


class Site:
    """The frame of all pages of one token service."""

    def __init__(
        self,
        context: GrantContext,
        *,
        sessions: Sessions,
        words: OperationsOpenedBy,
        cookies: Cookies,
        limiter: CapacityLimiter,
    ) -> None:
        self.context = context
        self.sessions = sessions
        self.words = words
        self.cookies = cookies
        self._limiter = limiter

    async def visitor(self, request: Request) -> Visitor:
        """Who sits in front of the browser; a stale session is none."""
        token = self.cookies.read(request, self.cookies.session)
        if token is not None:
            session = await self.in_thread(lambda: self.sessions.find(token))
            if session is not None:
                return Visitor(user=session.user, cookie=token)
        visit = self.cookies.read(request, VISIT_COOKIE)
        return new_visit() if visit is None else Visitor(user=None, cookie=visit)

    async def form_of(self, request: Request, visitor: Visitor) -> Form:
        """The form that a visitor sent; a FaultPageError if no page of ours showed it to him."""
        try:
            form = await read_form(request)
        except RequestRefusedError as error:
            raise FaultPageError(error.status, "This form cannot be read", str(error)) from error
        ours = self.cookies.is_ours(request.headers.get("origin"))
        if not (ours and visitor.sent(form)):
            raise FaultPageError(
                403,
                "This form is out of date",
                "Go back, load the page again and send it once more. Cookies must be allowed.",
            )
        return form

    def show(
        self,
        visitor: Visitor,
        template: str,
        *,
        status: int = 200,
        answers_to: Sequence[str] = (),
        **context: object,
    ) -> Response:
        """A page for a visitor."""
        frame: Mapping[str, object] = {
            "api_title": self.words.title,
            "user": visitor.user,
            "csrf_token": visitor.csrf_token,
        }
        response = page(template, {**frame, **context}, status=status, answers_to=answers_to)
        if visitor.is_new:
            self.cookies.visit(response, visitor.cookie)
        return response

    def guarded(self, handler: Handler) -> Handler:
        """A handler whose expected faults become pages."""

        async def serve(request: Request) -> Response:
            try:
                return await handler(request)
            except FaultPageError as fault:
                return self.fault(request, fault)
            except (TooManyFailuresError, StoreUnavailableError) as error:
                busy = isinstance(error, StoreUnavailableError)
                response = self.fault(request, _AWAY if busy else _TOO_MANY)
                response.headers["Retry-After"] = str(error.retry_after)
                return response

        return serve

    def fault(self, request: Request, fault: FaultPageError) -> Response:
        """The page of a fault; it needs no database, which may be what is away."""
        visitor = Visitor(user=None, cookie=self.cookies.read(request, VISIT_COOKIE) or "")
        return self.show(
            visitor, "fault.html", status=fault.status, title=fault.title, advice=fault.advice
        )

    def to_login(self, request: Request) -> Response:
        """Ask who it is, and come back to this address."""
        query = request.scope["query_string"].decode("latin-1")
        here = request.scope["path"] + (f"?{query}" if query else "")
        return see_other(f"{LOGIN}?next={quote(here, safe='')}")

    async def in_thread(self, function: Callable[[], _Result]) -> _Result:
        """Run what blocks, a few at a time."""
        return await to_thread.run_sync(function, limiter=self._limiter)


def signed_in(visitor: Visitor) -> User:
    """The user of a visitor who is signed in."""
    if visitor.user is None:
        raise TypeError("nobody is signed in")
    return visitor.user
