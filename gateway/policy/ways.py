"""What opens an operation: the fewest things to hold, whichever document says so."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, NewType

from gateway.errors import Origin
from gateway.policy.compile import grantable_by_scheme
from gateway.policy.rules import Alternative, Need, Policy, Rule
from gateway.spec.model import ApiDescription, SchemeName, Scope, SecuritySource

#: a kind of credential that two documents agree on, however each of them names its scheme
Credential = NewType("Credential", str)


class Word(StrEnum):
    """What a name beside a credential is; a bare credential has none."""

    BARE = ""
    SCOPE = "scope"
    ROLE = "role"


class Hold(NamedTuple):
    """One thing to hold: a credential, or one name that it must carry."""

    credential: Credential
    word: Word = Word.BARE
    name: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One minimal way to open an operation; without holds anyone may."""

    holds: frozenset[Hold]
    #: as its document writes it; None: nothing is asked for, and nothing presented is looked at
    alternative: Alternative | None
    origin: Origin
    source: SecuritySource

    @property
    def needs(self) -> tuple[Need, ...]:
        """The schemes of it, in the order written; () for anyone."""
        return () if self.alternative is None else self.alternative.needs

    @property
    def is_open(self) -> bool:
        """Whether nothing at all has to be presented."""
        return not self.holds

    def covers(self, other: "Way") -> bool:
        """Whether whoever holds enough for `other` holds enough for this one."""
        return self.holds <= other.holds


@dataclass(frozen=True, slots=True)
class Side:
    """One of two documents that are compared."""

    description: ApiDescription
    policy: Policy
    credentials: Mapping[SchemeName, Credential]
    #: schemes whose scopes are granted elsewhere, whatever the document declares
    foreign: frozenset[SchemeName]
    #: for each scheme what the document lets be granted
    declared: Mapping[SchemeName, frozenset[Scope]]


def side_of(
    description: ApiDescription,
    policy: Policy,
    *,
    credentials: Mapping[SchemeName, Credential],
    foreign: Collection[SchemeName] = (),
) -> Side:
    """Make a side, with what its document declares."""
    declared = grantable_by_scheme(description, policy.bindings)
    return Side(description, policy, credentials, frozenset(foreign), declared)


def ways_of(rule: Rule, side: Side) -> tuple[Way, ...]:
    """The minimal ways to open an operation, those with the fewest holds first; (): nobody can."""
    if rule.is_public:
        return (Way(frozenset(), None, rule.origin, rule.source),)
    live = (a for a in rule.alternatives if is_live(a, side))
    return minimal(Way(holds_of(a, side), a, rule.origin_of(a), rule.source) for a in live)


def is_live(alternative: Alternative, side: Side) -> bool:
    """Whether somebody can be granted all that an alternative asks for."""
    return alternative.can_be_met and all(
        need.scheme in side.foreign or side.declared[need.scheme].issuperset(need.scopes)
        for need in alternative.needs
    )


def minimal(ways: Iterable[Way]) -> tuple[Way, ...]:
    """Leave out each way that another one covers; of equals the first stays."""
    kept: list[Way] = []
    for way in sorted(ways, key=lambda way: len(way.holds)):
        if not any(other.covers(way) for other in kept):
            kept.append(way)
    return tuple(kept)


def uncovered(ways: Sequence[Way], by: Sequence[Way]) -> tuple[Way, ...]:
    """The ways that no way of `by` covers: who goes one of them does not pass by the others."""
    return tuple(way for way in ways if not any(other.covers(way) for other in by))


def holds_of(alternative: Alternative, side: Side) -> frozenset[Hold]:
    """All that an alternative asks for."""
    return frozenset(hold for need in alternative.needs for hold in _need_holds(need, side))


def _need_holds(need: Need, side: Side) -> Iterable[Hold]:
    credential = side.credentials[need.scheme]
    yield Hold(credential)
    yield from (Hold(credential, Word.SCOPE, scope) for scope in need.scopes)
    yield from (Hold(credential, Word.ROLE, role) for role in need.roles)
