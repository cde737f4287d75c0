"""Who gets in: what each alternative that can be met asks for, compared as sets."""

from collections.abc import Iterable

from gateway.policy.rules import Alternative, Rule
from gateway.spec.model import SchemeName

#: schemes with the scopes and roles to hold; empty: nothing at all is asked for
Opening = frozenset[tuple[SchemeName, frozenset[str]]]


def opening_of(alternative: Alternative) -> Opening:
    """What one alternative asks for, order and repeats left out."""
    return frozenset(
        (need.scheme, frozenset((*need.scopes, *need.roles))) for need in alternative.needs
    )


def asks_no_more(less: Opening, more: Opening) -> bool:
    """Whether whoever holds `more` holds `less` too."""
    held = dict(more)
    return all(scheme in held and names <= held[scheme] for scheme, names in less)


def openings_of(rule: Rule) -> frozenset[Opening]:
    """The least that opens an operation, each way once; nothing opens one without any."""
    if rule.is_public:
        return frozenset({frozenset()})
    found = {opening_of(a) for a in rule.alternatives if a.is_grantable}
    return frozenset(
        opening
        for opening in found
        if not any(other != opening and asks_no_more(other, opening) for other in found)
    )


def opens_to_others(rule: Rule, than: Rule) -> bool:
    """Whether somebody may use the one operation and not the other."""
    others = openings_of(than)
    return any(not _passes(opening, others) for opening in openings_of(rule))


def _passes(opening: Opening, openings: Iterable[Opening]) -> bool:
    return any(asks_no_more(other, opening) for other in openings)
