"""A matrix with everything that its page is rendered from, made once for a ruleset."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.load import LoadedDocument
from gateway.policy.act_as import Openings, OpenWay, openings_of
from gateway.policy.matrix import Column, Matrix, Row, build_matrix
from gateway.policy.solve import Atom, AtomKind
from gateway.spec.model import SchemeName
from gateway.tokens.binding import TokenTrust


@dataclass(frozen=True, slots=True)
class View:
    """What is shown of a document."""

    loaded: LoadedDocument
    matrix: Matrix
    openings: Openings
    #: what ways ask for -> its number in the page
    numbers: Mapping[Atom, int]
    #: what a column is called where it is missing: its label, or `a credential of key`
    names: Mapping[Atom, str]

    @property
    def base_path(self) -> str:
        """What stands before each path."""
        return self.loaded.description.base_path

    def trust(self, scheme: SchemeName) -> TokenTrust | None:
        """Whose tokens a scheme takes; None: it takes no token."""
        return self.loaded.trusts.bearers.get(scheme)

    def ways(self, row: Row) -> tuple[OpenWay, ...]:
        """What opens the operation of a row."""
        return self.openings.ways[row.operation.key]

    def gives(self, column: Column) -> tuple[int, ...]:
        """The numbers of all that somebody holds who has what a column says."""
        held = self.openings.held([column.atom])
        return tuple(sorted(self.numbers[atom] for atom in held if atom in self.numbers))


def view_of(loaded: LoadedDocument) -> View:
    """Make the view of a document."""
    description = loaded.description
    matrix = build_matrix(description, loaded.policy, description.operations)
    openings = openings_of(loaded.policy)
    told = {column: openings.told(column.atom) for column in matrix.columns}
    names: dict[Atom, str] = {}
    for column, atom in told.items():
        names.setdefault(atom, _name(column))
    return View(loaded, matrix, openings, {atom: n for n, atom in enumerate(names)}, names)


def ways_text(ways: Sequence[OpenWay], numbers: Mapping[Atom, int]) -> str:
    """Ways as the script of the page reads them: `0,2 !3`, the second cannot be granted.

    A way that asks for nothing is `-`.
    """
    return " ".join(
        ("" if way.is_grantable else "!")
        + (",".join(str(numbers[atom]) for atom in way.atoms) or "-")
        for way in ways
    )


def _name(column: Column) -> str:
    match column.atom.kind:
        case AtomKind.CREDENTIAL:
            return f"a credential of {column.atom.scheme}"
        case AtomKind.ROLE:
            return f"the role {column.atom.name} of {column.atom.scheme}"
        case _:
            return column.label
