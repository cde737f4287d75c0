"""The table of a matrix in HTML: what a command writes into a file and what the page shows.

Every text of it is escaped. Runs of empty cells are one cell, so that a thousand operations against
hundreds of scopes stay a page that browsers lay out at once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import assert_never

from gateway.policy.matrix import Column, Matrix, Part, Row
from gateway.policy.solve import AtomKind
from gateway.spec.model import SchemeName
from gateway.spec.wording import plain

LEGEND = (
    '<p class="legend quiet"><span><span class="mark alone">●</span> opens alone</span> '
    '<span><span class="mark">2</span><span class="mark">2</span> one number in a row: needed '
    'together</span> <span><span class="mark alone dead">○</span> hollow: no client can get it'
    "</span></p>"
)
_UNTAGGED = "without a tag"


@dataclass(frozen=True, slots=True)
class RowState:
    """What is said of an operation before its marks."""

    #: what stands below or beside it, markup of ours; "": nothing
    html: str = ""
    #: attributes of the row, escaped
    attributes: str = ""


def table_html(
    matrix: Matrix,
    base_path: str,
    state_of: Callable[[Row], RowState],
    *,
    attributes: Callable[[Column], str] = lambda _: "",
) -> Iterator[str]:
    """The table, line by line; `attributes` are those of a column's head."""
    columns = by_scheme(matrix.columns)
    yield '<table><caption id="told" class="words">Operations and what opens them</caption>'
    yield from _head(columns, attributes)
    order = [column for own in columns.values() for column in own]
    width = len(order)
    for tag, rows in _by_tag(matrix.rows):
        yield "<tbody>"
        if tag is not None:
            rest = f'<td colspan="{width}"></td>' if width else ""
            yield f'<tr class="tag"><th scope="rowgroup">{text(tag)}</th>{rest}</tr>'
        for row in rows:
            yield _row(row, order, base_path, state_of(row))
        yield "</tbody>"
    yield "</table>"


def by_scheme(columns: Sequence[Column]) -> Mapping[SchemeName, Sequence[Column]]:
    """The columns under their schemes, in the order in which either turns up."""
    grouped: dict[SchemeName, list[Column]] = {}
    for column in columns:
        grouped.setdefault(column.atom.scheme, []).append(column)
    return grouped


def text(value: str) -> str:
    """A text of the document as it may stand between tags and in attributes."""
    return escape(plain(value))


def name_html(column: Column) -> str:
    """What a column is called under its scheme."""
    match column.atom.kind:
        case AtomKind.SCOPE:
            return f"<code>{text(column.atom.name)}</code>"
        case AtomKind.ROLE:
            return f"role <code>{text(column.atom.name)}</code>"
        case AtomKind.CREDENTIAL:
            return "any"
        case _ as never:
            assert_never(never)


def _head(
    columns: Mapping[SchemeName, Sequence[Column]],
    attributes: Callable[[Column], str],
) -> Iterator[str]:
    schemes = (
        f'<th scope="colgroup" class="scheme" colspan="{len(own)}"><span>{text(scheme)}</span></th>'
        for scheme, own in columns.items()
    )
    names = (
        f'<th scope="col" class="name{" first" if column is own[0] else ""}"{attributes(column)}>'
        f"<span>{name_html(column)}</span></th>"
        for own in columns.values()
        for column in own
    )
    corner = '<th scope="col" rowspan="2" class="corner">operation</th>'
    yield f"<thead><tr>{corner}{''.join(schemes)}</tr>"
    yield f"<tr>{''.join(names)}</tr></thead>"


def _row(row: Row, columns: Iterable[Column], base_path: str, state: RowState) -> str:
    method = text(row.operation.method)
    path = text(base_path + row.operation.path).replace("/", "/<wbr>")
    call = f'<code><span class="method">{method}</span> {path}</code>{state.html}'
    cells = "".join(_cells(row.parts.get(column.atom, ()) for column in columns))
    return f'<tr{state.attributes}><th scope="row"><div>{call}</div></th>{cells}</tr>'


def _cells(parts: Iterable[Sequence[Part]]) -> Iterator[str]:
    for is_empty, run in groupby(parts, key=lambda own: not own):
        own = list(run)
        if is_empty:
            yield f'<td colspan="{len(own)}"></td>' if len(own) > 1 else "<td></td>"
        else:
            yield from (f"<td>{_marks(part)}</td>" for part in own)


def _marks(parts: Iterable[Part]) -> str:
    return " ".join(
        f'<span class="mark{_kind(part)}" aria-hidden="true">{_sign(part)}</span>'
        f'<span class="words">{_words(part)}</span>'
        for part in parts
    )


def _kind(part: Part) -> str:
    return f"{' alone' if part.is_alone else ''}{' dead' if part.is_dead else ''}"


def _sign(part: Part) -> str:
    if not part.is_alone:
        return str(part.alternative)
    return "○" if part.is_dead else "●"


def _words(part: Part) -> str:
    told = "opens alone" if part.is_alone else f"part of alternative {part.alternative}"
    return f"{told}, but no client can get it" if part.is_dead else told


def _by_tag(rows: Sequence[Row]) -> Iterator[tuple[str | None, list[Row]]]:
    """The rows under their first tag, in the order in which tags turn up; None: nobody uses any."""
    if not any(row.operation.tags for row in rows):
        yield None, list(rows)
        return
    order: dict[str, int] = {}
    for row in rows:
        order.setdefault(tag_of(row), len(order))
    for tag, own in groupby(sorted(rows, key=lambda row: order[tag_of(row)]), key=tag_of):
        yield tag, list(own)


def tag_of(row: Row) -> str:
    """The tag that a row stands under."""
    return row.operation.tags[0] if row.operation.tags else _UNTAGGED
