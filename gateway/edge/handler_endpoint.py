"""A handler bound to its operation, and what becomes of a request that is permitted to call it."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from gateway.edge.answer.check import HELD_BACK, AnswerCheck, AnswerRefusedError
from gateway.edge.invoke import Call
from gateway.edge.json_answer import write_json
from gateway.edge.problem import Problem, problem_of, problem_reply
from gateway.edge.reply import LaterReply, Reply
from gateway.edge.request.problem import RequestProblem
from gateway.edge.request.reader import Arguments, RequestReader
from gateway.edge.responses import OBJECTS, Defaults, refusal_problem, result_reply
from gateway.edge.state import RequestState
from gateway.edge.within import TookTooLongError, rest_within
from gateway.handler import Refusal

_TOO_LONG = Problem(504, "handler-timeout", "The operation took too long.")
_log = logging.getLogger("scopegate.edge")


class HandlerFailedError(Exception):
    """A handler raised or returned what no handler may."""


class HandlerEndpoint:
    """Reads and validates the request, calls the handler, sends what it returned."""

    __slots__ = (
        *("_call", "_check", "_defaults", "_reader", "_timeout", "_usual_head"),
        *("begins_at_once", "takes_body"),
    )

    def __init__(
        self,
        defaults: Defaults,
        reader: RequestReader,
        call: Call,
        *,
        timeout: float,
        check: AnswerCheck | None = None,
        begins_at_once: bool = True,
    ) -> None:
        """`begins_at_once`: calls of the handler may end in their first step."""
        self.begins_at_once = begins_at_once
        self.takes_body = reader.takes_body
        self._reader = reader
        self._call = call
        self._timeout = timeout
        self._check = check
        self._defaults = defaults
        #: of objects and arrays, where nobody checks them
        self._usual_head = defaults.json_head if check is None and defaults.has_body else None

    async def answer(self, state: RequestState, scope: Scope, receive: Receive) -> Reply | None:
        """The reply to one permitted request; None if the client went away."""
        try:
            arguments = await self._reader.read(scope, receive, state.path_parameters)
        except ClientDisconnect:
            return None
        reply = self._call_handler(arguments, state)
        return reply if isinstance(reply, tuple) else await reply

    def begin(self, state: RequestState, scope: Scope, body: bytes) -> Reply | LaterReply:
        """The reply, or the rest of what it is made by if the handler waits for something."""
        arguments = self._reader.read_whole(scope, body, state.path_parameters)
        return self._call_handler(arguments, state)

    def _call_handler(
        self, arguments: Arguments | RequestProblem, state: RequestState
    ) -> Reply | LaterReply:
        """Take the first step of the handler, which mostly is the only one.

        Whatever a handler raises but a refusal, it has merely failed: nothing that it raises ends
        the process, is taken for an exception of ours, or is answered by one of the handlers of
        exceptions that Connexion and Starlette bring along.
        """
        if isinstance(arguments, RequestProblem):
            return problem_reply(problem_of(arguments), state.request_id)
        if state.verdict is None or not state.verdict.decision.permits:
            raise RuntimeError("a request reached a handler that was not permitted")
        try:
            call = self._call(arguments, state.verdict.caller)
            waits_for = call.send(None)
        except StopIteration as done:
            result = done.value
        except Refusal as refusal:
            return problem_reply(refusal_problem(refusal), state.request_id)
        except BaseException as error:
            raise _failed(error) from error
        else:
            return self._later(call, waits_for, state)
        # out here: a fault must not be told together with what the handler returned
        return self._reply(result, state)

    async def _later(
        self, call: Coroutine[Any, Any, Any], waits_for: Any, state: RequestState
    ) -> Reply:
        """The reply of a handler that waits for something."""
        try:
            result = await rest_within(self._timeout, call, waits_for)
        except Refusal as refusal:
            return problem_reply(refusal_problem(refusal), state.request_id)
        except TookTooLongError:
            _log.error("%s: %s took too long", state.request_id, state.operation)
            return problem_reply(_TOO_LONG, state.request_id)
        except BaseException as error:
            raise _failed(error) from error
        return self._reply(result, state)

    def _reply(self, result: Any, state: RequestState) -> Reply:
        if self._usual_head is not None and type(result) in OBJECTS:
            return self._defaults.status, self._usual_head, write_json(result)
        check = None if self._check is None else self._check.of(state)
        try:
            return result_reply(result, self._defaults, check=check)
        except AnswerRefusedError:
            return problem_reply(HELD_BACK, state.request_id)


def _failed(error: BaseException) -> BaseException:
    """What a handler's exception is to the rest of us: its failure, or the end of its task."""
    task = asyncio.current_task()
    if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
        return error
    return HandlerFailedError(f"the handler raised {type(error).__name__}")
