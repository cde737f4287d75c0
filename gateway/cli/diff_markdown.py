"""A comparison as Markdown, made for the comment of a pull request."""

import re
from collections.abc import Iterator, Sequence

from gateway.cli.diff_rows import Row, rows_of
from gateway.cli.talk import plain
from gateway.compare import Comparison
from gateway.compare_words import closing, gain_and_loss, notes, same

#: rows that stand open; a longer table is folded away
_MOST_OPEN = 20


def comparison_markdown(comparison: Comparison) -> Iterator[str]:
    """The lines of a comment; whatever comes from a document stands in a code span."""
    access = comparison.access
    old, new = comparison.old.description.file, comparison.new.description.file
    yield f"### Access: {code_span(old)} to {code_span(new)}"
    yield ""
    yield f"**{closing(access)}**" if access.changes else same(comparison)
    rows = [*rows_of(access)]
    if rows:
        yield ""
        yield from _folded(rows) if len(rows) > _MOST_OPEN else _table(rows)
        yield ""
        yield gain_and_loss(access, code_span)
    told = [*notes(comparison, code_span)]
    if told:
        yield ""
        yield "<details><summary>Notes</summary>"
        yield ""
        yield from (f"- {note}" for note in told)
        yield ""
        yield "</details>"


def code_span(text: str) -> str:
    """A text as a code span that no character of it can end; fit for a table's cell."""
    shown = plain(text).replace("|", "\\|")
    ticks = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    space = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{space}{shown}{space}{ticks}"


def _folded(rows: Sequence[Row]) -> Iterator[str]:
    yield f"<details><summary>All {len(rows)} lines</summary>"
    yield ""
    yield from _table(rows)
    yield ""
    yield "</details>"


def _table(rows: Sequence[Row]) -> Iterator[str]:
    yield "| | operation | who holds | | where |"
    yield "|---|---|---|---|---|"
    for row in rows:
        label = "" if row.goes_on else f"**{row.change.value.upper()}**"
        operation = "" if row.goes_on else code_span(row.operation)
        place = code_span(row.place) if row.place else ""
        cells = (label, operation, code_span(row.way), code_span(row.text), place)
        yield f"| {' | '.join(cells)} |"
