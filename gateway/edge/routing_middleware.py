"""Table routing in the place of Connexion's RoutingMiddleware."""

from collections.abc import Sequence
from typing import Any, assert_never

from connexion.middleware.abstract import ROUTING_CONTEXT, SpecMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.problem import Problem, problem_reply
from gateway.edge.reply import Reply, send_reply
from gateway.edge.state import RequestState, segments_of, state_of
from gateway.routing.tree import MethodMissing, PathMissing, Routed
from gateway.spec.model import OperationKey
from gateway.watch import Sink


class TableRoutingMiddleware(SpecMiddleware):
    """Finds the operation of the raw path once; nobody behind it matches a path again."""

    def __init__(self, app: ASGIApp, *, sinks: Sequence[Sink] = ()) -> None:
        self._app = app
        self._sinks = sinks
        self._base_path: str | None = None

    def add_api(self, specification: Any, **_: Any) -> None:
        """Learn under which base path Connexion keeps its operations."""
        self._base_path = specification.base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route, or answer 404, 405 or an undeclared OPTIONS."""
        state = state_of(scope)
        route = state.ruleset.table.route_segments(scope["method"], segments_of(state))
        if not isinstance(route, Routed):
            reply = unrouted(route, state)
            for sink in self._sinks:
                sink.unrouted(state, reply[0])
            await send_reply(reply, send)
            return
        state.operation = route.operation
        state.path_parameters = scope["path_params"] = route.parameters
        scope["extensions"][ROUTING_CONTEXT] = routing_context(route.operation, self._base_path)
        await self._app(scope, receive, send)


def routing_context(operation: OperationKey, base_path: str | None) -> dict[str, str | None]:
    """How Connexion's rooms learn which operation a request is for."""
    return {"api_base_path": base_path, "operation_id": operation}


def unrouted(route: MethodMissing | PathMissing, state: RequestState) -> Reply:
    """The answer where there is no operation: 404, 405, or an undeclared OPTIONS."""
    match route:
        case MethodMissing(allow, is_options=True):
            return options_reply(_listed(allow))
        case MethodMissing(allow):
            return problem_reply(_method_missing(allow), state.request_id)
        case PathMissing(nearest):
            return problem_reply(path_missing(nearest), state.request_id)
        case _ as never:
            assert_never(never)


def path_missing(nearest: str | None = None) -> Problem:
    """The answer to a path at which nothing is served."""
    if nearest is None:
        return Problem(404, "not-found", "Nothing is served at this path.")
    detail = f"Nothing is served at this path. The nearest declared path is {nearest}"
    return Problem(404, "not-found", detail, members={"nearest": nearest})


def _method_missing(allow: tuple[str, ...]) -> Problem:
    headers = ((b"allow", _listed(allow)),)
    return Problem(405, "method-not-allowed", "The path does not have this method.", headers)


def _listed(allow: tuple[str, ...]) -> bytes:
    return ", ".join(allow).encode()


def options_reply(allow: bytes) -> Reply:
    """The answer to an OPTIONS that no document declares."""
    return 204, [(b"allow", allow)], b""
