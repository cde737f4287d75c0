"""Policy, operation and proven credentials in; a Decision out: semantics, section 1 and 3.

INVARIANT: `decide` is total and pure. It never raises, and what no line permits is denied.
"""

from collections.abc import Sequence

from gateway.model import (
    Challenge,
    Credentials,
    Decision,
    Effect,
    Outcome,
    Principal,
    PrincipalKind,
    Proven,
    Reason,
    Refused,
    Uncheckable,
)
from gateway.policy.rules import Alternative, Policy, Rule
from gateway.spec.model import OperationKey, SchemeName, Scope

_FLAWED = (Refused, Uncheckable)
#: notes of an Outcome whose schemes are all proven
DIFFERENT_USERS = "its credentials prove different users"
CSRF = "a cookie alone cannot change anything: the CSRF token is missing or wrong"


def decide(policy: Policy, operation: OperationKey, credentials: Credentials) -> Decision:
    """Decide one request; the operation is a key of the policy, anything else is denied."""
    rule = policy.rules.get(operation)
    if rule is None:
        return Decision(Effect.DENY, Reason.UNKNOWN_OPERATION, operation, policy.digest)
    if rule.is_public:
        return Decision(Effect.PERMIT, Reason.PUBLIC, operation, policy.digest)
    if not rule.alternatives:
        shown = _shown(rule, credentials)
        return Decision(
            Effect.DENY,
            Reason.UNDECLARED_SECURITY,
            operation,
            policy.digest,
            held=_held(shown),
            shown=shown,
        )
    flaw = _flaw(policy, rule, credentials)
    return flaw or _weigh(policy, rule, credentials)


def _flaw(policy: Policy, rule: Rule, credentials: Credentials) -> Decision | None:
    """The denial due to a credential that is wrong in itself, whatever the alternatives say."""
    if credentials.fault is not None:
        return Decision(
            Effect.DENY,
            Reason.INVALID_REQUEST,
            rule.operation,
            policy.digest,
            challenges=_challenges(policy, rule, error="invalid_request"),
            request_fault=credentials.fault,
        )
    presented = [(name, credentials.proofs.get(name)) for name in rule.schemes]
    if not [proof for _, proof in presented if isinstance(proof, _FLAWED)]:
        return None
    waits = [proof.retry_after for _, proof in presented if isinstance(proof, Uncheckable)]
    if waits:
        return Decision(
            Effect.DENY,
            Reason.UNCHECKABLE,
            rule.operation,
            policy.digest,
            retry_after=max(waits),
        )
    refused = {name: proof.fault for name, proof in presented if isinstance(proof, Refused)}
    return Decision(
        Effect.DENY,
        Reason.INVALID_CREDENTIAL,
        rule.operation,
        policy.digest,
        challenges=_challenges(policy, rule, error="invalid_token", only=tuple(refused)),
        fault=next(iter(refused.values())),
    )


def _weigh(policy: Policy, rule: Rule, credentials: Credentials) -> Decision:
    """Permit by the first alternative that holds, else say what the best of them lacks."""
    outcomes = {a.index: _fare(a, credentials, is_unsafe=rule.is_unsafe) for a in rule.trials}
    written = tuple(outcomes[alternative.index] for alternative in rule.alternatives)
    for alternative in rule.trials:
        if outcomes[alternative.index].holds:
            return _permit(policy, rule, alternative, credentials, written)
    return _deny(policy, rule, credentials, written)


def _permit(
    policy: Policy,
    rule: Rule,
    alternative: Alternative,
    credentials: Credentials,
    outcomes: tuple[Outcome, ...],
) -> Decision:
    proven = _proven(alternative, credentials)
    return Decision(
        Effect.PERMIT,
        Reason.MATCHED if alternative.needs else Reason.ANONYMOUS,
        rule.operation,
        policy.digest,
        matched=alternative.index,
        principal=_principal(proven),
        proven=proven,
        outcomes=outcomes,
    )


def _deny(
    policy: Policy, rule: Rule, credentials: Credentials, outcomes: tuple[Outcome, ...]
) -> Decision:
    reason = _reason(rule, outcomes)
    shown = _shown(rule, credentials)
    match reason:
        case Reason.INSUFFICIENT_SCOPE:
            challenges = _scope_challenges(policy, rule, outcomes)
        case Reason.NO_CREDENTIAL:
            challenges = _challenges(policy, rule, only=_still_missing(rule, outcomes))
        case _:
            challenges = ()
    return Decision(
        Effect.DENY,
        reason,
        rule.operation,
        policy.digest,
        outcomes=outcomes,
        challenges=challenges,
        held=_held(shown),
        shown=shown,
    )


def _shown(rule: Rule, credentials: Credentials) -> tuple[tuple[SchemeName, Proven], ...]:
    proofs = ((name, credentials.proofs.get(name)) for name in rule.schemes)
    return tuple((name, proof) for name, proof in proofs if isinstance(proof, Proven))


def _held(shown: Sequence[tuple[SchemeName, Proven]]) -> tuple[Scope, ...]:
    return tuple(sorted(frozenset[Scope]().union(*(proof.scopes for _, proof in shown))))


