"""A matrix as lines for a terminal: split into blocks where the screen is too narrow."""

from collections.abc import Iterator, Mapping, Sequence

from gateway.cli.talk import plain
from gateway.policy.matrix import Column, Matrix, Row
from gateway.policy.matrix_told import closing_line
from gateway.policy.solve import Atom

#: between the operation and its marks, and between two columns
_AFTER_OPERATION = 2


def matrix_lines(matrix: Matrix, *, base_path: str, width: int | None = None) -> Iterator[str]:
    """Head, a line an operation, and the closing line; `width` None: as wide as it takes."""
    heads = _heads(matrix.rows, base_path)
    indent = max((len(head) for head in heads), default=0) + _AFTER_OPERATION
    widths = _widths(matrix)
    for number, block in enumerate(_blocks(matrix.columns, widths, indent=indent, width=width)):
        if number:
            yield ""
        yield f"{'':<{indent}}{' '.join(_label(c, widths[c.atom]) for c in block)}".rstrip()
        for head, row in zip(heads, matrix.rows, strict=True):
            if number == 0 or any(column.atom in row.parts for column in block):
                cells = " ".join(_cell(row.mark(c), widths[c.atom]) for c in block)
                yield f"{head:<{indent}}{cells}".rstrip()
    yield ""
    yield closing_line(matrix)


def _heads(rows: Sequence[Row], base_path: str) -> list[str]:
    """Method, path and, where there is something to say, how the operation stands."""
    methods = max((len(row.operation.method) for row in rows), default=0)
    calls = [plain(f"{r.operation.method:<{methods}} {base_path}{r.operation.path}") for r in rows]
    if not any(row.standing for row in rows):
        return calls
    longest = max(len(call) for call in calls)
    return [
        f"{call:<{longest}}  {row.standing}".rstrip() for call, row in zip(calls, rows, strict=True)
    ]


def _widths(matrix: Matrix) -> Mapping[Atom, int]:
    """Each column as wide as its label, and as its widest mark."""
    widths = {column.atom: len(plain(column.label)) for column in matrix.columns}
    for column in matrix.columns:
        rows = (row for row in matrix.rows if column.atom in row.parts)
        widest = max((len(row.mark(column)) for row in rows), default=0)
        widths[column.atom] = max(widths[column.atom], widest)
    return widths


def _blocks(
    columns: Sequence[Column], widths: Mapping[Atom, int], *, indent: int, width: int | None
) -> Iterator[Sequence[Column]]:
    """The columns in pieces that fit the screen, each of at least one column."""
    block: list[Column] = []
    used = indent
    for column in columns:
        if block and width is not None and used + widths[column.atom] > width:
            yield block
            block, used = [], indent
        block.append(column)
        used += widths[column.atom] + 1
    yield block


def _label(column: Column, width: int) -> str:
    return f"{plain(column.label):<{width}}"


def _cell(mark: str, width: int) -> str:
    """The mark in the middle of its column; a `!` stands to the right of the middle."""
    left = (width - len(mark.removesuffix("!"))) // 2
    return f"{'':<{min(left, width - len(mark))}}{mark}".ljust(width)
