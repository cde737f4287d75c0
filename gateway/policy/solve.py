"""The smallest scope sets: what to ask for so that an operation opens."""

from collections.abc import Sequence

from gateway.policy.rules import Alternative, Rule


def smallest_request(rule: Rule) -> Alternative | None:
    """The grantable alternative with the fewest scopes, the earliest of equals; else None."""
    candidates = grantable_by_scopes(rule)
    return min(candidates, key=lambda alternative: len(alternative.scopes), default=None)


def grantable_by_scopes(rule: Rule) -> Sequence[Alternative]:
    """The alternatives that some scope request opens: tokens are all they take."""
    return [a for a in rule.alternatives if a.is_grantable and a.opens_by_scopes]
