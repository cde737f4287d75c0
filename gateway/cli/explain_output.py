"""An explanation as lines for people and as JSON for machines."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from gateway.cli.shown_token import ShownToken
from gateway.cli.suppose import Supposed
from gateway.cli.talk import as_called
from gateway.cli.token_lines import token_lines
from gateway.model import Reason
from gateway.policy.explain import Explanation
from gateway.policy.rules import Alternative, Policy
from gateway.questions import Checks, Question
from gateway.spec.model import Scope, SecuritySource

_ASK_WIDTH = 28


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


def checks_json(token: ShownToken) -> Checks:
    """The checks of a token for machines."""
    return {
        scheme: [asdict(check) for check in examined.checks]
        for scheme, examined in token.examined.items()
    }


def _verdict(explanation: Explanation, policy: Policy) -> str:
    decision = explanation.decision
    rule = policy.rules[decision.operation]
    match decision.reason:
        case Reason.MATCHED | Reason.ANONYMOUS:
            matched = rule.alternatives[(decision.matched or 1) - 1]
            origin = rule.origin_of(matched).short
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
