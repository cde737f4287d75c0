"""`scopegate routes`: one line an operation."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from gateway.cli.demo_document import is_demo_document
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
from gateway.cli.selection import Selection, select
from gateway.cli.talk import Format, counted, new_app, plain, say, say_json
from gateway.load import LoadedDocument
from gateway.policy.rules import Alternative, Rule
from gateway.spec.model import Operation, SecuritySource

app = new_app("List the operations of a document and who may call them.")


@app.command()
def list_routes(
    spec: Spec = None,
    handlers: Annotated[
        str | None, typer.Option(metavar="MODULE", help="The module with your handlers.")
    ] = None,
    mock: Annotated[bool, typer.Option("--mock", help="As serve --mock would answer.")] = False,
    upstream: Annotated[
        str | None, typer.Option(metavar="URL", help="As serve --upstream would answer.")
    ] = None,
    tag: Tags = None,
    path: Paths = None,
    method: Methods = None,
    scope: NamedScopes = None,
    undeclared_security: Undeclared = None,
    base_path: BasePath = None,
    tolerate: Tolerate = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Print method, path, operationId, alternatives, where they come from, and who answers."""
    flags = {"undeclared_security": undeclared_security, "base_path": base_path}
    settings = settings_here({"spec": spec, "tolerate": tolerate, "upstream": upstream, **flags})
    loaded = load_spec(settings)
    handled = _handled(loaded, spec_path(settings), handlers)
    selection = Selection(tag or (), path or (), method or (), scope or ())
    otherwise = "upstream" if settings.upstream else _else(mock=mock)
    rows = [
        _row(loaded, operation, "handler" if operation.key in handled else otherwise)
        for operation in select(loaded, selection)
    ]
    if form is Format.JSON:
        digest = loaded.policy.digest
        say_json({"document": spec_path(settings), "policy": digest, "operations": rows})
        return
    for line in _table(rows):
        say(line)
    public = sum(row["public"] for row in rows)
    looked_at = counted(len(loaded.policy.rules), "operation")
    shown = looked_at if len(rows) == len(loaded.policy.rules) else f"{len(rows)} of {looked_at}"
    say(f"{shown}, {public} public; policy {loaded.policy.digest[:7]}")


def alternatives_text(rule: Rule) -> str:
    """A rule in one line: `create | post+widget`, `public`, or `denied`."""
    if rule.is_public:
        return "public"
    return " | ".join(_text(alternative) for alternative in rule.alternatives) or "denied"


def _text(alternative: Alternative) -> str:
    needs = (
        "+".join((*need.scopes, *need.roles)) or str(need.scheme) for need in alternative.needs
    )
    mark = "!" if not alternative.is_grantable else ""
    return (" & ".join(needs) or "{}") + mark


def _row(loaded: LoadedDocument, operation: Operation, answers: str) -> dict[str, Any]:
    rule = loaded.policy.rules[operation.key]
    return {
        "method": operation.method,
        "path": loaded.description.base_path + operation.path,
        "operation_id": operation.operation_id,
        "tags": list(operation.tags),
        "security": alternatives_text(rule),
        "public": rule.is_public,
        "source": _source(rule),
        "origin": str(operation.origin),
        "answers": answers,
        "alternatives": [
            {
                "needs": {
                    need.scheme: {"scopes": list(need.scopes), "roles": list(need.roles)}
                    for need in alternative.needs
                },
                "never": alternative.never,
                "ungrantable": list(alternative.ungrantable),
                "origin": str(rule.origin_of(alternative)),
            }
            for alternative in rule.alternatives
        ],
    }


def _source(rule: Rule) -> str:
    return "undeclared" if rule.source is SecuritySource.ABSENT else rule.source.value


def _table(rows: Sequence[dict[str, Any]]) -> list[str]:
    columns = ("method", "path", "operation_id", "security", "source", "answers")
    cells = [[plain(str(row[column] or "-")) for column in columns] for row in rows]
    widths = [max((len(line[i]) for line in cells), default=0) for i in range(len(columns))]
    return [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def _else(*, mock: bool) -> str:
    return "mock" if mock else "501"


def _handled(loaded: LoadedDocument, spec: str, module: str | None) -> frozenset[str]:
    """The operations that serve would have a handler for."""
    if module is None and not is_demo_document(spec):
        return frozenset()
    from gateway.cli.handled import handled_operations  # imports the handlers, hence SQLAlchemy

    return handled_operations(loaded, module)
