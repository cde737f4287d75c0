"""`scopegate matrix`: the operations of a document against the scopes that open them."""

import shutil
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any

import typer

from gateway.cli.document import load_spec, settings_here, spec_path
from gateway.cli.document_options import (
    BasePath,
    Methods,
    NamedScopes,
    Paths,
    Spec,
    Tags,
    Tolerate,
    Undeclared,
)
from gateway.cli.matrix_csv import matrix_csv
from gateway.cli.matrix_html import matrix_html
from gateway.cli.matrix_markdown import matrix_markdown
from gateway.cli.matrix_text import matrix_lines
from gateway.cli.selection import Selection, select
from gateway.cli.talk import is_on_terminal, new_app, say, say_json
from gateway.load import LoadedDocument
from gateway.policy.matrix import Matrix, Row, build_matrix

app = new_app("Show the operations of a document against the scopes that open them.")


class MatrixFormat(StrEnum):
    """The forms of a matrix."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    CSV = "csv"
    JSON = "json"


@app.command()
def show_matrix(
    spec: Spec = None,
    scope: NamedScopes = None,
    tag: Tags = None,
    path: Paths = None,
    method: Methods = None,
    undeclared_security: Undeclared = None,
    base_path: BasePath = None,
    tolerate: Tolerate = None,
    form: Annotated[MatrixFormat, typer.Option("--format")] = MatrixFormat.TEXT,
) -> None:
    """Print the table: x opens alone, equal digits are needed together, ! no client can get."""
    flags = {"undeclared_security": undeclared_security, "base_path": base_path}
    settings = settings_here({"spec": spec, "tolerate": tolerate, **flags})
    loaded = load_spec(settings)
    selection = Selection(tag or (), path or (), method or (), scope or ())
    matrix = build_matrix(loaded.description, loaded.policy, select(loaded, selection))
    if form is MatrixFormat.JSON:
        say_json(_json(loaded, matrix, document=spec_path(settings)))
        return
    for line in _RENDERINGS[form](loaded, matrix):
        say(line)


def _text(loaded: LoadedDocument, matrix: Matrix) -> Iterable[str]:
    width = shutil.get_terminal_size().columns if is_on_terminal() else None
    return matrix_lines(matrix, base_path=loaded.description.base_path, width=width)


def _markdown(loaded: LoadedDocument, matrix: Matrix) -> Iterable[str]:
    return matrix_markdown(matrix, base_path=loaded.description.base_path)


def _html(loaded: LoadedDocument, matrix: Matrix) -> Iterable[str]:
    return matrix_html(matrix, loaded.description, digest=loaded.policy.digest)


def _csv(loaded: LoadedDocument, matrix: Matrix) -> Iterable[str]:
    return matrix_csv(matrix, base_path=loaded.description.base_path)


_RENDERINGS: Mapping[MatrixFormat, Callable[[LoadedDocument, Matrix], Iterable[str]]] = {
    MatrixFormat.TEXT: _text,
    MatrixFormat.MARKDOWN: _markdown,
    MatrixFormat.HTML: _html,
    MatrixFormat.CSV: _csv,
}


def _json(loaded: LoadedDocument, matrix: Matrix, *, document: str) -> dict[str, Any]:
    base = loaded.description.base_path
    return {
        "document": document,
        "policy": loaded.policy.digest,
        "columns": [
            {
                "label": column.label,
                "scheme": column.atom.scheme,
                "kind": column.atom.kind.value,
                "name": column.atom.name or None,
            }
            for column in matrix.columns
        ],
        "operations": [_row_json(matrix, row, base) for row in matrix.rows],
        "left_out": matrix.left_out,
        "scopes": list(matrix.scopes),
        "undeclared": list(matrix.undeclared),
        "unused": list(matrix.unused),
        "unbound": list(matrix.unbound),
    }


def _row_json(matrix: Matrix, row: Row, base: str) -> dict[str, Any]:
    operation = row.operation
    return {
        "method": operation.method,
        "path": base + operation.path,
        "operation_id": operation.operation_id,
        "tags": list(operation.tags),
        "origin": str(operation.origin),
        "standing": row.standing.value or "guarded",
        "cells": {
            column.label: [
                {"alternative": part.alternative, "alone": part.is_alone, "dead": part.is_dead}
                for part in row.parts[column.atom]
            ]
            for column in matrix.columns
            if column.atom in row.parts
        },
    }
