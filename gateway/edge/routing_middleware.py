"""Table routing in the place of Connexion's RoutingMiddleware."""

from typing import Any, assert_never

from connexion.middleware.abstract import ROUTING_CONTEXT, SpecMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.problem import Problem, send_problem
from gateway.edge.state import state_of
from gateway.routing.tree import MethodMissing, PathMissing, Routed


class TableRoutingMiddleware(SpecMiddleware):
    """Finds the operation of the raw path once; nobody behind it matches a path again."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._base_path: str | None = None

    def add_api(self, specification: Any, **_: Any) -> None:
        """Learn under which base path Connexion keeps its operations."""
        self._base_path = specification.base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route, or answer 404, 405 or an undeclared OPTIONS."""
        state = state_of(scope)
        route = state.ruleset.table.route_segments(scope["method"], state.segments)
        match route:
            case Routed(operation, parameters):
                state.operation = operation
                state.path_parameters = scope["path_params"] = parameters
                scope["extensions"][ROUTING_CONTEXT] = {
                    "api_base_path": self._base_path,
                    "operation_id": operation,
                }
                await self._app(scope, receive, send)
            case MethodMissing(allow, is_options=True):
                await send_options(_listed(allow), send)
            case MethodMissing(allow):
                await send_problem(_method_missing(allow), send, request_id=state.request_id)
            case PathMissing(nearest):
                await send_problem(path_missing(nearest), send, request_id=state.request_id)
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


async def send_options(allow: bytes, send: Send) -> None:
    """Answer an OPTIONS that no document declares."""
    headers = [(b"allow", allow)]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
