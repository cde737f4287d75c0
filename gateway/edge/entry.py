"""The outermost ASGI application: cuts the path once and hands the request to whose it is."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.pages import AnyPage, OwnPages, show
from gateway.edge.problem import send_problem
from gateway.edge.request_head import METHODS, served_methods
from gateway.edge.resource_metadata import PATH as RESOURCE_METADATA
from gateway.edge.routing_middleware import path_missing, send_options
from gateway.edge.state import RequestState, with_state
from gateway.guard import Guard
from gateway.routing.path import Segments, split_path
from gateway.routing.reserved import is_reserved
from gateway.routing.tree import PathMissing

#: the target of an OPTIONS that asks of the server and no path (RFC 9110 s9.3.7)
_SERVER = b"*"
Hook = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision whose a request is, made on the raw path, before anybody decodes it again."""

    guard: Guard
    #: Connexion with our rooms in it
    api: ASGIApp
    #: first segments of the paths that are ours
    reserved: Sequence[tuple[str, ...]]
    #: what answers below /o/ and the well-known names; None while there is none
    token_service: ASGIApp | None = None
    #: pages that give way to an operation of the document
    pages: Mapping[str, AnyPage] = field(default_factory=dict)
    own: ASGIApp = field(default_factory=OwnPages)
    on_startup: Sequence[Hook] = ()
    on_shutdown: Sequence[Hook] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event of ASGI."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            scope.get("state", {})[METHODS] = self.methods
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def methods(self) -> Collection[str]:
        """The methods of the document that rules at this moment."""
        return {
            operation.method for operation in self.guard.ruleset.document.description.operations
        }

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = raw_path(scope)
        if raw == _SERVER and scope["method"] == "OPTIONS":
            await send_options(served_methods(self.methods()), send)
            return
        segments = split_path(raw)
        if segments is None:
            await send_problem(path_missing(), send)
            return
        if is_reserved(segments, self.reserved):
            await self._serve_own(scope, receive, send, segments=segments)
            return
        ruleset = self.guard.ruleset
        page = self.pages.get("/" + "/".join(segments.values))
        if page is not None and isinstance(
            ruleset.table.route_segments("GET", segments), PathMissing
        ):
            await show(page, scope, receive, send)
            return
        await self.api(with_state(scope, RequestState(segments, ruleset)), receive, send)

    async def _serve_own(
        self, scope: Scope, receive: Receive, send: Send, *, segments: Segments
    ) -> None:
        """Hand on the path as it was cut here, so that nobody reads another one out of it."""
        own = {**scope, "path": "/" + "/".join(segments.values), "root_path": ""}
        if segments.values[0] == "-" or own["path"] == RESOURCE_METADATA:
            await self.own(own, receive, send)
        elif self.token_service is not None:
            await self.token_service(own, receive, send)
        else:
            await send_problem(path_missing(), send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                for hook in self.on_startup:
                    await hook()
                await send({"type": "lifespan.startup.complete"})
            else:
                for hook in self.on_shutdown:
                    await hook()
                await send({"type": "lifespan.shutdown.complete"})
                return


def raw_path(scope: Scope) -> bytes:
    """The path as sent; servers that do not tell it get an exact re-encoding of what they tell."""
    raw = scope.get("raw_path")
    if isinstance(raw, bytes):
        return raw.partition(b"?")[0]
    return quote(scope["path"], safe="/:@!$&'()*+,=~").encode()
