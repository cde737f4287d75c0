"""The smallest sets: what opens an operation, and what to ask for so that it opens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from gateway.policy.rules import Alternative, Rule
from gateway.spec.model import SchemeName


class AtomKind(StrEnum):
    """What an atom asks for."""

    CREDENTIAL = "credential"
    SCOPE = "scope"
    ROLE = "role"


@dataclass(frozen=True, slots=True, order=True)
class Atom:
    """One thing that a caller must have: a valid credential of a scheme, or a name it must hold.

    A way that asks for a scope or a role of a scheme holds the atom of its credential too.
    """

    scheme: SchemeName
    kind: AtomKind = AtomKind.CREDENTIAL
    #: the scope or the role
    name: str = ""


#: all that a caller must have at once; the empty way opens to everyone
Way = frozenset[Atom]

_EACH_FOR_ITSELF: Mapping[SchemeName, SchemeName] = MappingProxyType({})


def minimal_sets(
    rule: Rule,
    *,
    grantable_only: bool = False,
    speaks_as: Mapping[SchemeName, SchemeName] = _EACH_FOR_ITSELF,
) -> tuple[Way, ...]:
    """The antichain of what opens an operation, in the order written: none contains another.

    Public: the empty way alone. Nothing can open it: no way. `grantable_only` leaves out what
    asks for scopes that no client can be granted. `speaks_as` names, for schemes that one and the
    same credential proves, the one that stands for all of them.
    """
    if rule.is_public:
        return (frozenset(),)
    alternatives = (
        a for a in rule.alternatives if (a.is_grantable if grantable_only else a.can_be_met)
    )
    return antichain([way_of(alternative, speaks_as=speaks_as) for alternative in alternatives])


def way_of(
    alternative: Alternative, *, speaks_as: Mapping[SchemeName, SchemeName] = _EACH_FOR_ITSELF
) -> Way:
    """All that an alternative asks for."""
    atoms = atoms_of(alternative)
    return frozenset(replace(a, scheme=speaks_as.get(a.scheme, a.scheme)) for a in atoms)


def atoms_of(alternative: Alternative) -> Iterator[Atom]:
    """All that an alternative asks for, in the order written."""
    for need in alternative.needs:
        yield Atom(need.scheme)
        yield from (Atom(need.scheme, AtomKind.SCOPE, scope) for scope in need.scopes)
        yield from (Atom(need.scheme, AtomKind.ROLE, role) for role in need.roles)


def antichain(ways: Sequence[Way]) -> tuple[Way, ...]:
    """Those ways that contain no other, each once, in the order given."""
    distinct = tuple(dict.fromkeys(ways))
    return tuple(way for way in distinct if not any(other < way for other in distinct))


def smallest_request(rule: Rule) -> Alternative | None:
    """The grantable alternative with the fewest scopes, the earliest of equals; else None."""
    candidates = grantable_by_scopes(rule)
    return min(candidates, key=lambda alternative: len(alternative.scopes), default=None)


def grantable_by_scopes(rule: Rule) -> Sequence[Alternative]:
    """The alternatives that some scope request opens: tokens are all they take."""
    return [a for a in rule.alternatives if a.is_grantable and a.opens_by_scopes]
