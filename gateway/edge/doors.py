"""Who sees what the gateway tells its operator alone: local requests, or the admin listener."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.entry import raw_path
from gateway.edge.local import is_local, names_us
from gateway.edge.problem import PROBLEM_PATH, problem_reply
from gateway.edge.reply import Reply, Way, send_reply
from gateway.edge.routing_middleware import path_missing

_OURS = "/-/"
HEALTH = "/-/health"
READY = "/-/ready"
#: host and port that a connection came to
Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Doors:
    """Closed by default: what no line of it lets in is told what unknown paths are told."""

    #: where SCOPEGATE_ADMIN_BIND listens; None: `/-/` is served on the main listener
    admin: Address | None = None

    def lets_in(self, scope: Scope) -> bool:
        """Whether a request may see what is for the operator."""
        if self.admin is None:
            return is_local(scope)
        return self.came_by_admin(scope) and names_us(scope)

    def came_by_admin(self, scope: Scope) -> bool:
        """Whether a request came to the listener that is for `/-/` alone."""
        server = scope.get("server")
        return self.admin is not None and server is not None and tuple(server[:2]) == self.admin

    def behind(self, applications: Mapping[str, ASGIApp]) -> Mapping[str, ASGIApp]:
        """Applications, by path, that answer only who is let in."""
        return {path: _Behind(self, app) for path, app in applications.items()}

    def around(self, own: ASGIApp) -> ASGIApp:
        """All below `/-/`, of which a listener of its own leaves little to the main one."""
        return own if self.admin is None else _Around(self, own)


@dataclass(frozen=True, slots=True)
class _Behind:
    doors: Doors
    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.doors.lets_in(scope):
            await self.app(scope, receive, send)
        else:
            await send_reply(problem_reply(path_missing()), send)


@dataclass(frozen=True, slots=True)
class _Around:
    doors: Doors
    own: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if self.doors.came_by_admin(scope) or not path.startswith(_OURS) or is_for_anyone(path):
            await self.own(scope, receive, send)
        else:
            await send_reply(problem_reply(path_missing()), send)


def is_for_anyone(path: str) -> bool:
    """Whether a path below `/-/` is for everybody, wherever he comes from."""
    return path in {HEALTH, READY} or path.startswith(PROBLEM_PATH)


@dataclass(frozen=True, slots=True)
class AdminListener:
    """Outermost: what came to the listener for `/-/` and asks for anything else finds nothing."""

    app: ASGIApp
    doors: Doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event of ASGI."""
        if self._is_astray(scope):
            await send_reply(problem_reply(path_missing()), send)
        else:
            await self.app(scope, receive, send)

    def answer_now(self, scope: Scope, body: bytes | None) -> Reply | Way | None:
        """The reply, or what is to be called for it, as the application has it."""
        answer_now = getattr(self.app, "answer_now", None)
        if answer_now is None or self._is_astray(scope):
            return None
        reply: Reply | Way | None = answer_now(scope, body)
        return reply

    def _is_astray(self, scope: Scope) -> bool:
        return (
            scope["type"] == "http"
            and self.doors.came_by_admin(scope)
            and not raw_path(scope).startswith(_OURS.encode())
        )
