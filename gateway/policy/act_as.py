"""What opens for somebody who holds certain things: sets to compare, and the comparison itself.

Where one credential proves several schemes, what it holds counts for all of them. Whoever holds a
scope or a role of a scheme has a credential of it. One person presents all that is held.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from gateway.policy.rules import Alternative, Binding, Policy, Rule
from gateway.policy.solve import Atom, AtomKind, Way, antichain, atoms_of, way_of
from gateway.spec.model import OperationKey, SchemeName


@dataclass(frozen=True, slots=True)
class OpenWay:
    """One way to open an operation."""

    #: what to hold, in the order written; a credential only where nothing else of it is asked for
    atoms: tuple[Atom, ...]
    #: some client can be granted all of it
    is_grantable: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an operation opens, else the least that is missing; both empty: nobody can."""

    opens: bool
    #: in the order written
    missing: tuple[Atom, ...] = ()
    #: some client can be granted all that is missing
    is_grantable: bool = True


@dataclass(frozen=True, slots=True)
class Openings:
    """The ways to open each operation, none of which holds another one."""

    ways: Mapping[OperationKey, tuple[OpenWay, ...]]
    #: for schemes that one credential proves, the one that stands for all of them
    speaks_as: Mapping[SchemeName, SchemeName]

    def told(self, atom: Atom) -> Atom:
        """An atom as the ways have it."""
        return replace(atom, scheme=self.speaks_as.get(atom.scheme, atom.scheme))

    def held(self, atoms: Iterable[Atom]) -> frozenset[Atom]:
        """All that somebody holds who has these."""
        told = {self.told(atom) for atom in atoms}
        return frozenset(told | {Atom(atom.scheme) for atom in told})


def openings_of(policy: Policy) -> Openings:
    """What opens each operation of a policy."""
    speaks_as = _speakers(policy.bindings)
    ways = {key: tuple(_ways(rule, speaks_as)) for key, rule in policy.rules.items()}
    return Openings(MappingProxyType(ways), speaks_as)


def verdict_of(ways: Collection[OpenWay], held: Collection[Atom]) -> Verdict:
    """Compare; the least that is missing is of a way that can be granted, if there is one."""
    lacks = [(way, tuple(atom for atom in way.atoms if atom not in held)) for way in ways]
    if any(not missing for _, missing in lacks):
        return Verdict(opens=True)
    useful = [pair for pair in lacks if pair[0].is_grantable] or lacks
    if not useful:
        return Verdict(opens=False)
    way, missing = min(useful, key=lambda pair: len(pair[1]))
    return Verdict(opens=False, missing=missing, is_grantable=way.is_grantable)


def _speakers(bindings: Mapping[SchemeName, Binding]) -> Mapping[SchemeName, SchemeName]:
    first: dict[Binding, SchemeName] = {}
    return MappingProxyType(
        {name: first.setdefault(binding, name) for name, binding in bindings.items()}
    )


def _ways(rule: Rule, speaks_as: Mapping[SchemeName, SchemeName]) -> Iterable[OpenWay]:
    if rule.is_public:
        return [OpenWay((), is_grantable=True)]
    first: dict[Way, Alternative] = {}
    for alternative in rule.alternatives:
        if alternative.can_be_met:
            first.setdefault(way_of(alternative, speaks_as=speaks_as), alternative)
    return [_open_way(first[way], speaks_as) for way in antichain(tuple(first))]


def _open_way(alternative: Alternative, speaks_as: Mapping[SchemeName, SchemeName]) -> OpenWay:
    atoms = dict.fromkeys(
        replace(a, scheme=speaks_as.get(a.scheme, a.scheme)) for a in atoms_of(alternative)
    )
    named = {atom.scheme for atom in atoms if atom.kind is not AtomKind.CREDENTIAL}
    kept = (a for a in atoms if a.kind is not AtomKind.CREDENTIAL or a.scheme not in named)
    return OpenWay(tuple(kept), alternative.is_grantable)
