"""What opens a set of operations at the least: scopes, and what scopes cannot replace."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from math import prod
from types import MappingProxyType
from typing import assert_never

from gateway.policy.branching import MOST_EQUALS
from gateway.policy.compile import takes_bearer_token
from gateway.policy.rules import Binding, Policy, Rule
from gateway.policy.solve import Atom, AtomKind, Way, antichain, atoms_of, minimal_sets
from gateway.policy.unions import LeastUnions, least_unions
from gateway.spec.model import OperationKey, SchemeName, Scope

#: a key, certificate, password or role outweighs any number of scopes, a scope any number of tokens
_OTHER, _SCOPE, _TOKEN = 1 << 40, 1 << 20, 1


@dataclass(frozen=True, slots=True)
class LeastAccess:
    """What one caller needs to call all of some operations; the least there is."""

    #: scheme -> the scopes that its token must hold, in the order the operations name them
    tokens: Mapping[SchemeName, tuple[Scope, ...]]
    #: scheme -> roles, of the schemes that no scope replaces and of tokens that need roles
    others: Mapping[SchemeName, tuple[str, ...]]

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """All scopes of all tokens, each once."""
        return tuple(dict.fromkeys(s for scopes in self.tokens.values() for s in scopes))


@dataclass(frozen=True, slots=True)
class LeastAccesses:
    """Every answer that is as small as the smallest, unless it says otherwise."""

    answers: tuple[LeastAccess, ...]
    #: how many there are; more than `answers` has where there are very many
    total: int
    #: there may be more than `total`
    has_more: bool
    #: nothing smaller exists; else the search was cut short
    is_proven: bool
    #: operations that nobody can call, whatever he holds; the answers leave them out
    closed: tuple[OperationKey, ...]


def least_access(
    policy: Policy, operations: Iterable[OperationKey], *, held: Collection[Atom] = ()
) -> LeastAccesses:
    """The smallest access that opens all operations; `held` is had already and costs nothing.

    Smallest: the fewest keys, certificates, passwords and roles, then the fewest scopes, then the
    fewest tokens. Schemes that accept the same token count as one.
    """
    spoken = _spoken(policy)
    had = frozenset(replace(a, scheme=spoken.get(a.scheme, a.scheme)) for a in held)
    rules = [policy.rules[operation] for operation in dict.fromkeys(operations)]
    ways = {
        rule.operation: antichain(
            [way - had for way in minimal_sets(rule, grantable_only=True, speaks_as=spoken)]
        )
        for rule in rules
    }
    choices = [found for found in ways.values() if found]
    order = _in_order_named(rules, spoken)
    unions = least_unions(choices, {atom: _weight(policy, atom) for atom in order})
    return LeastAccesses(
        answers=tuple(_access(policy, union, order) for union in _first_of(unions)),
        total=prod(len(part) for part in unions.parts),
        has_more=not unions.is_complete,
        is_proven=unions.is_proven,
        closed=tuple(operation for operation, found in ways.items() if not found),
    )


def _spoken(policy: Policy) -> Mapping[SchemeName, SchemeName]:
    """Each bearer scheme with the first one that accepts the same token."""
    first: dict[Binding, SchemeName] = {}
    bearers = [name for name in policy.schemes if _is_bearer(policy, name)]
    bound = {name: policy.bindings[name] for name in bearers if name in policy.bindings}
    return MappingProxyType(
        {name: first.setdefault(binding, name) for name, binding in bound.items()}
    )


def _in_order_named(
    rules: Iterable[Rule], spoken: Mapping[SchemeName, SchemeName]
) -> Sequence[Atom]:
    """Every atom of the rules, in the order in which they are first named."""
    return list(
        dict.fromkeys(
            replace(atom, scheme=spoken.get(atom.scheme, atom.scheme))
            for rule in rules
            for alternative in rule.alternatives
            for atom in atoms_of(alternative)
        )
    )


def _weight(policy: Policy, atom: Atom) -> int:
    if atom.kind is AtomKind.SCOPE:
        return _SCOPE
    is_token = atom.kind is AtomKind.CREDENTIAL and _is_bearer(policy, atom.scheme)
    return _TOKEN if is_token else _OTHER


def _is_bearer(policy: Policy, name: SchemeName) -> bool:
    return takes_bearer_token(policy.schemes[name])


def _first_of(unions: LeastUnions[Atom]) -> Iterable[Way]:
    for chosen in islice(product(*unions.parts), MOST_EQUALS):
        yield unions.fixed.union(*chosen)


def _access(policy: Policy, union: Way, order: Iterable[Atom]) -> LeastAccess:
    tokens: dict[SchemeName, list[Scope]] = {}
    others: dict[SchemeName, list[str]] = {}
    for atom in order:
        if atom not in union:
            continue
        match atom.kind:
            case AtomKind.SCOPE:
                tokens.setdefault(atom.scheme, []).append(Scope(atom.name))
            case AtomKind.ROLE:
                others.setdefault(atom.scheme, []).append(atom.name)
            case AtomKind.CREDENTIAL if _is_bearer(policy, atom.scheme):
                tokens.setdefault(atom.scheme, [])
            case AtomKind.CREDENTIAL:
                others.setdefault(atom.scheme, [])
            case _ as never:
                assert_never(never)
    return LeastAccess(
        tokens={name: tuple(scopes) for name, scopes in tokens.items()},
        others={name: tuple(roles) for name, roles in others.items()},
    )
