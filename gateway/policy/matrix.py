"""Operations against what opens them: a table of marks that every rendering prints."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from gateway.policy.compile import declared_scopes
from gateway.policy.rules import Alternative, Policy, Rule
from gateway.policy.solve import Atom, AtomKind
from gateway.spec.model import ApiDescription, Operation, SchemeName, SecuritySource


class Standing(StrEnum):
    """What is to be said of an operation before any scope."""

    #: the marks say it all
    GUARDED = ""
    PUBLIC = "public"
    #: `{}` admits whoever presents nothing wrong
    OPTIONAL = "optional"
    #: nobody said anything: denied, or public by the setting
    UNDECLARED_DENIED = "undeclared: denied"
    UNDECLARED_PUBLIC = "undeclared: public"
    #: none of its alternatives can be met by anyone
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Column:
    """A scope, a role, or the credential of a scheme that is asked for without either."""

    atom: Atom
    #: unique in its table
    label: str


@dataclass(frozen=True, slots=True)
class Part:
    """What a column is to one alternative of an operation."""

    #: the alternative's place in the list as written, from 1
    alternative: int
    #: it is all that the alternative asks for
    is_alone: bool
    #: no client can get it
    is_dead: bool

    @property
    def mark(self) -> str:
        """`x` alone, else the number that all of an alternative share; `!` if it is dead."""
        return f"{'x' if self.is_alone else self.alternative}{'!' if self.is_dead else ''}"


@dataclass(frozen=True, slots=True)
class Row:
    """One operation."""

    operation: Operation
    standing: Standing
    #: column's atom -> its parts, in the order of the alternatives
    parts: Mapping[Atom, Sequence[Part]]

    def mark(self, column: Column) -> str:
        """The text of one cell; parts of several alternatives are separated by commas."""
        return ",".join(dict.fromkeys(part.mark for part in self.parts.get(column.atom, ())))


@dataclass(frozen=True, slots=True)
class Matrix:
    """The table, with what its closing line counts."""

    rows: tuple[Row, ...]
    #: in the order in which the rows name them
    columns: tuple[Column, ...]
    #: of all operations, those that the table leaves out
    left_out: int
    #: every scope that is declared or named
    scopes: tuple[str, ...]
    #: named scopes that no client can be granted
    undeclared: tuple[str, ...]
    #: declared scopes that no operation names
    unused: tuple[str, ...]
    #: named schemes that nothing binds, so that their credentials are never accepted
    unbound: tuple[SchemeName, ...]

    def count(self, *standings: Standing) -> int:
        """How many operations stand so."""
        return sum(row.standing in standings for row in self.rows)


def build_matrix(
    description: ApiDescription, policy: Policy, operations: Collection[Operation]
) -> Matrix:
    """The table of some operations of a document; unused scopes are told of the whole one only."""
    rules = [policy.rules[operation.key] for operation in operations]
    rows = tuple(_row(policy, o, rule) for o, rule in zip(operations, rules, strict=True))
    atoms = tuple(dict.fromkeys(atom for row in rows for atom in row.parts))
    named = dict.fromkeys(atom.name for atom in atoms if atom.kind is AtomKind.SCOPE)
    left_out = len(description.operations) - len(rows)
    declared = [] if left_out else _declared(description, policy)
    ungrantable = (s for rule in rules for a in rule.alternatives for s in a.ungrantable)
    return Matrix(
        rows=rows,
        columns=_columns(atoms),
        left_out=left_out,
        scopes=tuple(dict.fromkeys((*named, *declared))),
        undeclared=tuple(dict.fromkeys(ungrantable)),
        unused=tuple(scope for scope in declared if scope not in named),
        unbound=tuple(
            dict.fromkeys(n for rule in rules for n in rule.schemes if n not in policy.bindings)
        ),
    )


def _declared(description: ApiDescription, policy: Policy) -> list[str]:
    declared = declared_scopes(description)
    written = {
        scope: None
        for name in policy.schemes
        for flow in description.schemes[name].flows
        for scope in flow.scopes
        if scope in declared[name]
    }
    others = (scope for name in policy.schemes for scope in sorted(declared[name]))
    return list(dict.fromkeys((*written, *others)))


def _row(policy: Policy, operation: Operation, rule: Rule) -> Row:
    parts: dict[Atom, list[Part]] = {}
    for alternative in rule.alternatives:
        asked = tuple(_asked(alternative))
        for atom in asked:
            is_dead = _is_dead(policy, alternative, atom)
            part = Part(alternative.index, is_alone=len(asked) == 1, is_dead=is_dead)
            parts.setdefault(atom, []).append(part)
    return Row(operation, _standing(rule), parts)


def _asked(alternative: Alternative) -> Iterator[Atom]:
    """What an alternative asks for; a credential goes without saying where it must hold names."""
    for need in alternative.needs:
        if not need.scopes and not need.roles:
            yield Atom(need.scheme)
        yield from (Atom(need.scheme, AtomKind.SCOPE, scope) for scope in need.scopes)
        yield from (Atom(need.scheme, AtomKind.ROLE, role) for role in need.roles)


def _is_dead(policy: Policy, alternative: Alternative, atom: Atom) -> bool:
    """Whether this very thing cannot be had; where schemes exclude each other, all of them."""
    if atom.kind is AtomKind.SCOPE and atom.name in alternative.ungrantable:
        return True
    if not alternative.unmet:
        return False
    schemes = {need.scheme for need in alternative.needs}
    unbound = {name for name in schemes if name not in policy.bindings}
    return atom.scheme in (unbound or schemes)


def _standing(rule: Rule) -> Standing:
    is_absent = rule.source is SecuritySource.ABSENT
    if rule.is_public:
        return Standing.UNDECLARED_PUBLIC if is_absent else Standing.PUBLIC
    if is_absent:
        return Standing.UNDECLARED_DENIED
    if any(not alternative.needs for alternative in rule.alternatives):
        return Standing.OPTIONAL
    can_open = any(alternative.is_grantable for alternative in rule.alternatives)
    return Standing.GUARDED if can_open else Standing.CLOSED


def _columns(atoms: Sequence[Atom]) -> tuple[Column, ...]:
    plain = [_plain_label(atom) for atom in atoms]
    return tuple(
        Column(atom, label if plain.count(label) == 1 else _full_label(atom))
        for atom, label in zip(atoms, plain, strict=True)
    )


def _plain_label(atom: Atom) -> str:
    match atom.kind:
        case AtomKind.SCOPE:
            return atom.name
        case AtomKind.ROLE:
            return f"{atom.scheme}={atom.name}"
        case AtomKind.CREDENTIAL:
            return atom.scheme
        case _ as never:
            assert_never(never)


def _full_label(atom: Atom) -> str:
    return f"{atom.scheme}:{atom.name}" if atom.name else f"{atom.scheme}:"
