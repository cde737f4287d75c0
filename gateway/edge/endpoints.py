"""What answers a permitted request: a handler, the upstream, an example, or nobody (501)."""

import inspect
import logging
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from enum import Enum, auto
from itertools import chain
from typing import Any

from starlette.types import Receive, Scope

from gateway.edge.answer.check import (
    AnswerChecks,
    ResponseValidation,
)
from gateway.edge.answering import Endpoint
from gateway.edge.handler_endpoint import HandlerEndpoint
from gateway.edge.invoke import Call, Plans, bind_handler
from gateway.edge.mock import example_answer
from gateway.edge.problem import Problem, problem_reply
from gateway.edge.proxy.door import UpstreamDoor
from gateway.edge.registry import Handler
from gateway.edge.reply import Reply
from gateway.edge.request.reader import Arguments, RequestReader
from gateway.edge.request.resources import with_local_references
from gateway.edge.request.schemas import Schemas
from gateway.edge.responses import Defaults, defaults_of
from gateway.edge.state import RequestState
from gateway.edge.threads import HandlerThreads
from gateway.errors import DocumentError, Fault
from gateway.handler import Answer, Caller
from gateway.spec.limits import MAX_FAULTS
from gateway.spec.model import ApiDescription, Operation, OperationKey

#: threads that plain handlers run in, a worker; more only contend (docs/decisions/0005)
THREADS = 8
#: calls that wait for one of them before the next is refused
WAITING = 256
_log = logging.getLogger("scopegate.edge")


class Unhandled(Enum):
    """What answers an operation that has neither handler nor upstream."""

    EXAMPLE = auto()
    NOBODY = auto()


Otherwise = UpstreamDoor | Unhandled


@dataclass(frozen=True, slots=True)
class NobodyAnswers:
    """Answers with a problem, and reads no body."""

    problem: Problem

    async def answer(self, state: RequestState, _scope: Scope, _receive: Receive) -> Reply:
        """The problem."""
        return problem_reply(self.problem, state.request_id)


#: declared and permitted, but nobody answers
_NO_HANDLER = NobodyAnswers(
    Problem(
        501, "no-handler", "No handler answers this operation; write one, or serve with --mock."
    )
)
#: what the document says of the operation is too broken to check a request by
_DOCUMENT_FAULT = NobodyAnswers(
    Problem(
        501,
        "document-fault",
        "The API description of this operation has a fault, so nothing answers it.",
    )
)


def handler_threads() -> HandlerThreads:
    """The threads for plain handlers of one worker."""
    return HandlerThreads(THREADS, waiting=WAITING)


def build_endpoints(  # noqa: PLR0913 -- all that may be chosen, each by its name
    description: ApiDescription,
    handlers: Mapping[OperationKey, Handler],
    *,
    resources: Mapping[str, Any],
    otherwise: Otherwise,
    max_body_bytes: int,
    timeout: float,
    response_validation: str = ResponseValidation.OFF,
    tolerates: bool = False,
    threads: HandlerThreads | None = None,
) -> Mapping[OperationKey, Endpoint]:
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
        threads or handler_threads(),
        resources=resources,
        otherwise=otherwise,
        max_body_bytes=max_body_bytes,
        timeout=timeout,
    )
    endpoints: dict[OperationKey, Endpoint] = {}
    faults: dict[OperationKey, Sequence[Fault]] = {}
    for operation in local.operations:
        try:
            endpoints[operation.key] = settling.endpoint_of(operation)
        except DocumentError as error:
            faults[operation.key] = error.faults
            endpoints[operation.key] = settling.endpoint_in_spite_of_faults(operation)
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
    otherwise: Otherwise
    max_body_bytes: int
    timeout: float
    #: what is the same for several operations is there once
    readers: dict[object, RequestReader] = field(default_factory=dict)
    defaults: dict[Defaults, Defaults] = field(default_factory=dict)
    plans: Plans = field(default_factory=dict)

    def endpoint_of(self, operation: Operation) -> Endpoint:
        """Who answers an operation; DocumentError if no request could be checked for it."""
        if operation.faults:
            raise DocumentError(operation.faults)
        handler = self.handlers.get(operation.key)
        if handler is None and self.otherwise is Unhandled.NOBODY:
            return _NO_HANDLER
        document = self.description.document
        reader = self._reader_of(operation)
        check = self.checks.compile(operation)
        if handler is None and isinstance(self.otherwise, UpstreamDoor):
            return self.otherwise.endpoint_of(operation, reader, check)
        if handler is None:
            call: Call = _Example(operation, document)
        else:
            call = bind_handler(
                handler, operation, self.resources, threads=self.threads, plans=self.plans
            )
        found = defaults_of(operation)
        defaults = self.defaults.setdefault(found, found)
        return HandlerEndpoint(
            defaults,
            reader,
            call,
            timeout=self.timeout,
            check=check,
            # a plain function waits for its thread
            begins_at_once=handler is None or inspect.iscoroutinefunction(handler),
        )

    def _reader_of(self, operation: Operation) -> RequestReader:
        """What reads its requests: one for all operations of which the same is read.

        Parts of a document that are alike are one object (gateway/spec/sharing.py), which the
        description keeps alive.
        """
        parameters = tuple(map(id, operation.parameters))
        statuses = frozenset(operation.responses)
        same = (parameters, id(operation.request_body), operation.method, statuses)
        if same not in self.readers:
            self.readers[same] = RequestReader(
                operation,
                self.description.document,
                max_body_bytes=self.max_body_bytes,
                schemas=self.schemas,
            )
        return self.readers[same]

    def endpoint_in_spite_of_faults(self, operation: Operation) -> Endpoint:
        """Nobody: what cannot be checked is not served, unless nothing is refused at all."""
        if isinstance(self.otherwise, UpstreamDoor) and self.otherwise.observes:
            return self.otherwise.unread_endpoint(operation.key)
        return _DOCUMENT_FAULT


def _tell(faults: Mapping[OperationKey, Sequence[Fault]], *, tolerates: bool) -> None:
    """Stop the start for what is wrong with the schemas of operations, or name it in the log."""
    if faults and not tolerates:
        raise DocumentError(list(chain.from_iterable(faults.values()))[:MAX_FAULTS])
    for key, found in faults.items():
        for fault in found:
            _log.warning("%s is not served: %s", key, fault)


class _Example:
    """What answers every request that is permitted and valid alike; made at the first of them."""

    __slots__ = ("_document", "_made", "_operation")

    def __init__(self, operation: Operation, document: Mapping[str, Any]) -> None:
        self._operation = operation
        self._document = document
        self._made: Answer | None = None

    async def __call__(self, _arguments: Arguments, _caller: Caller) -> Answer:
        if self._made is None:
            self._made = example_answer(self._operation, self._document)
        return self._made
