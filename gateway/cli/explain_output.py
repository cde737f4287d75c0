"""An explanation as lines for people and as JSON for machines."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gateway.cli.suppose import Supposed
from gateway.cli.talk import as_called
from gateway.cli.token_lines import token_lines
from gateway.model import Reason
from gateway.policy.explain import ExplainedAlternative, Explanation
from gateway.policy.rules import Alternative, Policy, Rule
from gateway.spec.model import OperationKey, Scope, SecuritySource

_ASK_WIDTH = 28


@dataclass(frozen=True, slots=True)
class Question:
    """The request asked about, as it was typed."""

    method: str
    path: str
    operation: OperationKey
    #: `call` can make tokens for it: its bearer schemes trust our own token service
    is_callable: bool = True

    @property
    def request(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"


def explanation_lines(
    question: Question, supposed: Supposed, explanation: Explanation, *, policy: Policy
) -> Iterator[str]:
    """The lines that a person reads; piped, they are the same."""
    yield f"{question.request}{supposed.told}: {_verdict(explanation, policy)}"
    if question.request != question.operation:
        yield f"  the operation is {question.operation}"
    yield from token_lines(supposed.token)
    yield from _alternative_lines(explanation)
    then = supposed.token.then
    if then is not None and then.matched is not None:
        alternative = policy.rules[question.operation].alternatives[then.matched - 1]
        yield _then_line(supposed.token.claimed, alternative)
    else:
        yield from _advice(question, explanation)


def explanation_json(
    question: Question, supposed: Supposed, explanation: Explanation, *, rule: Rule
) -> dict[str, Any]:
    """The same for machines."""
    decision = explanation.decision
    return {
        "request": {"method": question.method, "path": question.path},
        "operation": question.operation,
        "effect": decision.effect.value,
        "status": explanation.status,
        "reason": decision.reason.value,
        "fault": decision.fault.value if decision.fault else None,
        "matched": decision.matched,
        "source": rule.source.value,
        "origin": str(rule.origin),
        "policy": decision.policy,
        "alternatives": [
            _alternative_json(explained, rule, explanation)
            for explained in explanation.alternatives
        ],
        "ask": None if explanation.ask is None else list(explanation.ask),
        "challenge_scope": next(
            (" ".join(c.scopes) for c in decision.challenges if c.scopes), None
        ),
        "error": next((c.error for c in decision.challenges if c.error), None),
        "checks": {
            scheme: [asdict(check) for check in examined.checks]
            for scheme, examined in supposed.token.examined.items()
        },
    }


def _alternative_json(
    explained: ExplainedAlternative, rule: Rule, explanation: Explanation
) -> dict[str, Any]:
    alternative = rule.alternatives[explained.index - 1]
    outcome = explanation.decision.outcomes[explained.index - 1]
    needs: Mapping[str, Any] = {
        need.scheme: {"scopes": list(need.scopes), "roles": list(need.roles)}
        for need in alternative.needs
    }
    return {
        "index": explained.index,
        "needs": needs,
        "holds": explained.holds,
        "lacks": {
            "schemes": list(outcome.missing_schemes),
            "scopes": list(outcome.missing_scopes),
            "roles": list(outcome.missing_roles),
        },
        "note": outcome.note,
        "origin": str(explained.origin),
    }


def _verdict(explanation: Explanation, policy: Policy) -> str:
    decision = explanation.decision
    rule = policy.rules[decision.operation]
    match decision.reason:
        case Reason.MATCHED | Reason.ANONYMOUS:
            origin = rule.alternatives[(decision.matched or 1) - 1].origin.short
            as_nobody = " as anonymous" if decision.reason is Reason.ANONYMOUS else ""
            return f"allowed{as_nobody} by alternative {decision.matched} ({origin})"
        case Reason.PUBLIC if rule.source is SecuritySource.ABSENT:
            return f"allowed, it declares no security ({rule.origin.short})"
        case Reason.PUBLIC:
            return f"allowed, public on purpose ({rule.origin.short})"
        case Reason.UNDECLARED_SECURITY:
            return f"denied, {explanation.status}: it declares no security ({rule.origin.short})"
        case Reason.NO_CREDENTIAL:
            return f"denied, {explanation.status}: nothing was presented that it takes"
        case Reason.INVALID_CREDENTIAL:
            scheme = policy.schemes[decision.challenges[0].scheme]
            place = f"scheme {scheme.name}, {scheme.origin.short}"
            return f"denied, {explanation.status} invalid_token ({place})"
        case Reason.UNCHECKABLE:
            return "not proven, the signature of the token was not checked"
        case reason:
            return f"denied, {explanation.status} {reason.value}"


def _then_line(claimed: Sequence[Scope], alternative: Alternative) -> str:
    """What the token would open, were it valid."""
    asked = " + ".join(alternative.scopes) or "no scope"
    told = f'"{" ".join(claimed)}" would pass alternative {alternative.index} ({asked})'
    return f"  then  {'scope':<10} {told}"


def _alternative_lines(explanation: Explanation) -> Iterator[str]:
    """Each alternative with what it lacks; with its line where the request is denied."""
    alternatives = explanation.alternatives
    wanted = max((len(a.wanted) for a in alternatives), default=0)
    verdict = max((len(a.verdict) for a in alternatives), default=0)
    for a in alternatives:
        place = "" if explanation.decision.permits else a.origin.short
        yield f"  {a.index}  {a.wanted:<{wanted}}   {a.verdict:<{verdict}}   {place}".rstrip()


def _advice(question: Question, explanation: Explanation) -> Iterator[str]:
    if explanation.fewer is not None:
        yield f"fewer scopes that pass: {' '.join(explanation.fewer) or 'none, without a token'}"
    if explanation.ask is None:
        return
    ask = " ".join(explanation.ask)
    other = f"(or add {' + '.join(explanation.add)} to what you have)" if explanation.add else ""
    yield f"ask for  {f'scope={ask}':<{_ASK_WIDTH}} {other}".rstrip()
    if not question.is_callable:
        return
    call = f"call {question.method} {shlex.quote(question.path)} --scope {shlex.quote(ask)}"
    yield f"try      {as_called()} {call}"
