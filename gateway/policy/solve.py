"""The smallest scope sets: what to ask for so that an operation opens."""

from collections.abc import Iterable

from gateway.policy.rules import Alternative, Rule
from gateway.spec.model import Scope


def smallest_request(rule: Rule) -> Alternative | None:
    """The grantable alternative with the fewest scopes, the earliest of equals; else None.

    Alternatives that ask for a role are left out: no scope request opens them.
    """
    return min(
        _by_scopes_alone(rule), key=lambda alternative: len(alternative.scopes), default=None
    )


def cheapest_addition(rule: Rule, held: frozenset[Scope]) -> tuple[Alternative, tuple[Scope, ...]]:
    """The grantable alternative that needs the fewest scopes more than those held, and which.

    Raises ValueError where no alternative can be had by scopes alone.
    """
    additions = [
        (alternative, tuple(scope for scope in alternative.scopes if scope not in held))
        for alternative in _by_scopes_alone(rule)
    ]
    return min(additions, key=lambda pair: len(pair[1]))


def _by_scopes_alone(rule: Rule) -> Iterable[Alternative]:
    return [
        alternative
        for alternative in rule.alternatives
        if alternative.is_grantable and not any(need.roles for need in alternative.needs)
    ]
