"""A matrix as a Markdown table that shows what the document says, and runs nothing of it."""

import re
from collections.abc import Iterator

from gateway.cli.talk import plain
from gateway.policy.matrix import Matrix
from gateway.policy.matrix_told import closing_line

#: what Markdown or HTML could take for markup
_MARKUP = re.compile(r"([\\`*_\[\]<>|&~@#$])")
LEGEND = "x opens alone; equal digits are needed together; ! no client can get it"


def matrix_markdown(matrix: Matrix, *, base_path: str) -> Iterator[str]:
    """The table, the legend and the closing line."""
    has_standings = any(row.standing for row in matrix.rows)
    heads = ["operation", *(["standing"] if has_standings else [])]
    yield _line([*heads, *(escape_markdown(column.label) for column in matrix.columns)])
    yield _line([*("---" for _ in heads), *(":-:" for _ in matrix.columns)])
    for row in matrix.rows:
        call = f"{row.operation.method} {base_path}{row.operation.path}"
        cells = [escape_markdown(call), *([row.standing.value] if has_standings else [])]
        yield _line([*cells, *(row.mark(column) for column in matrix.columns)])
    yield ""
    yield f"{LEGEND}."
    yield ""
    yield escape_markdown(closing_line(matrix))


def escape_markdown(text: str) -> str:
    """A text as it may stand in a cell of a table: all that could be markup is escaped."""
    return _MARKUP.sub(r"\\\1", plain(text))


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
