"""An ASGI application with the guard before it: what no line of the document permits ends here."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.edge.entry import raw_path
from gateway.edge.hand_on import hand_on
from gateway.edge.inner_routes import Router, agrees, router_of
from gateway.edge.joined_lifespan import Hook, JoinedLifespan
from gateway.edge.pages import AnyPage, show
from gateway.edge.privacy import private_headers, vary_of
from gateway.edge.problem import Problem, problem_reply
from gateway.edge.reply import send_reply
from gateway.edge.request_head import served_methods
from gateway.edge.routing_middleware import options_reply, path_missing, unrouted
from gateway.edge.state import RequestState
from gateway.edge.verdict import Settle
from gateway.guard import Guard, Ruleset
from gateway.routing.path import Segments, split_path
from gateway.routing.reserved import is_reserved
from gateway.routing.tree import Routed
from gateway.spec.model import OperationKey

_LOG = logging.getLogger("scopegate.guard")
_ASTERISK = b"*"
#: different warnings that a process gives
_MOST_WARNINGS = 100
_ELSEWHERE = "The application is mounted at another path than its guard was told."


@dataclass(frozen=True, slots=True)
class Judging:
    """What decides, and how a decision is answered."""

    ruleset: Ruleset
    guard: Guard
    settle: Settle


class GuardedApplication:
    """Hands permitted requests on, with the path that was matched; answers all others."""

    def __init__(
        self,
        app: ASGIApp,
        judging: Judging,
        *,
        root_path: str = "",
        own: Mapping[str, AnyPage],
        on_startup: Sequence[Hook] = (),
        on_shutdown: Sequence[Hook] = (),
    ) -> None:
        self._app = app
        self._judging = judging
        self._root_path = root_path
        self._own = own
        self._on_startup = on_startup
        self._on_shutdown = on_shutdown
        policy = judging.ruleset.policy
        self._vary = vary_of(policy, judging.ruleset.document.trusts.certificates)
        description = judging.ruleset.document.description
        self._templates = {
            operation.key: description.base_path + operation.path
            for operation in description.operations
        }
        self._router: Router | None = None
        self._warned: set[tuple[object, ...]] = set()
        self._has_begun = False
        self._beginning = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event of ASGI."""
        match scope["type"]:
            case "http":
                await self._serve(scope, receive, send)
            case "lifespan":
                joined = JoinedLifespan(self._app, begin=self._begin, end=self._end)
                await joined.run(scope, receive, send)
            case "websocket":  # no document says who may open one
                await send({"type": "websocket.close", "code": 1008})
            case other:
                raise RuntimeError(f"the guard knows no `{other}` and lets none pass")

    def methods(self) -> Sequence[str]:
        """The methods of the document."""
        operations = self._judging.ruleset.document.description.operations
        return sorted({operation.method for operation in operations})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._has_begun:  # a server without lifespan, or a mount, which passes none on
            await self._begin()
        raw = raw_path(scope)
        if raw == _ASTERISK and scope["method"] == "OPTIONS":
            await send_reply(options_reply(served_methods(self.methods())), send)
            return
        segments = split_path(raw)
        if segments is None or not self._is_here(scope):
            problem = path_missing() if segments is None else Problem(404, "not-found", _ELSEWHERE)
            await send_reply(problem_reply(problem), send)
        elif is_reserved(segments, self._judging.ruleset.document.reserved):
            await self._serve_own(segments, scope, receive, send)
        else:
            await self._judge(segments, scope, receive, send)

    def _is_here(self, scope: Scope) -> bool:
        """Whether the application sees itself where it was said to be: it cuts that path off."""
        found = scope.get("root_path", "").rstrip("/")
        if found == self._root_path:
            return True
        self._warn("root_path is %r, and the guard was told %r", found, self._root_path)
        return False

    async def _serve_own(
        self, segments: Segments, scope: Scope, receive: Receive, send: Send
    ) -> None:
        path = "/" + "/".join(segments.values)
        below = (start for start in self._own if start.endswith("/") and path.startswith(start))
        found = self._own.get(path) or self._own.get(next(below, ""))
        if found is None:
            await send_reply(problem_reply(path_missing()), send)
        else:
            await show(found, {**scope, "path": path, "root_path": ""}, receive, send)

    async def _judge(self, segments: Segments, scope: Scope, receive: Receive, send: Send) -> None:
        judging = self._judging
        state = RequestState(judging.ruleset, scope, segments=segments)
        route = judging.ruleset.table.route_segments(scope["method"], segments)
        if not isinstance(route, Routed):
            await send_reply(unrouted(route, state), send)
            return
        decision = await judging.guard.judge(
            judging.ruleset,
            route.operation,
            headers=scope["headers"],
            query=scope.get("query_string", b""),
            peer=state.peer,
        )
        verdict = judging.settle(decision, judging.ruleset.policy)
        if verdict.denial is not None:
            await send_reply(verdict.denial.reply(state.request_id), send)
            return
        if not decision.permits:
            raise RuntimeError("a request was denied, and there is no answer to it")
        vary = self._vary.get(route.operation)
        told = send if vary is None else partial(_send_private, send, vary)
        handed = hand_on(scope, segments, verdict.caller, root_path=self._root_path)
        if self._goes_astray(route.operation, handed):
            await send_reply(problem_reply(path_missing(), state.request_id), send)
            return
        await self._app(handed, receive, told)

    def _goes_astray(self, operation: OperationKey, handed: Scope) -> bool:
        """Whether the application would answer by a route that was not decided on."""
        inner = None if self._router is None else self._router(handed)
        if inner is None or agrees(self._root_path + inner, self._templates[operation]):
            return False
        self._warn(
            "`%s` was decided, but the application would answer by its route `%s`: "
            "declare that path in the document, or change the order of the routes",
            operation,
            inner,
        )
        return True

    def _warn(self, text: str, *about: object) -> None:
        """Say a thing once, for whoever asks chooses how often it happens."""
        if about not in self._warned and len(self._warned) < _MOST_WARNINGS:
            self._warned.add(about)
            _LOG.warning(text, *about)

    async def _begin(self) -> None:
        """Begin once, whoever comes first: the lifespan, or a request where there is none."""
        async with self._beginning:
            if self._has_begun:
                return
            self._router = router_of(self._app)
            for hook in self._on_startup:
                await hook()
            self._has_begun = True

    async def _end(self) -> None:
        for hook in self._on_shutdown:
            await hook()


async def _send_private(send: Send, vary: bytes, message: Message) -> None:
    """Keep answers that a caller had to prove himself for out of shared caches."""
    if message["type"] == "http.response.start":
        message = {**message, "headers": private_headers(message.get("headers", ()), vary)}
    await send(message)
