"""While looking on: what no operation is declared for goes on as it came, and is counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.state import RequestState, with_state
from gateway.edge.verdict import Verdict, caller_of
from gateway.guard import Ruleset
from gateway.model import ANONYMOUS
from gateway.policy.decide import decide
from gateway.routing.path import Segments
from gateway.routing.tree import MethodMissing, PathMissing, Routed
from gateway.spec.model import OperationKey
from gateway.watch import Sink

#: answered here even then: one asks for the request back, the other for a tunnel
_NEVER = frozenset({"TRACE", "CONNECT"})


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Sends on to a backend that knows more than the document does."""

    application: ASGIApp
    sinks: Sequence[Sink]

    def takes(self, ruleset: Ruleset, method: str, segments: Segments | None) -> int | None:
        """What a request would have been answered; None: it has an operation, or is not taken."""
        if method in _NEVER:
            return None
        if segments is None:
            return 404
        match ruleset.table.route_segments(method, segments):
            case Routed():
                return None
            case PathMissing():
                return 404
            case MethodMissing(is_options=True):
                return 204
            case MethodMissing():
                return 405

    async def send_on(
        self, ruleset: Ruleset, status: int, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Serve a request that would have been answered with this status."""
        state = RequestState(ruleset, scope)
        asked = OperationKey(scope["method"] + " elsewhere")
        decision = decide(ruleset.policy, asked, ANONYMOUS)
        state.operation = asked
        state.verdict = Verdict(decision, (), (), None, caller_of(decision))
        for sink in self.sinks:
            sink.unrouted(state, status)
        await self.application(with_state(scope, state), receive, send)
