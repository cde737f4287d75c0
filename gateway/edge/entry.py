"""The outermost ASGI application: cuts the path once and hands the request to whose it is."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from urllib.parse import quote

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.pages import show
from gateway.edge.planned import Permitted
from gateway.edge.problem import problem_reply
from gateway.edge.reply import Reply, Way, send_reply
from gateway.edge.request_head import METHODS, served_methods
from gateway.edge.request_ids import RequestIds
from gateway.edge.resource_metadata import PATH as RESOURCE_METADATA
from gateway.edge.routing_middleware import options_reply, path_missing
from gateway.edge.served import Served
from gateway.edge.state import RequestState, with_state
from gateway.routing.path import Segments, split_path
from gateway.routing.tree import PathMissing

#: the target of an OPTIONS that asks of the server and no path (RFC 9110 s9.3.7)
_SERVER = b"*"
Hook = Callable[[], Awaitable[None]]


class Entry:
    """One decision whose a request is, made on the raw path, before anybody decodes it again."""

    def __init__(
        self,
        served: Served,
        *,
        token_service: ASGIApp | None = None,
        on_startup: Sequence[Hook] = (),
        on_shutdown: Sequence[Hook] = (),
    ) -> None:
        #: swapped by one assignment; a request reads it once and keeps what it read
        self.served = served
        self._ids = RequestIds()
        #: what answers below /o/ and the well-known names; None while there is none
        self.token_service = token_service
        self._on_startup = on_startup
        self._on_shutdown = on_shutdown

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event of ASGI."""
        if scope["type"] == "http":
            met = self._meet(scope)
            await (send_reply(met, send) if isinstance(met, tuple) else met(scope, receive, send))
        elif scope["type"] == "lifespan":
            scope.get("state", {})[METHODS] = self.methods
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def answer_now(self, scope: Scope, body: bytes | None) -> Reply | Way:
        """The reply to a request; or what is to be called instead of me, to go on with it.

        For a server that can write an answer without a task. Where what it is handed has a method
        `begin`, it may call that in the name of a task.
        """
        met = self._meet(scope)
        if isinstance(met, Permitted):
            met.body = body or b""
        return met

    def methods(self) -> Collection[str]:
        """The methods of the document that rules at this moment."""
        description = self.served.ruleset.document.description
        return {operation.method for operation in description.operations}

    def _meet(self, scope: Scope) -> Reply | Way:
        """Find out whose a request is; a reply if that is all there is to it."""
        served, method = self.served, scope["method"]
        raw = scope.get("raw_path")
        if not isinstance(raw, bytes) or b"?" in raw:
            raw = raw_path(scope)
        operation = served.plain_operation(method, raw)
        if operation is not None:
            state = RequestState(served.ruleset, scope, operation=operation, ids=self._ids)
            return _begin(served, state)
        if raw == _SERVER and method == "OPTIONS":
            return options_reply(served_methods(self.methods()))
        segments = split_path(raw)
        if segments is not None and served.is_ours(segments):
            return self._own(served, segments)
        if served.elsewhere is not None:
            status = served.elsewhere.takes(served.ruleset, method, segments)
            if status is not None:
                return partial(served.elsewhere.send_on, served.ruleset, status)
        if segments is None:
            return problem_reply(path_missing())
        page = served.pages.get("/" + "/".join(segments.values))
        if page is not None and isinstance(
            served.ruleset.table.route_segments("GET", segments), PathMissing
        ):
            return partial(show, page)
        return _begin(served, RequestState(served.ruleset, scope, segments=segments, ids=self._ids))

    def _own(self, served: Served, segments: Segments) -> Reply | Way:
        """Hand on the path as it was cut here, so that nobody reads another one out of it."""
        path = "/" + "/".join(segments.values)
        if segments.values[0] == "-" or path == RESOURCE_METADATA:
            return _at_path(served.own, path)
        if self.token_service is not None:
            return _at_path(self.token_service, path)
        return problem_reply(path_missing())

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                for hook in self._on_startup:
                    await hook()
                await send({"type": "lifespan.startup.complete"})
            else:
                for hook in self._on_shutdown:
                    await hook()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _begin(served: Served, state: RequestState) -> Reply | Way:
    if served.through_frame:
        return partial(_go_through_frame, served.frame, state)
    return served.planned.begin(state) or partial(served.planned.go_on, state)


async def _go_through_frame(
    frame: ASGIApp, state: RequestState, scope: Scope, receive: Receive, send: Send
) -> None:
    await frame(with_state(scope, state), receive, send)


def _at_path(application: ASGIApp, path: str) -> Way:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await application({**scope, "path": path, "root_path": ""}, receive, send)

    return answer


def raw_path(scope: Scope) -> bytes:
    """The path as sent; servers that do not tell it get an exact re-encoding of what they tell."""
    raw = scope.get("raw_path")
    if isinstance(raw, bytes):
        return raw.partition(b"?")[0]
    return quote(scope["path"], safe="/:@!$&'()*+,=~").encode()
