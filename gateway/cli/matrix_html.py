"""A matrix as one page of HTML in a file: no script, nothing fetched."""

from collections.abc import Iterator
from importlib.resources import files

from gateway.edge.matrix.table import LEGEND, RowState, table_html, text
from gateway.policy.matrix import Matrix, Row
from gateway.policy.matrix_told import closing_line
from gateway.spec.model import ApiDescription


def matrix_html(matrix: Matrix, description: ApiDescription, *, digest: str) -> Iterator[str]:
    """The page, line by line."""
    title = text(f"{description.title} {description.version}: who may call what")
    yield "<!doctype html>"
    yield '<html lang="en">'
    yield f'<head><meta charset="utf-8"><title>{title}</title>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<style>{_style()}</style></head>"
    yield f"<body><main><h1>{title}</h1>"
    yield f"<p>{text(closing_line(matrix))}</p>"
    yield LEGEND
    yield '<div class="frame" role="region" aria-labelledby="told" tabindex="0">'
    yield from table_html(matrix, description.base_path, _standing)
    yield f'</div><p class="quiet">policy <code>{text(digest)}</code></p></main></body></html>'


def _standing(row: Row) -> RowState:
    standing = f'<span class="state">{row.standing.value}</span>' if row.standing else ""
    return RowState(standing)


def _style() -> str:
    return (files("gateway.edge.matrix") / "static" / "matrix.css").read_text(encoding="utf-8")
