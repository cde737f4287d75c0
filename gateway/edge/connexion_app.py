"""Connexion as the frame: its application, resolver and error handling, with our rooms in it.

Connexion is handed a slim document of ours: the key of each operation as its path, and one method
for all. Nothing of it names code, security or schemas, so nothing of the original can reach its
loaders, and any method and any path can be served.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from connexion import AsyncApp
from connexion.apps.asynchronous import AsyncApi, AsyncASGIApp
from connexion.context import _context, _operation, _receive, _scope
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.middleware.abstract import ROUTING_CONTEXT
from connexion.middleware.exceptions import ExceptionMiddleware
from connexion.middleware.main import API
from connexion.operations import AbstractOperation, OpenAPIOperation
from connexion.resolver import Resolver
from connexion.spec import OpenAPISpecification
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.answering import Answering, Endpoint
from gateway.edge.policy_middleware import PolicyMiddleware
from gateway.edge.problem import Problem, problem_body
from gateway.edge.reply import send_reply
from gateway.edge.routing_middleware import TableRoutingMiddleware, routing_context
from gateway.edge.state import state_of
from gateway.edge.verdict import Settle
from gateway.guard import Guard, Ruleset
from gateway.spec.model import OperationKey

_log = logging.getLogger("scopegate.edge")

Endpoints = Mapping[OperationKey, Endpoint]

_FAULT = "scopegate.fault"
#: what the slim document says of an operation
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class _KeyResolver(Resolver):
    """Names each operation by its key; a name in the document never chooses code."""

    def __init__(self, endpoints: Endpoints) -> None:
        super().__init__()
        self._endpoints = endpoints

    def endpoint(self, key: OperationKey) -> Endpoint:
        """What answers an operation."""
        return self._endpoints[key]


class _BoundOperation(OpenAPIOperation):
    """An operation whose endpoint was bound at start.

    It shows what runs in it its request, where ContextMiddleware would keep operations of its own.
    In the slim document operations differ by their key alone, so all else is there once.
    """

    __slots__ = ("_answering", "_operation_id", "function")

    components = _NOTHING
    _method = "get"
    _path = ""
    _operation = _responses = _security_schemes = _NOTHING
    _parameters = _produces = _consumes = ()
    _security = _uri_parser_class = _randomize_endpoint = _router_controller = None

    def __init__(self, key: OperationKey, function: Endpoint) -> None:
        self._operation_id = key
        self.function: Any = function
        #: asked once: to ask whether something honours a protocol takes as long as a decision
        self._answering = function if isinstance(function, Answering) else None

    @classmethod
    def from_spec(
        cls, _spec: object, *, path: str, resolver: "_KeyResolver", **_: object
    ) -> "_BoundOperation":
        """The operation at a path, as Connexion's class for each version makes it."""
        key = OperationKey(path)
        return cls(key, resolver.endpoint(key))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = state_of(scope)
        show_context(self, self._operation_id, state.path_parameters, scope, receive)
        if self._answering is None:
            await self.function(scope, receive, send)
            return
        reply = await self._answering.answer(state, scope, receive)
        if reply is not None:
            await send_reply(reply, send)


class _SlimSpecification(OpenAPISpecification):
    """A document of ours: nothing to check, which costs seconds, and nothing to resolve."""

    operation_cls = _BoundOperation

    def __init__(self, slim: dict[str, Any]) -> None:
        # Connexion keeps two deep copies, one with `$ref`s resolved: here there are none
        self._set_defaults(slim)
        self._raw_spec = self._spec = slim
        self._base_uri = ""


class _BoundApi(AsyncApi):
    def make_operation(self, operation: _BoundOperation) -> _BoundOperation:
        return operation


class _BoundASGI(AsyncASGIApp):
    api_cls = _BoundApi


class _GatewayApp(AsyncApp):
    """An AsyncApp that calls endpoints bound at start instead of wrapping them at each request."""

    def __init__(self, middlewares: list[Callable[..., Any]], resolver: Resolver) -> None:
        super().__init__("scopegate", middlewares=middlewares, resolver=resolver)
        self._middleware_app = _BoundASGI()
        self.middleware.app = self._middleware_app


class Frame:
    """Connexion's application over one document, and the rooms of it that a plan goes through."""

    def __init__(self, asgi: ASGIApp, bound: Mapping[OperationKey, _BoundOperation]) -> None:
        #: all of Connexion's middlewares, ours among them: takes a request whose path was cut
        self.asgi = asgi
        self._bound = bound
        self._faults = ExceptionMiddleware(_raise_fault)
        self._faults.add_exception_handler(Exception, _answer_fault)

    def operation(self, key: OperationKey) -> AbstractOperation:
        """An operation as Connexion built it; its function is the endpoint that was resolved."""
        return self._bound[key]

    def application(self, key: OperationKey) -> ASGIApp:
        """What answers a permitted request."""
        return self._bound[key]

    async def answer_fault(
        self, error: Exception, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer as Connexion's error handling has it; nothing may have been sent yet."""
        await self._faults({**scope, _FAULT: error}, receive, send)


def show_context(
    operation: AbstractOperation,
    key: OperationKey,
    path_parameters: Mapping[str, str],
    scope: Scope,
    receive: Receive,
) -> None:
    """Let what runs in this task use `connexion.request`, as ContextMiddleware does."""
    scope["path_params"] = path_parameters
    scope["extensions"][ROUTING_CONTEXT] = routing_context(key, "")
    _context.set({})
    _operation.set(operation)
    _receive.set(receive)
    _scope.set(scope)


def build_frame(
    ruleset: Ruleset,
    endpoints: Endpoints,
    *,
    guard: Guard,
    settle: Settle,
) -> Frame:
    """Build the stack and force it, so that whatever is wrong with it stops the start."""
    middlewares = [
        ExceptionMiddleware,
        partial(TableRoutingMiddleware, sinks=settle.sinks),
        partial(PolicyMiddleware, guard=guard, ruleset=ruleset, settle=settle),
    ]
    app = _GatewayApp(middlewares, _KeyResolver(endpoints))
    app.add_error_handler(Exception, _answer_fault)
    frame = app.middleware
    options = frame.options.replace()
    specification = _SlimSpecification(_slim_document(endpoints))
    frame.apis.append(API(specification, base_path=None, **vars(options)))
    frame.app, frame.middleware_stack = frame._build_middleware_stack()
    specification["paths"].clear()  # Connexion keeps the document, and reads it no more
    return Frame(frame, _bound_operations(app))


def _bound_operations(app: _GatewayApp) -> Mapping[OperationKey, _BoundOperation]:
    """The table of the one API there is."""
    ((api,),) = app._middleware_app.apis.values()
    operations: Mapping[OperationKey, _BoundOperation] = api.operations
    return operations


def _slim_document(operations: Iterable[OperationKey]) -> dict[str, Any]:
    methods: dict[str, Any] = {"get": {}}
    paths = dict.fromkeys(operations, methods)
    return {"openapi": "3.0.3", "info": {"title": "", "version": ""}, "paths": paths}


async def _raise_fault(scope: Scope, _receive: Receive, _send: Send) -> None:
    """Raise what was caught elsewhere, so that it is handled as if it had been raised here."""
    fault: Exception = scope[_FAULT]
    raise fault


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
