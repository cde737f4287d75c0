"""Connexion as the frame: its application, resolver and error handling, with our rooms in it.

Connexion is handed a slim document of ours: a number for the path of each operation, one method
for all, and the key as operationId. Nothing of it names code, security or schemas, so nothing of
the original can reach its loaders, and any method and any path can be served.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from connexion import AsyncApp
from connexion.apps.asynchronous import AsyncApi, AsyncASGIApp
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.middleware.context import ContextMiddleware
from connexion.middleware.exceptions import ExceptionMiddleware
from connexion.middleware.main import API
from connexion.operations import AbstractOperation
from connexion.resolver import Resolution, Resolver
from connexion.spec import OpenAPISpecification
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.policy_middleware import DecisionSink, PolicyMiddleware
from gateway.edge.problem import Problem, problem_body
from gateway.edge.routing_middleware import TableRoutingMiddleware
from gateway.edge.state import state_of
from gateway.guard import Guard
from gateway.spec.model import Operation, OperationKey

_log = logging.getLogger("scopegate.edge")

Endpoints = Mapping[OperationKey, ASGIApp]


class _SlimSpecification(OpenAPISpecification):
    """The document was checked by gateway.spec; Connexion's own check costs seconds."""

    @classmethod
    def _validate_spec(cls, spec: Any) -> None:
        """Leave it at that."""


class _KeyResolver(Resolver):
    """Names each operation by its key; a name in the document never chooses code."""

    def __init__(self, endpoints: Endpoints) -> None:
        super().__init__()
        self._endpoints = endpoints

    def resolve(self, operation: AbstractOperation) -> Resolution:
        key = OperationKey(operation.operation_id)
        return Resolution(self._endpoints[key], key)


class _BoundOperation:
    """An operation whose endpoint was bound at start."""

    def __init__(self, endpoint: ASGIApp, operation_id: str) -> None:
        self._endpoint = endpoint
        self.operation_id = operation_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._endpoint(scope, receive, send)


class _BoundApi(AsyncApi):
    def make_operation(self, operation: AbstractOperation) -> _BoundOperation:
        return _BoundOperation(operation.function, operation.operation_id)


class _BoundASGI(AsyncASGIApp):
    api_cls = _BoundApi


class _GatewayApp(AsyncApp):
    """An AsyncApp that calls endpoints bound at start instead of wrapping them at each request."""

    def __init__(self, middlewares: list[Callable[..., Any]], resolver: Resolver) -> None:
        super().__init__("scopegate", middlewares=middlewares, resolver=resolver)
        self._middleware_app = _BoundASGI()
        self.middleware.app = self._middleware_app


def build_connexion(
    operations: Sequence[Operation],
    endpoints: Endpoints,
    *,
    guard: Guard,
    sinks: tuple[DecisionSink, ...] = (),
    shows_detail: bool = True,
    resource_metadata: str | None = None,
) -> ASGIApp:
    """Build the stack and force it, so that whatever is wrong with it stops the start."""
    middlewares = [
        ExceptionMiddleware,
        TableRoutingMiddleware,
        partial(
            PolicyMiddleware,
            guard=guard,
            sinks=sinks,
            shows_detail=shows_detail,
            resource_metadata=resource_metadata,
        ),
        ContextMiddleware,
    ]
    app = _GatewayApp(middlewares, _KeyResolver(endpoints))
    app.add_error_handler(Exception, _answer_fault)
    frame = app.middleware
    options = frame.options.replace()
    specification = _SlimSpecification(_slim_document(operations))
    frame.apis.append(API(specification, base_path=None, **vars(options)))
    frame.app, frame.middleware_stack = frame._build_middleware_stack()
    return frame  # type: ignore[no-any-return]  # Connexion has no types


def _slim_document(operations: Sequence[Operation]) -> dict[str, Any]:
    paths = {
        f"/{number}": {"get": {"operationId": operation.key, "responses": {}}}
        for number, operation in enumerate(operations)
    }
    return {"openapi": "3.0.3", "info": {"title": "", "version": ""}, "paths": paths}


async def _answer_fault(request: ConnexionRequest, error: Exception) -> ConnexionResponse:
    """Answer 500 without a word on why; the log has the why under the request id."""
    state = state_of(request.scope)
    _log.error("%s: %s failed", state.request_id, state.operation, exc_info=error)
    problem = Problem(500, "internal-error", "The request could not be completed.")
    return ConnexionResponse(
        body=problem_body(problem, state.request_id),
        status_code=500,
        content_type="application/problem+json",
        headers={"cache-control": "no-store", "x-content-type-options": "nosniff"},
    )
