"""All that can be settled before a request comes: one plan an operation, for one ruleset."""

from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp

from gateway.edge.answering import Answering, Beginning
from gateway.edge.connexion_app import Frame
from gateway.edge.privacy import vary_of
from gateway.edge.state import RequestState
from gateway.edge.verdict import Settle, Verdict
from gateway.guard import Guard, Looks, Ruleset
from gateway.model import ANONYMOUS, Credentials
from gateway.policy.decide import decide
from gateway.spec.model import OperationKey


@dataclass(frozen=True, slots=True)
class Plan:
    """How requests of one operation are served."""

    operation: OperationKey
    looks: Looks
    #: what makes the reply; None: the application answers
    replies: Answering | None
    #: the same, where it may begin before there is a task
    begins: Beginning | None
    application: ASGIApp
    #: the headers that its answers vary by; None: nobody has to prove anything
    vary: bytes | None
    #: the operation as Connexion shows it to what runs in it
    shown: Any


class Plans:
    """The plans of a ruleset, each made when its operation is first asked for."""

    def __init__(self, ruleset: Ruleset, frame: Frame, *, guard: Guard, settle: Settle) -> None:
        self._ruleset = ruleset
        self._frame = frame
        self._guard = guard
        self._settle = settle
        self._vary = vary_of(ruleset.policy, ruleset.document.trusts.certificates)
        self._plans: dict[OperationKey, Plan] = {}
        #: for callers who present nothing
        self._anonymous: dict[OperationKey, Verdict] = {}

    def of(self, operation: OperationKey) -> Plan:
        """The plan of an operation."""
        plan = self._plans.get(operation)
        if plan is None:
            plan = self._plans[operation] = self._make(operation)
        return plan

    def probe(self) -> None:
        """Make all plans and decide for nobody in particular; whatever is wrong raises here."""
        policy = self._ruleset.policy
        for operation in policy.rules:
            self.of(operation)
            decide(policy, operation, ANONYMOUS)

    def known_verdict(self, plan: Plan, state: RequestState) -> Verdict | None:
        """The verdict on a request if it is known without waiting; it is not told to anybody.

        INVARIANT: it is the verdict that `find_verdict` would give.
        """
        if plan.looks.asks_for_certificates and state.peer.is_trusted_proxy:
            return None
        scope = state.scope
        query = scope.get("query_string", b"")
        held = self._guard.recall(plan.looks, headers=scope["headers"], query=query)
        if held is None:
            return None
        operation = plan.operation
        if isinstance(held, Credentials):
            verdict = self._anonymous.get(operation)
            if verdict is None:
                verdict = self._anonymous[operation] = self._decide(operation, ANONYMOUS)
            return verdict
        kept: Verdict | None = held.made.get(operation)
        if kept is None:
            kept = self._decide(operation, held.credentials)
            if held.is_known:
                plan.looks.tokens.keep_made(held, operation, kept)
        return kept

    async def find_verdict(self, plan: Plan, state: RequestState) -> Verdict:
        """The verdict on a request, by looking at all that it presents."""
        scope = state.scope
        decision = await self._guard.judge(
            self._ruleset,
            plan.operation,
            headers=scope["headers"],
            query=scope.get("query_string", b""),
            peer=state.peer,
        )
        return self._settle(decision, self._ruleset.policy)

    def tell_unrouted(self, state: RequestState, status: int) -> None:
        """Tell those who look on of a request that there is no operation for."""
        for sink in self._settle.sinks:
            sink.unrouted(state, status)

    def _decide(self, operation: OperationKey, credentials: Credentials) -> Verdict:
        policy = self._ruleset.policy
        return self._settle(decide(policy, operation, credentials), policy)

    def _make(self, operation: OperationKey) -> Plan:
        shown = self._frame.operation(operation)
        endpoint = shown.function
        return Plan(
            operation,
            self._ruleset.looks[operation],
            endpoint if isinstance(endpoint, Answering) else None,
            endpoint if isinstance(endpoint, Beginning) and endpoint.begins_at_once else None,
            self._frame.application(operation),
            self._vary.get(operation),
            shown,
        )
