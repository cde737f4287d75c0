"""Signing in and out: by password, or once by a link."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from token_service.entities import User, normalise_username
from token_service.pages.consent_waiting import name_waiting
from token_service.pages.forms import field
from token_service.pages.render import see_other
from token_service.pages.site import LOGIN, FaultPageError, Site
from token_service.pages.visitor import Visitor, relative_target
from token_service.store.users import find_login
from token_service.throttle import ADDRESS_WAITS, address_key, login_key

#: where one goes who was on the way to nowhere
HOME = "/o/applications/"


class LoginPages:
    """`/accounts/`: login, logout, one-time links, and the CSRF token for scripts."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """Every path, with and without the trailing slash."""
        return [
            Route(path, self._site.guarded(handler), methods=methods)
            for name, handler, methods in (
                (LOGIN.rstrip("/"), self.login, ["GET", "POST"]),
                ("/accounts/logout", self.logout, ["GET", "POST"]),
                ("/accounts/once/{link}", self.once, ["GET", "POST"]),
                ("/accounts/csrf", self.csrf, ["GET"]),
            )
            for path in (name, f"{name}/")
        ]

    async def login(self, request: Request) -> Response:
        """Ask for name and password, or check them."""
        visitor = await self._site.visitor(request)
        target = relative_target(request.query_params.get("next", ""), otherwise=HOME)
        if request.method != "POST":
            if visitor.user is not None:
                return see_other(target)
            return await self._ask(visitor, target)
        form = await self._site.form_of(request, visitor)
        username, password = field(form, "username"), field(form, "password")
        target = relative_target(field(form, "next"), otherwise=HOME)
        peer = request.client.host if request.client else ""
        cookie = await self._site.in_thread(lambda: self._prove(username, password, peer=peer))
        if cookie is None:
            return await self._ask(visitor, target, username=username, failed=True)
        return self._signed_in(cookie, target)

    async def logout(self, request: Request) -> Response:
        """Ask, or end the session."""
        visitor = await self._site.visitor(request)
        if request.method != "POST":
            return self._site.show(visitor, "logout.html")
        await self._site.form_of(request, visitor)
        if visitor.user is not None:
            await self._site.in_thread(lambda: self._site.sessions.close(visitor.cookie))
        response = see_other(LOGIN)
        self._site.cookies.sign_out(response)
        return response

    async def once(self, request: Request) -> Response:
        """Show a one-time link, or spend it; a link is not spent by a program that looks at it."""
        visitor, link = await self._site.visitor(request), request.path_params["link"]
        if request.method != "POST":
            if not await self._site.in_thread(lambda: self._site.sessions.is_link(link)):
                raise _spent()
            return self._site.show(visitor, "once.html")
        await self._site.form_of(request, visitor)
        user = await self._site.in_thread(lambda: self._site.sessions.spend_link(link))
        if user is None:
            raise _spent()
        return await self._sign_in(user, HOME)

    async def csrf(self, request: Request) -> Response:
        """The CSRF token of a session, for scripts of our own origin (semantics, section 3)."""
        visitor = await self._site.visitor(request)
        foreign = request.headers.get("sec-fetch-site", "same-origin") not in (
            "same-origin",
            "none",
        )
        ours = self._site.cookies.is_ours(request.headers.get("origin"))
        headers = {"Cache-Control": "no-store", "Vary": "Cookie, Origin, Sec-Fetch-Site"}
        if visitor.user is None or foreign or not ours:
            problem = {"type": "about:blank", "title": "Sign in first", "status": 403}
            return JSONResponse(
                problem, 403, headers={**headers, "Content-Type": "application/problem+json"}
            )
        return JSONResponse({"csrf_token": visitor.csrf_token}, headers=headers)

    async def _sign_in(self, user: User, target: str) -> Response:
        """Begin a new session; its id is not one that anybody knew before."""
        cookie = await self._site.in_thread(lambda: self._site.sessions.open(user))
        return self._signed_in(cookie, target)

    def _signed_in(self, cookie: str, target: str) -> Response:
        response = see_other(target)
        self._site.cookies.sign_in(response, cookie)
        return response

    async def _ask(
        self, visitor: Visitor, target: str, *, username: str = "", failed: bool = False
    ) -> Response:
        status = 400 if failed else 200
        waiting = await self._site.in_thread(lambda: name_waiting(self._site, target))
        return self._site.show(
            visitor,
            "login.html",
            status=status,
            next=target,
            waiting=waiting,
            username=username,
            failed=failed,
        )

    def _prove(self, username: str, password: str, *, peer: str) -> str | None:
        """A new session of the user, if name and password are his.

        An unknown name costs as much as a known one.
        """
        context = self._site.context
        now = int(context.clock())
        key, address = login_key(username, peer=peer), address_key(peer)
        for each in (key, address):
            context.throttle.admit(each, now=now)
        login = find_login(context.engine, normalise_username(username))
        proven = context.hasher.matches(login.password_hash if login else None, password)
        if login is None or not proven or not login.user.is_active:
            context.throttle.fail(key, now=now)
            context.throttle.fail(address, now=now, waits=ADDRESS_WAITS)
            return None
        context.throttle.succeed(key, now=now)
        return self._site.sessions.open_by_password(login)


def _spent() -> FaultPageError:
    return FaultPageError(
        410,
        "This link does not work any more",
        "It works once, for 15 minutes. Make another with `scopegate login-link NAME`.",
    )
