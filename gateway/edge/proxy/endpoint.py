"""The ASGI application of an operation that an upstream answers."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from gateway.edge.answer.check import HELD_BACK, AnswerCheck, AnswerRefusedError
from gateway.edge.problem import Problem, problem_of, send_problem
from gateway.edge.proxy.answer_fields import answer_fields
from gateway.edge.proxy.answer_head import AnswerHead
from gateway.edge.proxy.checked_answer import check_answer
from gateway.edge.proxy.exchange import Exchange
from gateway.edge.proxy.faults import ClientGoneError, UnsendableError, UpstreamError
from gateway.edge.proxy.identity import identity_fields, refused_fields
from gateway.edge.proxy.request_body import Replay, RequestBody
from gateway.edge.proxy.request_check import RequestCheck
from gateway.edge.proxy.request_head import RequestHead, request_head, written
from gateway.edge.proxy.route import Route
from gateway.edge.state import RequestState, state_of
from gateway.model import Decision

_log = logging.getLogger("scopegate.edge")
#: callers whose fields are remembered
_MOST_CALLERS = 1024
_UNSENDABLE = Problem(
    400, "malformed-message", "The request cannot be sent on as one message of HTTP/1.1."
)


@dataclass(frozen=True, slots=True)
class UpstreamEndpoint:
    """Sends permitted requests of one operation on, and hands the answers back."""

    route: Route
    #: what the upstream is told that it is asked for
    operation: str
    #: None: requests go on unread
    request_check: RequestCheck | None
    enforces: bool
    #: None: answers go back unread
    answer_check: AnswerCheck | None
    #: decisions are kept for many requests, and so is what they say
    _told: dict[int, tuple[Decision, bytes]] = field(default_factory=dict, repr=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whole or not at all: what breaks off is never ended as if whole."""
        state = state_of(scope)
        if self.request_check is not None:
            replay = Replay(receive)
            try:
                problem = await self._problem(self.request_check, scope, replay.record)
            except ClientDisconnect:
                return
            if problem is not None:
                await send_problem(problem, send, request_id=state.request_id)
                return
            receive = replay.receive
        try:
            head = self._head(scope, state)
            body = RequestBody(scope, receive)
        except UnsendableError:
            await send_problem(_UNSENDABLE, send, request_id=state.request_id)
            return
        exchange = Exchange(self.route.pool, body)
        try:
            await self._exchange(exchange, head, state, scope["method"], send)
        except ClientGoneError:
            return
        finally:
            await exchange.close()

    async def _exchange(
        self, exchange: Exchange, head: RequestHead, state: RequestState, method: str, send: Send
    ) -> None:
        try:
            answer = await exchange.ask(head)
            octets = await self._checked(exchange, answer, state, method)
        except UpstreamError as error:
            self._tell(state, error)
            await send_problem(error.problem, send, request_id=state.request_id)
            return
        except AnswerRefusedError:
            await send_problem(HELD_BACK, send, request_id=state.request_id)
            return
        headers = answer_fields(answer, self.route.pool.target)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        try:
            await exchange.hand_back(send, first=octets)
        except UpstreamError as error:
            self._tell(state, error)  # the server ends the connection: the answer has no end

    async def _checked(
        self, exchange: Exchange, answer: AnswerHead, state: RequestState, method: str
    ) -> bytes:
        if self.answer_check is None:
            return b""
        limit = self.route.max_body_bytes
        return await check_answer(
            self.answer_check, exchange, answer, state=state, method=method, limit=limit
        )

    async def _problem(self, check: RequestCheck, scope: Scope, receive: Receive) -> Problem | None:
        """What the caller is told is wrong with a request; None: it goes on."""
        state = state_of(scope)
        parameters: Mapping[str, str] = state.path_parameters or {}
        found = await check.problem(scope, receive, parameters)
        if found is None or self.enforces:
            return None if found is None else problem_of(found)
        places = "; ".join(f"{v.pointer} {v.detail}" for v in found.violations) or found.detail
        _log.warning(
            "%s: %s: the request would be refused: %d %s",
            state.request_id, state.operation, found.status, _on_one_line(places),
        )  # fmt: skip
        return None

    def _head(self, scope: Scope, state: RequestState) -> RequestHead:
        return request_head(
            scope,
            self.route.pool.target,
            self.route.rules,
            added=self._fields(state.decision),
            wants_identity=self.answer_check is not None,
        )

    def _fields(self, decision: Decision | None) -> bytes:
        """What the upstream is told of the caller."""
        if decision is None or not (decision.permits or self.route.observes):
            raise RuntimeError("a request is to be sent on that was not permitted")
        kept = self._told.get(id(decision))
        if kept is not None:
            return kept[1]
        fields = written(
            identity_fields(decision, self.operation)
            if decision.permits
            else refused_fields(decision)
        )
        if len(self._told) >= _MOST_CALLERS:
            self._told.clear()
        self._told[id(decision)] = (decision, fields)  # kept, so that no other has its identity
        return fields

    @staticmethod
    def _tell(state: RequestState, error: UpstreamError) -> None:
        _log.error("%s: %s: the upstream: %s", state.request_id, state.operation, error)


def _on_one_line(text: str) -> str:
    """Text without what would begin another line or colour a terminal: names are anybody's."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
