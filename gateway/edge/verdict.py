"""A decision with all that the edge can settle by it alone: what is sent, told, and handed on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.edge.challenge import answer_denial
from gateway.edge.problem import RenderedProblem, render
from gateway.handler import Caller
from gateway.model import Decision, PrincipalKind
from gateway.policy.rules import Policy
from gateway.spec.model import Scope
from gateway.watch import Sink, Watched, heard_of


@dataclass(frozen=True, slots=True)
class Verdict:
    """May be kept for all requests that are decided so. INVARIANT: nothing in it is a request's."""

    decision: Decision
    #: who is told that a request is decided so, and who how it was answered
    hear_decided: tuple[Callable[[Watched], None], ...]
    hear_answered: tuple[Callable[[Watched, int, float], None], ...]
    #: None: the request goes on; it is permitted, or only looked at
    denial: RenderedProblem | None
    #: whom a handler sees
    caller: Caller

    def tell(self, request: Watched) -> None:
        """Tell those who look on that a request is decided so."""
        for hear in self.hear_decided:
            hear(request)

    def tell_answered(self, request: Watched, status: int, seconds: float) -> None:
        """Tell them how it was answered."""
        for hear in self.hear_answered:
            hear(request, status, seconds)


@dataclass(frozen=True, slots=True)
class Settle:
    """Makes verdicts of decisions."""

    sinks: Sequence[Sink] = ()
    #: SCOPEGATE_DENIAL_DETAIL is `full`
    shows_detail: bool = True
    #: the URL that bearer challenges of a 401 name (RFC 9728 s5.1)
    resource_metadata: str | None = None
    #: nothing is refused (`--observe`)
    observes: bool = False
    #: what watches of a type have to say, once one was made
    _heard: dict[type[Any], tuple[bool, bool]] = field(default_factory=dict, repr=False)

    def __call__(self, decision: Decision, policy: Policy) -> Verdict:
        """The verdict of a decision by this policy."""
        denial = None
        if not decision.permits and not self.observes:
            problem = answer_denial(
                decision,
                policy,
                shows_detail=self.shows_detail,
                resource_metadata=self.resource_metadata,
            )
            denial = render(problem)
        hear_decided: tuple[Callable[[Watched], None], ...] = ()
        hear_answered: tuple[Callable[[Watched, int, float], None], ...] = ()
        for sink in self.sinks:
            watch = sink.watch(decision)
            heard = self._heard.get(type(watch))
            if heard is None:
                heard = self._heard[type(watch)] = heard_of(type(watch))
            hears_decided, hears_answered = heard
            if hears_decided:
                hear_decided += (watch.decided,)
            if hears_answered:
                hear_answered += (watch.answered,)
        return Verdict(decision, hear_decided, hear_answered, denial, caller_of(decision))


def caller_of(decision: Decision) -> Caller:
    """The caller as a handler sees him: only what the matched alternative proved."""
    principal = decision.principal
    if principal is None:
        return Caller(None, None, None, scopes=frozenset(), matched=decision.matched)
    client_id, scopes, is_local = None, frozenset[Scope](), False
    for proven in decision.proven:
        client_id = client_id or proven.client_id or None
        scopes = scopes | proven.scopes if scopes else proven.scopes
        is_local = is_local or (proven.is_local and proven.principal == principal)
    return Caller(
        subject=principal.subject,
        user=principal.subject if is_local and principal.kind is PrincipalKind.USER else None,
        client_id=client_id,
        scopes=scopes,
        matched=decision.matched,
    )
