"""What answers a permitted request: a handler, the documented example, or nobody (501)."""

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.invoke import Call, bind_handler
from gateway.edge.mock import example_answer
from gateway.edge.problem import Problem, send_problem, violation_members
from gateway.edge.registry import Handler
from gateway.edge.request.problem import RequestProblem
from gateway.edge.request.reader import RequestReader, compile_readers
from gateway.edge.responses import defaults_of, refusal_problem, send_result
from gateway.edge.state import state_of
from gateway.edge.threads import HandlerThreads
from gateway.handler import Answer, Caller, Refusal
from gateway.model import Decision, PrincipalKind
from gateway.spec.model import ApiDescription, Operation, OperationKey

#: threads that plain handlers run in, a worker; more only contend (docs/decisions/0005)
THREADS = 8
#: calls that wait for one of them before the next is refused
WAITING = 256
#: what a handler may raise that would end the process if it got further
_STOPS = (SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError)
_log = logging.getLogger("scopegate.edge")


class HandlerFailedError(Exception):
    """A handler raised or returned what no handler may."""


class HandlerEndpoint:
    """Reads and validates the request, calls the handler, sends what it returned."""

    def __init__(
        self, operation: Operation, reader: RequestReader, call: Call, *, timeout: float
    ) -> None:
        self._reader = reader
        self._call = call
        self._timeout = timeout
        self._defaults = defaults_of(operation)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one permitted request."""
        state = state_of(scope)
        limit = asyncio.timeout(self._timeout)
        try:
            arguments = await self._reader.read(scope, receive, state.path_parameters or {})
            if isinstance(arguments, RequestProblem):
                return await send_problem(_as_problem(arguments), send, request_id=state.request_id)
            async with limit:
                result = await _contained(self._call(arguments, caller_of(state.decision)))
        except ClientDisconnect:
            return None
        except Refusal as refusal:
            return await send_problem(refusal_problem(refusal), send, request_id=state.request_id)
        except TimeoutError:
            if not limit.expired():
                raise
            _log.error("%s: %s took too long", state.request_id, state.operation)
            problem = Problem(504, "handler-timeout", "The operation took too long.")
            return await send_problem(problem, send, request_id=state.request_id)
        return await send_result(result, self._defaults, send)


async def _contained(call: Awaitable[Any]) -> Any:
    """Await a handler; one that raises what would end the process has merely failed."""
    try:
        return await call
    except _STOPS as stop:
        task = asyncio.current_task()
        if isinstance(stop, asyncio.CancelledError) and task is not None and task.cancelling():
            raise
        raise HandlerFailedError(f"the handler raised {type(stop).__name__}") from stop


class MockEndpoint:
    """Reads and validates the request, answers as the document's example says."""

    def __init__(self, operation: Operation, reader: RequestReader, answer: Answer) -> None:
        self._reader = reader
        self._answer = answer
        self._defaults = defaults_of(operation)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one permitted request."""
        state = state_of(scope)
        try:
            arguments = await self._reader.read(scope, receive, state.path_parameters or {})
        except ClientDisconnect:
            return
        if isinstance(arguments, RequestProblem):
            await send_problem(_as_problem(arguments), send, request_id=state.request_id)
        else:
            await send_result(self._answer, self._defaults, send)


async def answer_nobody(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer 501: declared and permitted, but nobody answers. Reads no body."""
    state = state_of(scope)
    detail = "No handler answers this operation; write one, or serve with --mock."
    await send_problem(Problem(501, "no-handler", detail), send, request_id=state.request_id)


def build_endpoints(
    description: ApiDescription,
    handlers: Mapping[OperationKey, Handler],
    *,
    resources: Mapping[str, Any],
    mocks: bool,
    max_body_bytes: int,
    timeout: float,
) -> Mapping[OperationKey, ASGIApp]:
    """Settle for each operation who answers; raises HandlerError and DocumentError."""
    threads = HandlerThreads(THREADS, waiting=WAITING)
    answered = [o for o in description.operations if mocks or o.key in handlers]
    readers = compile_readers(answered, description.document, max_body_bytes=max_body_bytes)
    endpoints: dict[OperationKey, ASGIApp] = {
        operation.key: answer_nobody for operation in description.operations
    }
    for operation in answered:
        reader, handler = readers[operation.key], handlers.get(operation.key)
        if handler is not None:
            call = bind_handler(handler, operation, resources, threads=threads)
            endpoints[operation.key] = HandlerEndpoint(operation, reader, call, timeout=timeout)
        else:
            answer = example_answer(operation, description.document)
            endpoints[operation.key] = MockEndpoint(operation, reader, answer)
    return endpoints


def caller_of(decision: Decision | None) -> Caller:
    """The caller as a handler sees him: only what the matched alternative proved."""
    if decision is None or decision.principal is None:
        matched = decision.matched if decision else None
        return Caller(None, None, None, scopes=frozenset(), matched=matched)
    principal = decision.principal
    client_ids = (proven.client_id for proven in decision.proven if proven.client_id)
    is_local_user = principal.kind is PrincipalKind.USER and any(
        proven.is_local for proven in decision.proven if proven.principal == principal
    )
    return Caller(
        subject=principal.subject,
        user=principal.subject if is_local_user else None,
        client_id=next(client_ids, None),
        scopes=frozenset().union(*(proven.scopes for proven in decision.proven)),
        matched=decision.matched,
    )


def _as_problem(problem: RequestProblem) -> Problem:
    headers = tuple((name.lower().encode(), value.encode()) for name, value in problem.headers)
    members = violation_members(problem.violations)
    return Problem(problem.status, problem.slug, problem.detail, headers, members)
