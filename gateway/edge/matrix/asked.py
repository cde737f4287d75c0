"""What a visitor of the matrix asks for: what to act as, and which operations to see."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from gateway.policy.matrix import Column, Matrix, Row
from gateway.policy.solve import Atom

#: a link names at most so many things
_MOST_FIELDS = 5_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, as the form of the page puts it."""

    #: labels of columns
    ticked: frozenset[str] = frozenset()
    #: "": every tag
    tag: str = ""
    #: a part of method and path, in any case; "": every path
    path: str = ""

    def atoms(self, matrix: Matrix) -> tuple[Atom, ...]:
        """What is ticked, in the order of the columns."""
        return tuple(column.atom for column in matrix.columns if column.label in self.ticked)

    def shows(self, row: Row, *, base_path: str) -> bool:
        """Whether a row is asked for."""
        call = f"{row.operation.method} {base_path}{row.operation.path}"
        return self.path.lower() in call.lower() and (
            not self.tag or self.tag in row.operation.tags
        )

    def unknown(self, columns: Mapping[str, Column]) -> tuple[str, ...]:
        """What is ticked and is no column, as in a link that is older than the document."""
        return tuple(sorted(self.ticked - columns.keys()))


def read_asked(query: bytes) -> Asked:
    """Read a query string; what cannot be read asks for nothing."""
    try:
        fields = parse_qsl(query.decode("ascii"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return Asked()
    last = dict(fields)
    return Asked(
        frozenset(value for name, value in fields if name == "as"),
        tag=last.get("tag", ""),
        path=last.get("path", "").strip(),
    )
