"""A comparison as lines for people."""

from collections.abc import Iterator, Sequence

from gateway.cli.diff_rows import Row, rows_of
from gateway.cli.talk import plain
from gateway.compare import Comparison
from gateway.compare_words import closing, gain_and_loss, notes, same

_TEXT_WIDTH = 34
#: a cell that is longer does not widen its column
_WIDEST = 60


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """The lines that a person reads; piped, they are the same."""
    access = comparison.access
    yield from table_lines([*rows_of(access)])
    for note in notes(comparison):
        yield plain(f"note: {note}")
    if not access.changes:
        yield same(comparison)
        return
    yield ""
    yield plain(gain_and_loss(access))
    yield closing(access)


def table_lines(rows: Sequence[Row]) -> Iterator[str]:
    """Rows as a table, one below the other."""
    label = _width([row.change.value for row in rows]) + 2
    operation = _width([plain(row.operation) for row in rows]) + 3
    way = _width([plain(row.way) for row in rows]) + 2
    text = max(_TEXT_WIDTH, _width([plain(row.text) for row in rows])) + 2
    for row in rows:
        head = "" if row.goes_on else row.change.value.upper()
        name = "" if row.goes_on else plain(row.operation)
        cells = (head, label), (name, operation), (plain(row.way), way), (plain(row.text), text)
        yield ("".join(_cell(*cell) for cell in cells) + plain(row.place)).rstrip()


def _cell(shown: str, width: int) -> str:
    """A cell of a table, kept apart from the next one though it is too long."""
    return shown.ljust(width) if len(shown) <= width - 2 else f"{shown}  "


def _width(cells: Sequence[str]) -> int:
    return min(max(map(len, cells), default=0), _WIDEST)
