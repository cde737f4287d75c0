"""A matrix as one page of HTML: no script, nothing fetched, and every text of it escaped."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from itertools import groupby
from typing import assert_never

from gateway.cli.matrix_text import closing_line
from gateway.cli.talk import plain
from gateway.policy.matrix import Column, Matrix, Part, Row
from gateway.policy.solve import AtomKind
from gateway.spec.model import ApiDescription, SchemeName

_LEGEND = (
    '<p class="quiet"><span class="mark">x</span> opens alone; '
    '<span class="mark">2</span> marks of a row with one number are needed together; '
    '<span class="mark dead">!</span> no client can get it.</p>'
)
_UNTAGGED = "without a tag"


def matrix_html(matrix: Matrix, description: ApiDescription, *, digest: str) -> Iterator[str]:
    """The page, line by line."""
    title = _text(f"{description.title} {description.version}: who may call what")
    yield "<!doctype html>"
    yield '<html lang="en">'
    yield f'<head><meta charset="utf-8"><title>{title}</title>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<style>{_style()}</style></head>"
    yield f"<body><main><h1>{title}</h1>"
    yield f"<p>{_text(closing_line(matrix))}</p>"
    yield _LEGEND
    yield '<div class="frame" role="region" aria-labelledby="told" tabindex="0">'
    yield from _table(matrix, description.base_path)
    yield f'</div><p class="quiet">policy <code>{_text(digest)}</code></p></main></body></html>'


def _table(matrix: Matrix, base_path: str) -> Iterator[str]:
    columns = _by_scheme(matrix.columns)
    has_standings = any(row.standing for row in matrix.rows)
    yield '<table><caption id="told">Operations and what opens them</caption>'
    yield from _head(columns, has_standings=has_standings)
    width = sum(map(len, columns.values())) + has_standings
    for tag, rows in _by_tag(matrix.rows):
        yield "<tbody>"
        if tag is not None:
            head = f'<th scope="rowgroup" class="tag">{_text(tag)}</th>'
            yield f"<tr>{head}{'<td></td>' * width}</tr>"
        for row in rows:
            yield _row(row, columns, base_path, has_standings=has_standings)
        yield "</tbody>"
    yield "</table>"


def _head(columns: Mapping[SchemeName, Sequence[Column]], *, has_standings: bool) -> Iterator[str]:
    standing = '<th scope="col" rowspan="2">standing</th>' if has_standings else ""
    schemes = (
        f'<th scope="colgroup" class="scheme" colspan="{len(own)}">{_text(scheme)}</th>'
        for scheme, own in columns.items()
    )
    names = (f'<th scope="col">{_name(column)}</th>' for own in columns.values() for column in own)
    corner = '<th scope="col" rowspan="2" class="corner">operation</th>'
    yield f"<thead><tr>{corner}{standing}{''.join(schemes)}</tr>"
    yield f"<tr>{''.join(names)}</tr></thead>"


def _name(column: Column) -> str:
    match column.atom.kind:
        case AtomKind.SCOPE:
            return f"<code>{_text(column.atom.name)}</code>"
        case AtomKind.ROLE:
            return f"role <code>{_text(column.atom.name)}</code>"
        case AtomKind.CREDENTIAL:
            return "any"
        case _ as never:
            assert_never(never)


def _row(
    row: Row,
    columns: Mapping[SchemeName, Sequence[Column]],
    base_path: str,
    *,
    has_standings: bool,
) -> str:
    call = _text(f"{row.operation.method} {base_path}{row.operation.path}")
    standing = f'<td class="standing">{row.standing.value}</td>' if has_standings else ""
    cells = "".join(
        f"<td>{_marks(row.parts.get(column.atom, ()))}</td>"
        for own in columns.values()
        for column in own
    )
    return f'<tr><th scope="row"><code>{call}</code></th>{standing}{cells}</tr>'


def _marks(parts: Iterable[Part]) -> str:
    return " ".join(
        f'<span class="mark{" dead" if part.is_dead else ""}" aria-hidden="true">{part.mark}</span>'
        f'<span class="words">{_words(part)}</span>'
        for part in parts
    )


def _words(part: Part) -> str:
    told = "opens alone" if part.is_alone else f"part of alternative {part.alternative}"
    return f"{told}, but no client can get it" if part.is_dead else told


def _by_scheme(columns: Sequence[Column]) -> Mapping[SchemeName, Sequence[Column]]:
    grouped: dict[SchemeName, list[Column]] = {}
    for column in columns:
        grouped.setdefault(column.atom.scheme, []).append(column)
    return grouped


def _by_tag(rows: Sequence[Row]) -> Iterator[tuple[str | None, list[Row]]]:
    """The rows under their first tag, in the order in which tags turn up; None: nobody uses any."""
    if not any(row.operation.tags for row in rows):
        yield None, list(rows)
        return
    order: dict[str, int] = {}
    for row in rows:
        order.setdefault(_tag(row), len(order))
    for tag, own in groupby(sorted(rows, key=lambda row: order[_tag(row)]), key=_tag):
        yield tag, list(own)


def _tag(row: Row) -> str:
    return row.operation.tags[0] if row.operation.tags else _UNTAGGED


def _text(text: str) -> str:
    return escape(plain(text))


def _style() -> str:
    return files("gateway.cli").joinpath("matrix.css").read_text(encoding="utf-8")
