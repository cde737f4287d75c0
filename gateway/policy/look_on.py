"""A policy to look on with: it decides alike, and sees what callers hold where none is asked."""

from dataclasses import replace

from gateway.policy.rules import Policy, Rule
from gateway.spec.model import SchemeKind, SchemeName, SecuritySource

_SCOPED = frozenset({SchemeKind.OAUTH2, SchemeKind.OPENID_CONNECT, SchemeKind.HTTP_BEARER})


def look_on(policy: Policy) -> Policy:
    """The policy, with the bound bearer schemes named where nobody declares security.

    Such an operation is denied all the same, so its digest is the same too; but the decision shows
    whose tokens came, from which `scopegate suggest` tells what could be declared.
    """
    bearers = tuple(
        name
        for name, scheme in policy.schemes.items()
        if scheme.kind in _SCOPED and name in policy.bindings
    )
    return replace(policy, rules={k: _seeing(r, bearers) for k, r in policy.rules.items()})


def _seeing(rule: Rule, bearers: tuple[SchemeName, ...]) -> Rule:
    is_undeclared = rule.source is SecuritySource.ABSENT and not rule.is_public
    return replace(rule, schemes=bearers) if is_undeclared else rule
