"""A matrix as comma-separated values (RFC 4180) that a spreadsheet takes for text."""

import csv
import io
from collections.abc import Iterator

from gateway.policy.matrix import Matrix

#: what makes a spreadsheet take a cell for a formula; such a cell gets an apostrophe in front
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_HEAD = ("method", "path", "operation_id", "tags", "standing")


def matrix_csv(matrix: Matrix, *, base_path: str) -> Iterator[str]:
    """The head and a row an operation, each without the end of its line but for its CR."""
    yield _row([*_HEAD, *(column.label for column in matrix.columns)])
    for row in matrix.rows:
        operation = row.operation
        cells = [operation.method, base_path + operation.path, operation.operation_id or ""]
        cells += [" ".join(operation.tags), row.standing.value]
        yield _row([*cells, *(row.mark(column) for column in matrix.columns)])


def _row(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r").writerow(_harmless(cell) for cell in cells)
    return written.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
