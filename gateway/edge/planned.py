"""The short way of a request: route, verdict, reply, with nothing done that could be done before.

The long way, through all of Connexion's rooms, answers alike; tests hold the one against the other.
"""

from time import perf_counter

from starlette.types import Message, Receive, Scope, Send

from gateway.edge.answering import Beginning
from gateway.edge.connexion_app import Frame, show_context
from gateway.edge.plans import Plan, Plans
from gateway.edge.privacy import private_answer, private_headers
from gateway.edge.reply import LaterReply, Reply, send_reply
from gateway.edge.routing_middleware import unrouted
from gateway.edge.settled_head import SettledHead
from gateway.edge.state import RequestState, segments_of, with_state
from gateway.edge.verdict import Verdict
from gateway.routing.tree import Routed, RouteTable
from gateway.spec.model import OperationKey

_FAULT = 500


class PlannedRequests:
    """Serves the requests of one document."""

    def __init__(self, table: RouteTable, plans: Plans, frame: Frame) -> None:
        self._table = table
        self._plans = plans
        self._frame = frame

    def probe(self) -> None:
        """Make each operation's plan, and decide a request without credentials; may raise."""
        self._plans.probe()

    def begin(self, state: RequestState) -> "Reply | Permitted | None":
        """Route and decide as far as that needs no waiting; a reply, if that is all there is.

        None: `go_on` with it. The request's path is cut, or its operation is known already. A fault
        is met again, and answered, by `go_on`: what is not decided here is decided there.
        """
        try:
            return self._begin(state)
        except Exception:  # an edge: whatever it is, the request is not permitted by it
            return None

    async def go_on(self, state: RequestState, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve what `begin` did not reply to."""
        told = _Told(send)
        shown = with_state(scope, state)
        try:
            reply = await self._reply(state, shown, receive)
            if isinstance(reply, Plan):
                await self._stream(reply, state, shown, receive, told)
                return
        except Exception as error:  # the edge of all handlers: a fault of any kind is a 500
            if told.has_begun:
                raise
            if state.verdict is not None:
                state.verdict.tell_answered(state, _FAULT, state.seconds)
            await self._frame.answer_fault(error, shown, receive, send)
            return
        if reply is not None:
            await send_reply(reply, send)

    def _begin(self, state: RequestState) -> "Reply | Permitted | None":
        operation = state.operation
        if operation is None:
            routed = self._route(state)
            if isinstance(routed, tuple):
                return routed
            operation = routed
        plan = self._plans.of(operation)
        verdict = self._plans.known_verdict(plan, state)
        if verdict is None:
            return None
        refusal = self._take(verdict, state)
        if refusal is not None or plan.begins is None:
            return refusal
        return Permitted(self, self._frame, plan, plan.begins, state)

    async def _reply(
        self, state: RequestState, shown: Scope, receive: Receive
    ) -> Reply | Plan | None:
        """The reply; the plan, if an application answers by it; None if the client went away."""
        plan = self._plans.of(_operation_of(state))
        verdict = state.verdict
        if verdict is None:
            verdict = await self._plans.find_verdict(plan, state)
            refusal = self._take(verdict, state)
            if refusal is not None:
                return refusal
        if plan.replies is None:
            return plan
        show_context(plan.shown, plan.operation, state.path_parameters, shown, receive)
        reply = await plan.replies.answer(state, shown, receive)
        return None if reply is None else _told(plan, state, reply)

    async def _stream(
        self, plan: Plan, state: RequestState, shown: Scope, receive: Receive, send: "_Told"
    ) -> None:
        """Let an application answer, private where it has to be."""

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start":
                if plan.vary is not None:
                    message["headers"] = private_headers(message.get("headers", ()), plan.vary)
                if state.verdict is not None:
                    state.verdict.tell_answered(state, message["status"], state.seconds)
            await send(message)

        await plan.application(shown, receive, send_told)

    def _route(self, state: RequestState) -> OperationKey | Reply:
        route = self._table.route_segments(state.scope["method"], segments_of(state))
        if isinstance(route, Routed):
            state.operation = route.operation
            state.path_parameters = route.parameters
            return route.operation
        reply = unrouted(route, state)
        self._plans.tell_unrouted(state, reply[0])
        return reply

    def _take(self, verdict: Verdict, state: RequestState) -> Reply | None:
        """Rule the request by a verdict; the reply if that refuses it."""
        for hear in verdict.hear_decided:
            hear(state)
        state.verdict = verdict
        denial = verdict.denial
        if denial is None:
            return None
        verdict.tell_answered(state, denial.status, state.seconds)
        return denial.reply(state.request_id)


class Permitted:
    """A request that was permitted, and whose answer can begin before there is a task for it."""

    __slots__ = ("_begins", "_frame", "_plan", "_planned", "_state", "body", "takes_body")

    def __init__(
        self,
        planned: PlannedRequests,
        frame: Frame,
        plan: Plan,
        begins: Beginning,
        state: RequestState,
    ) -> None:
        self._planned, self._frame, self._state = planned, frame, state
        self._plan, self._begins = plan, begins
        #: all of it; for `begin`
        self.body = b""
        #: whether it is read before the handler is called; else the handler may ask for it
        self.takes_body = begins.takes_body

    def begin(self, receive: Receive) -> Reply | LaterReply:
        """Begin to answer, in the name of a task."""
        plan, state = self._plan, self._state
        shown = with_state(state.scope, state)
        try:
            show_context(plan.shown, plan.operation, state.path_parameters, shown, receive)
            reply = self._begins.begin(state, shown, self.body)
            if isinstance(reply, tuple):
                return _told(plan, state, reply)
        except Exception as error:  # the edge of all handlers, as in `go_on`
            return self._answer_fault(error, shown, receive)
        return self._rest(shown, receive, reply)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as ASGI has it, instead."""
        await self._planned.go_on(self._state, scope, receive, send)

    async def _rest(self, shown: Scope, receive: Receive, later: LaterReply) -> Reply | None:
        try:
            reply = await later
            return None if reply is None else _told(self._plan, self._state, reply)
        except Exception as error:  # the edge of all handlers, as in `go_on`
            return await self._answer_fault(error, shown, receive)

    async def _answer_fault(self, error: Exception, shown: Scope, receive: Receive) -> Reply:
        """What Connexion's error handling answers; nothing was sent."""
        state = self._state
        if state.verdict is not None:
            state.verdict.tell_answered(state, _FAULT, state.seconds)
        kept = _Kept()
        await self._frame.answer_fault(error, shown, receive, kept)
        return kept.reply


def _told(plan: Plan, state: RequestState, reply: Reply) -> Reply:
    """A reply as it is sent, and told of."""
    status, headers, body = reply
    vary, verdict = plan.vary, state.verdict
    if vary is not None:
        known = headers.private.get(vary) if isinstance(headers, SettledHead) else None
        headers = known or private_answer(headers, vary, body)
    if verdict is not None:
        seconds = perf_counter() - state.began
        for hear in verdict.hear_answered:
            hear(state, status, seconds)
    return status, headers, body


class _Kept:
    """Takes what is sent for a reply."""

    __slots__ = ("reply",)

    def __init__(self) -> None:
        self.reply: Reply = (_FAULT, [], b"")

    async def __call__(self, message: Message) -> None:
        status, headers, body = self.reply
        if message["type"] == "http.response.start":
            status, headers = message["status"], list(message.get("headers", ()))
        else:
            body += message.get("body", b"")
        self.reply = status, headers, body


class _Told:
    """Sends, and remembers whether anything was sent."""

    __slots__ = ("_send", "has_begun")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        self.has_begun = True
        await self._send(message)


def _operation_of(state: RequestState) -> OperationKey:
    if state.operation is None:
        raise RuntimeError("a request is to be served that was not routed")
    return state.operation