def _reason(rule: Rule, outcomes: Sequence[Outcome]) -> Reason:
    complete = [
        outcome
        for outcome, alternative in zip(outcomes, rule.alternatives, strict=True)
        if not outcome.missing_schemes and not alternative.unmet
    ]
    if any(outcome.missing_scopes or outcome.missing_roles for outcome in complete):
        return Reason.INSUFFICIENT_SCOPE
    if any(outcome.note == CSRF for outcome in complete):
        return Reason.CSRF
    if complete:
        return Reason.DIFFERENT_USERS
    return Reason.NO_CREDENTIAL


def _fare(alternative: Alternative, credentials: Credentials, *, is_unsafe: bool) -> Outcome:
    """How one alternative fares against valid credentials."""
    if alternative.unmet:
        return Outcome(alternative.index, holds=False, note=alternative.unmet)
    missing_schemes: list[SchemeName] = []
    missing_scopes: list[Scope] = []
    missing_roles: list[str] = []
    proofs, impossible = credentials.proofs, alternative.impossible
    for need in alternative.needs:
        proof = proofs.get(need.scheme)
        if not isinstance(proof, Proven):
            missing_schemes.append(need.scheme)
            continue
        for scope in need.scopes:
            if scope not in proof.scopes or scope in impossible:
                missing_scopes.append(scope)
        for role in need.roles:
            if role not in proof.roles:
                missing_roles.append(role)
    if missing_schemes or missing_scopes or missing_roles:
        return Outcome(
            alternative.index,
            False,
            tuple(missing_schemes),
            tuple(dict.fromkeys(missing_scopes)),
            tuple(dict.fromkeys(missing_roles)),
        )
    note = _objection(alternative, credentials, is_unsafe=is_unsafe)
    return Outcome(alternative.index, not note, note=note)


def _objection(alternative: Alternative, credentials: Credentials, *, is_unsafe: bool) -> str:
    if not is_unsafe and len(alternative.needs) <= 1:
        return ""  # one credential is of one user, and changes nothing
    proven = _proven(alternative, credentials)
    users = {p.principal for p in proven if p.principal.kind is PrincipalKind.USER}
    if len(users) > 1:
        return DIFFERENT_USERS
    by_cookie_alone = alternative.rests_on_cookie or (proven and all(p.by_cookie for p in proven))
    if is_unsafe and by_cookie_alone and not all(p.csrf_proven for p in proven):
        return CSRF
    return ""


def _proven(alternative: Alternative, credentials: Credentials) -> tuple[Proven, ...]:
    proofs = [credentials.proofs.get(need.scheme) for need in alternative.needs]
    return tuple([proof for proof in proofs if isinstance(proof, Proven)])


def _principal(proven: Sequence[Proven]) -> Principal | None:
    """The user if one was proven, else the first credential's principal."""
    for proof in proven:
        if proof.principal.kind is PrincipalKind.USER:
            return proof.principal
    return proven[0].principal if proven else None


def _still_missing(rule: Rule, outcomes: Sequence[Outcome]) -> tuple[SchemeName, ...]:
    missing = {scheme for outcome in outcomes for scheme in outcome.missing_schemes}
    return tuple(scheme for scheme in rule.schemes if scheme in missing)


def _challenges(
    policy: Policy, rule: Rule, *, error: str | None = None, only: tuple[SchemeName, ...] = ()
) -> tuple[Challenge, ...]:
    """One challenge a scheme: of those that can be met, or of all named where none can."""
    schemes = only or rule.schemes
    answerable = tuple(name for name in schemes if name in rule.satisfiable) or schemes
    return tuple(
        Challenge(name, error, scopes=() if error else _cheapest_for(policy, rule, name))
        for name in answerable
    )


def _cheapest_for(policy: Policy, rule: Rule, scheme: SchemeName) -> tuple[Scope, ...]:
    """The fewest scopes that a token for the scheme must hold under a grantable alternative."""
    if scheme not in policy.bindings:
        return ()
    candidates = [
        _scopes_of_token(policy, alternative, scheme)
        for alternative in rule.alternatives
        if alternative.is_grantable and any(need.scheme == scheme for need in alternative.needs)
    ]
    return min(candidates, key=len, default=())


def _scope_challenges(
    policy: Policy, rule: Rule, outcomes: Sequence[Outcome]
) -> tuple[Challenge, ...]:
    """Ask for the alternative that lacks the fewest among those wholly grantable."""
    complete = [
        (alternative, outcome)
        for alternative, outcome in zip(rule.alternatives, outcomes, strict=True)
        if outcome.missing_scopes or outcome.missing_roles
        if not outcome.missing_schemes
    ]
    useful = [(a, o) for a, o in complete if a.is_grantable and not o.missing_roles]
    chosen, lacking = min(useful, key=lambda pair: len(pair[1].missing_scopes), default=complete[0])
    cheapest = chosen if useful else None
    missing = {*lacking.missing_scopes, *lacking.missing_roles}
    return tuple(
        Challenge(
            need.scheme, "insufficient_scope", _scopes_of_token(policy, cheapest, need.scheme)
        )
        for need in chosen.needs
        if not missing.isdisjoint((*need.scopes, *need.roles))
    )


def _scopes_of_token(
    policy: Policy, alternative: Alternative | None, scheme: SchemeName
) -> tuple[Scope, ...]:
    """All scopes that the one token for a scheme must hold under an alternative."""
    if alternative is None:
        return ()
    binding = policy.bindings[scheme]
    scopes = (
        s for n in alternative.needs if policy.bindings[n.scheme] == binding for s in n.scopes
    )
    return tuple(dict.fromkeys(scopes))
