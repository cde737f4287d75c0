"""What answers a permitted request: a handler, the documented example, or nobody (501)."""

import asyncio
import logging
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from itertools import chain
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.answer.check import (
    HELD_BACK,
    AnswerCheck,
    AnswerChecks,
    AnswerRefusedError,
    ResponseValidation,
)
from gateway.edge.invoke import Call, bind_handler
from gateway.edge.mock import example_answer
from gateway.edge.problem import Problem, send_problem, violation_members
from gateway.edge.registry import Handler
from gateway.edge.request.problem import RequestProblem
from gateway.edge.request.reader import Arguments, RequestReader
from gateway.edge.request.resources import with_local_references
from gateway.edge.request.schemas import Schemas
from gateway.edge.responses import defaults_of, refusal_problem, send_result
from gateway.edge.state import state_of
from gateway.edge.threads import HandlerThreads
from gateway.errors import DocumentError, Fault
from gateway.handler import Answer, Caller, Refusal
from gateway.model import Decision, PrincipalKind
from gateway.spec.limits import MAX_FAULTS
from gateway.spec.model import ApiDescription, Operation, OperationKey

#: threads that plain handlers run in, a worker; more only contend (docs/decisions/0005)
THREADS = 8
#: calls that wait for one of them before the next is refused
WAITING = 256
_TOO_LONG = Problem(504, "handler-timeout", "The operation took too long.")
_log = logging.getLogger("scopegate.edge")


class HandlerFailedError(Exception):
    """A handler raised or returned what no handler may."""


class HandlerEndpoint:
    """Reads and validates the request, calls the handler, sends what it returned."""

    def __init__(
        self,
        operation: Operation,
        reader: RequestReader,
        call: Call,
        *,
        timeout: float,
        check: AnswerCheck | None = None,
    ) -> None:
        self._reader = reader
        self._call = call
        self._timeout = timeout
        self._check = check
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
            return
        limit = asyncio.timeout(self._timeout)
        try:
            async with limit:
                result = await _contained(self._call(arguments, caller_of(state.decision)))
            if limit.expired():  # the handler swallowed its cancellation: its result is half a one
                raise TimeoutError
        except Refusal as refusal:
            await send_problem(refusal_problem(refusal), send, request_id=state.request_id)
            return
        except (TimeoutError, HandlerFailedError):
            if not limit.expired():
                raise
            _log.error("%s: %s took too long", state.request_id, state.operation)
            await send_problem(_TOO_LONG, send, request_id=state.request_id)
            return
        check = None if self._check is None else self._check.of(state)
        try:
            await send_result(result, self._defaults, send, check=check)
        except AnswerRefusedError:
            await send_problem(HELD_BACK, send, request_id=state.request_id)


async def _contained(call: Awaitable[Any]) -> Any:
    """Await a handler; whatever it raises but a refusal, it has merely failed.

    So nothing that it raises ends the process, is taken for an exception of ours, or is answered
    by one of the handlers of exceptions that Connexion and Starlette bring along.
    """
    try:
        return await call
    except Refusal:
        raise
    except BaseException as error:
        task = asyncio.current_task()
        if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
            raise
        raise HandlerFailedError(f"the handler raised {type(error).__name__}") from error


async def answer_nobody(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer 501: declared and permitted, but nobody answers. Reads no body."""
    state = state_of(scope)
    detail = "No handler answers this operation; write one, or serve with --mock."
    await send_problem(Problem(501, "no-handler", detail), send, request_id=state.request_id)


async def answer_fault(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer 501: what the document says of the operation is too broken to check a request by."""
    state = state_of(scope)
    detail = "The API description of this operation has a fault, so nothing answers it."
    await send_problem(Problem(501, "document-fault", detail), send, request_id=state.request_id)


def build_endpoints(
    description: ApiDescription,
    handlers: Mapping[OperationKey, Handler],
    *,
    resources: Mapping[str, Any],
    mocks: bool,
    max_body_bytes: int,
    timeout: float,
    response_validation: str = ResponseValidation.OFF,
    tolerates: bool = False,
) -> Mapping[OperationKey, ASGIApp]:
    """Settle for each operation who answers; raises HandlerError and DocumentError.

    With `tolerates`, or a description that was read so, an operation whose schemas cannot be used
    is named in the log and answers 501, instead of stopping the start. INVARIANT: none is served
    with less validation than it declares.
    """
    local = with_local_references(description)
    settling = _Settling(
        local,
        handlers,
        Schemas(local.document),
        AnswerChecks(local, ResponseValidation(response_validation)),
        HandlerThreads(THREADS, waiting=WAITING),
        resources=resources,
        mocks=mocks,
        max_body_bytes=max_body_bytes,
        timeout=timeout,
    )
    endpoints: dict[OperationKey, ASGIApp] = {}
    faults: dict[OperationKey, Sequence[Fault]] = {}
    for operation in local.operations:
        try:
            endpoints[operation.key] = settling.endpoint_of(operation)
        except DocumentError as error:
            faults[operation.key], endpoints[operation.key] = error.faults, answer_fault
    _tell(faults, tolerates=tolerates or bool(description.tolerated))
    return endpoints


@dataclass(frozen=True, slots=True)
class _Settling:
    """What the operations of one document share while it is settled who answers each."""

    description: ApiDescription
    handlers: Mapping[OperationKey, Handler]
    schemas: Schemas
    checks: AnswerChecks
    threads: HandlerThreads
    _: KW_ONLY
    resources: Mapping[str, Any]
    mocks: bool
    max_body_bytes: int
    timeout: float

    def endpoint_of(self, operation: Operation) -> ASGIApp:
        """Who answers an operation; DocumentError if no request could be checked for it."""
        if operation.faults:
            raise DocumentError(operation.faults)
        handler = self.handlers.get(operation.key)
        if handler is None and not self.mocks:
            return answer_nobody
        document = self.description.document
        reader = RequestReader(
            operation, document, max_body_bytes=self.max_body_bytes, schemas=self.schemas
        )
        if handler is None:
            call = _example(operation, document)
        else:
            call = bind_handler(handler, operation, self.resources, threads=self.threads)
        check = self.checks.compile(operation)
        return HandlerEndpoint(operation, reader, call, timeout=self.timeout, check=check)


def _tell(faults: Mapping[OperationKey, Sequence[Fault]], *, tolerates: bool) -> None:
    """Stop the start for what is wrong with the schemas of operations, or name it in the log."""
    if faults and not tolerates:
        raise DocumentError(list(chain.from_iterable(faults.values()))[:MAX_FAULTS])
    for key, found in faults.items():
        for fault in found:
            _log.warning("%s is not served: %s", key, fault)


def _example(operation: Operation, document: Mapping[str, Any]) -> Call:
    """What answers every request that is permitted and valid alike; made at the first of them."""
    made: list[Answer] = []

    async def call(_arguments: Arguments, _caller: Caller) -> Answer:
        if not made:
            made.append(example_answer(operation, document))
        return made[0]

    return call


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
