"""A decision told in words of the document: each alternative, what it lacks, what would pass."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gateway.errors import Origin
from gateway.model import Decision, Outcome, Reason
from gateway.policy.rules import Alternative, Rule
from gateway.policy.solve import grantable_by_scopes, smallest_request
from gateway.spec.model import Scope

#: the HTTP status that each reason is answered with; 200 stands for a permit
STATUS: Mapping[Reason, int] = MappingProxyType(
    {
        Reason.PUBLIC: 200,
        Reason.MATCHED: 200,
        Reason.ANONYMOUS: 200,
        Reason.UNKNOWN_OPERATION: 403,
        Reason.UNDECLARED_SECURITY: 403,
        Reason.INVALID_REQUEST: 400,
        Reason.UNCHECKABLE: 503,
        Reason.INVALID_CREDENTIAL: 401,
        Reason.NO_CREDENTIAL: 401,
        Reason.INSUFFICIENT_SCOPE: 403,
        Reason.DIFFERENT_USERS: 403,
        Reason.CSRF: 403,
    }
)


@dataclass(frozen=True, slots=True)
class ExplainedAlternative:
    """One alternative and how it fared."""

    index: int
    #: `song_auth: post + widget`, `{}` for the empty one
    wanted: str
    holds: bool
    #: `lacks widget`, `held`, or why it can never hold
    verdict: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that `explain` prints and the console hints at."""

    decision: Decision
    status: int
    alternatives: tuple[ExplainedAlternative, ...]
    #: the smallest scope request that passes; None: no scope request does
    ask: tuple[Scope, ...] | None
    #: what, added to the scopes held, would pass by another alternative
    add: tuple[Scope, ...]
    #: the scopes of a smaller request than the one that passed
    fewer: tuple[Scope, ...] | None


def explain(decision: Decision, rule: Rule, *, held: frozenset[Scope]) -> Explanation:
    """Tell a decision; `held` are the scopes that the credentials proved."""
    smallest = smallest_request(rule)
    return Explanation(
        decision=decision,
        status=STATUS[decision.reason],
        alternatives=tuple(
            _explained(alternative, outcome, origin=rule.origin_of(alternative))
            for alternative, outcome in zip(rule.alternatives, decision.outcomes, strict=False)
        ),
        ask=None if decision.permits or smallest is None else smallest.scopes,
        add=() if decision.permits else _addition(rule, smallest, held),
        fewer=_fewer(decision, smallest, held),
    )


def wanted(alternative: Alternative) -> str:
    """What an alternative asks for, in one line."""
    needs = (
        f"{need.scheme}: {' + '.join((*need.scopes, *need.roles))}"
        if need.scopes or need.roles
        else str(need.scheme)
        for need in alternative.needs
    )
    return ", ".join(needs) or "{}"


def _explained(
    alternative: Alternative, outcome: Outcome, *, origin: Origin
) -> ExplainedAlternative:
    return ExplainedAlternative(
        index=alternative.index,
        wanted=wanted(alternative),
        holds=outcome.holds,
        verdict=_verdict(alternative, outcome),
        origin=origin,
    )


def _verdict(alternative: Alternative, outcome: Outcome) -> str:
    if outcome.holds:
        return "held" if alternative.needs else "anonymous"
    if alternative.never:
        return f"can never be met: {alternative.never}"
    missing = (*outcome.missing_schemes, *outcome.missing_scopes, *outcome.missing_roles)
    return f"lacks {' + '.join(missing)}" if missing else outcome.note


def _addition(
    rule: Rule, smallest: Alternative | None, held: frozenset[Scope]
) -> tuple[Scope, ...]:
    """What to add to the scopes held, where that is another way than the smallest request."""
    if smallest is None or not held:
        return ()
    others = [
        (alternative, tuple(s for s in alternative.scopes if s not in held))
        for alternative in grantable_by_scopes(rule)
        if alternative is not smallest and not held.isdisjoint(alternative.scopes)
    ]
    return min((added for _, added in others), key=len, default=())


def _fewer(
    decision: Decision, smallest: Alternative | None, held: frozenset[Scope]
) -> tuple[Scope, ...] | None:
    if not decision.permits or smallest is None or len(smallest.scopes) >= len(held):
        return None
    return smallest.scopes
