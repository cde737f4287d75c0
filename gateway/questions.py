"""A question about a request that was not sent: which operation it is, and how it would fare."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.errors import UsageError
from gateway.load import LoadedDocument
from gateway.model import Credentials, Decision, Principal, PrincipalKind, Proof, Proven
from gateway.policy.decide import decide
from gateway.policy.explain import ExplainedAlternative, Explanation, explain
from gateway.policy.rules import Rule
from gateway.routing.path import split_path
from gateway.routing.reserved import is_reserved
from gateway.routing.tree import MethodMissing, PathMissing, Route, Routed
from gateway.spec.model import OperationKey, SchemeName, Scope
from gateway.spec.nearest import nearest

#: whom a question takes the caller to be
SOMEBODY = Principal("supposed", "somebody", PrincipalKind.USER)
#: each check of a token, by the scheme that it was presented for
Checks = Mapping[SchemeName, Sequence[Mapping[str, Any]]]


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


def find_operation(loaded: LoadedDocument, method: str, path: str) -> Question:
    """The operation that answers a request; a method in lower case is taken for what it means.

    Raises UsageError saying why there is none.
    """
    segments = split_path(path.partition("?")[0].encode(errors="surrogateescape"))
    if segments is not None and is_reserved(segments, loaded.reserved):
        raise UsageError(f"{path} is a path of the gateway itself, never one of the document")
    route: Route = PathMissing()
    for spelling in dict.fromkeys((method, method.upper())):
        route = loaded.table.route_segments(spelling, segments) if segments else PathMissing()
        if isinstance(route, Routed):
            is_ours = _trusts_us_alone(loaded, route.operation)
            return Question(spelling, path, route.operation, is_callable=is_ours)
    raise UsageError(_why_none(loaded, route, method=method.upper(), path=path))


def suppose_scopes(loaded: LoadedDocument, scope: str | None) -> Mapping[SchemeName, Proof]:
    """A valid token of every bearer scheme with these scopes; None: nothing is presented."""
    if scope is None:
        return {}
    asked = frozenset(Scope(piece) for piece in scope.split(" ") if piece)
    return {name: Proven(SOMEBODY, asked) for name in loaded.trusts.bearers}


def explain_request(
    loaded: LoadedDocument, question: Question, proofs: Mapping[SchemeName, Proof]
) -> dict[str, Any]:
    """How the request would fare with these proofs, as JSON."""
    rule = loaded.policy.rules[question.operation]
    decision = decide(loaded.policy, question.operation, Credentials(proofs))
    held = (proof.scopes for proof in proofs.values() if isinstance(proof, Proven))
    explanation = explain(decision, rule, held=frozenset[Scope]().union(*held))
    return explanation_json(question, explanation, rule=rule)


def explanation_json(
    question: Question, explanation: Explanation, *, rule: Rule, checks: Checks | None = None
) -> dict[str, Any]:
    """An explanation for machines; without the `schema` that says by which agreement."""
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
            _alternative_json(explained, rule, decision) for explained in explanation.alternatives
        ],
        "ask": None if explanation.ask is None else list(explanation.ask),
        "challenge_scope": next(
            (" ".join(c.scopes) for c in decision.challenges if c.scopes), None
        ),
        "error": next((c.error for c in decision.challenges if c.error), None),
        "checks": checks or {},
    }


def _alternative_json(
    explained: ExplainedAlternative, rule: Rule, decision: Decision
) -> dict[str, Any]:
    alternative = rule.alternatives[explained.index - 1]
    outcome = decision.outcomes[explained.index - 1]
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


def _trusts_us_alone(loaded: LoadedDocument, operation: OperationKey) -> bool:
    named = set(loaded.policy.rules[operation].schemes)
    return named & loaded.trusts.bearers.keys() <= loaded.trusts.embedded


def _why_none(loaded: LoadedDocument, route: Route, *, method: str, path: str) -> str:
    match route:
        case MethodMissing(allow, is_options=True):
            return f"{path} declares no OPTIONS; it is answered with Allow: {', '.join(allow)}"
        case MethodMissing(allow):
            return f"{path} has no method {method}; it has {', '.join(allow)}"
        case PathMissing(near) if near:
            return f"no operation is at {path}; did you mean `{near}`?"
    base = loaded.description.base_path
    paths = {base + operation.path for operation in loaded.description.operations}
    near = nearest(path, paths)
    return f"no operation is at {path}" + (f"; did you mean `{near}`?" if near else "")
