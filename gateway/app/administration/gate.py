"""The one way to the pages: a session of staff, our own origin for changes, bounds and headers.

The library behind it knows neither CSRF nor limits, and believes the Host header. So all of that is
settled here, before it sees a request.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from token_service.entities import Session, User
from token_service.errors import StoreUnavailableError
from token_service.pages.render import page, see_other
from token_service.pages.site import LOGIN
from token_service.pages.visitor import Cookies
from token_service.sessions import Sessions, csrf_token

#: octets of a form
MAX_BODY_BYTES = 1_048_576
#: what a page may load and do; see docs/decisions/0013
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
_STATICS = "/admin/statics/"
_SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets a request through with its user in the state, or answers it with a page of ours."""

    pages: ASGIApp
    sessions: Sessions
    cookies: Cookies
    public_url: str
    #: the title of the API, as the document of the moment has it
    title: Callable[[], str]
    #: threads that may wait for the database
    limiter: CapacityLimiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope)
        try:
            found = await self._staff_or_refusal(request)
        except StoreUnavailableError as error:
            found = self._away(error)
        if isinstance(found, Response):
            await found(scope, receive, send)
        else:
            await self._let_in(scope, receive, send, user=found)

    async def _staff_or_refusal(self, request: Request) -> User | Response:
        is_safe = request.method in _SAFE
        if not (is_safe or comes_from(request.headers, self.cookies.origins)):
            return self._fault(403, "This form is not one of ours", "Open /admin/ and try again.")
        cookie = self.cookies.read(request, self.cookies.session)
        session = await self._session(cookie) if cookie else None
        if cookie is None or session is None:
            return self._sign_in_first(request)
        user = session.user
        if not user.is_staff:
            advice = f"You are signed in as {user.username}, who is not staff."
            title = "These pages are for staff"
            return self._fault(403, title, advice, user=user, of=cookie)
        return user

    async def _session(self, cookie: str) -> Session | None:
        return await to_thread.run_sync(self.sessions.find, cookie, limiter=self.limiter)

    def _sign_in_first(self, request: Request) -> Response:
        if request.method not in _SAFE:
            return self._fault(403, "You are not signed in", "Sign in, then do it once more.")
        query = request.scope["query_string"].decode("latin-1")
        here = request.scope["path"] + (f"?{query}" if query else "")
        return see_other(f"{LOGIN}?next={quote(here, safe='')}")

    def _away(self, error: StoreUnavailableError) -> Response:
        response = self._fault(503, "This cannot be done now", "Try again in a moment.")
        response.headers["Retry-After"] = str(error.retry_after)
        return response

    def _fault(
        self, status: int, title: str, advice: str, *, user: User | None = None, of: str = ""
    ) -> Response:
        """A page that says why; with a user, whose cookie is `of`, it lets him sign out."""
        context = {"api_title": self.title(), "user": user, "csrf_token": csrf_token(of)}
        return page("fault.html", {**context, "title": title, "advice": advice}, status=status)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send, *, user: User) -> None:
        body = b"" if scope["method"] in _SAFE else await _read_body(receive)
        if body is None:
            refusal = self._fault(413, "This is too much", "A form has 1 MiB at most.")
            await refusal(scope, receive, send)
            return
        own = {
            **scope,
            **_address(scope, self.public_url, self.cookies.origins),
            "state": {**scope.get("state", {}), "staff": user},
        }
        await self.pages(own, _replay(body, receive), _dressed(scope["path"], send))


def comes_from(headers: Headers, origins: frozenset[str]) -> bool:
    """Whether a page of one of the origins sent this, by Origin or else by Referer."""
    told = headers.getlist("origin") or [_origin_of(url) for url in headers.getlist("referer")]
    return len(told) == 1 and told[0] in origins


def _origin_of(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def _address(scope: Scope, public_url: str, origins: frozenset[str]) -> Mapping[str, object]:
    """Scheme and Host that links are made of: a name of ours, whatever the sender wrote."""
    public = urlsplit(public_url)
    sent = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    is_ours = len(sent) == 1 and f"{public.scheme}://{sent[0]}" in origins
    host = sent[0] if is_ours else public.netloc
    others = [(name, value) for name, value in scope["headers"] if name != b"host"]
    return {"scheme": public.scheme, "headers": [(b"host", host.encode("latin-1")), *others]}


async def _read_body(receive: Receive) -> bytes | None:
    """The whole body; None if it is too large or was cut off."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] == "http.disconnect" or len(body) > MAX_BODY_BYTES:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_message


def _dressed(path: str, send: Send) -> Send:
    """Nothing may be framed, guessed, kept or loaded from elsewhere."""
    caching = "private, no-cache" if path.startswith(_STATICS) else "no-store"
    ours = {
        b"cache-control": caching.encode(),
        b"content-security-policy": CONTENT_SECURITY_POLICY.encode(),
        b"referrer-policy": b"same-origin",
        b"x-content-type-options": b"nosniff",
        b"x-frame-options": b"DENY",
    }

    async def send_dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            others = [(k, v) for k, v in message.get("headers", []) if k.lower() not in ours]
            message = {**message, "headers": [*others, *ours.items()]}
        await send(message)

    return send_dressed
