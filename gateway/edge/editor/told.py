"""What was tried, as JSON for the page: faults and findings, the access diff, a small matrix."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import PurePath
from typing import Any

from gateway.compare import Comparison
from gateway.compare_words import closing, gain_and_loss, needs_schemes, notes, same
from gateway.edge.editor.attempt import Attempt
from gateway.edge.editor.words import change_words
from gateway.edge.matrix.table import RowState, table_html
from gateway.errors import Origin
from gateway.lint.finding import Finding
from gateway.load import LoadedDocument
from gateway.policy.diff import AccessChange, AccessDiff
from gateway.policy.matrix import Row, build_matrix
from gateway.spec.file_source import DOCUMENT_SUFFIXES
from gateway.spec.wording import counted, plain

#: operations from which on the matrix shows those that change, and no others
_MANY = 60
#: characters of the files beside the text that the page shows
_MOST_SHOWN = 200_000
#: findings and changes that are told one by one
_MOST = 500


def told(tried: Attempt, running: LoadedDocument) -> Mapping[str, Any]:
    """All that the page shows of a text."""
    findings = () if tried.linted is None else tried.linted.findings
    return {
        "schema": 1,
        "loads": tried.loaded is not None,
        "refusal": tried.refusal,
        "findings": [_finding(found, tried.file) for found in findings[:_MOST]],
        "more_findings": max(0, len(findings) - _MOST),
        "policy": None if tried.loaded is None else tried.loaded.policy.digest,
        "running": running.policy.digest,
        "diff": None if tried.comparison is None else _diff(tried.comparison, tried.file),
        "matrix": None if tried.comparison is None else _matrix(tried.comparison),
        "others": [*_others(tried)],
    }


def faults(tried: Attempt) -> Sequence[Mapping[str, Any]]:
    """Why a text does not load, one by one."""
    if tried.linted is None or tried.linted.loaded is not None:
        return [{"message": plain(tried.refusal)}]
    return [_printable(_finding(found, tried.file)) for found in tried.linted.findings[:_MOST]]


def _printable(finding: Mapping[str, Any]) -> Mapping[str, Any]:
    """A finding as it may stand in a problem."""
    return {key: plain(told) if isinstance(told, str) else told for key, told in finding.items()}


def _others(tried: Attempt) -> Iterator[Mapping[str, Any]]:
    """The files that the text refers to; of many or large ones, or of no documents, the names."""
    if tried.linted is None:
        return
    names = [name for name in tried.linted.texts.names() if name != tried.file]
    texts = [tried.linted.texts.text(name) for name in names]
    are_shown = sum(map(len, texts)) <= _MOST_SHOWN
    for name, text in zip(names, texts, strict=True):
        is_document = PurePath(name).suffix in DOCUMENT_SUFFIXES
        yield {"file": name, "text": text if are_shown and is_document else None}


def _finding(found: Finding, file: str) -> Mapping[str, Any]:
    return {
        **_place(found.origin, file),
        "severity": found.severity.value,
        "rule": found.rule,
        "message": found.message,
        "hint": found.hint,
        "length": len(found.marked),
    }


def _place(origin: Origin, file: str) -> Mapping[str, Any]:
    """Where something stands; `here` is the text that is edited, no file beside it."""
    return {
        "file": origin.file,
        "here": origin.file == file,
        "line": origin.line,
        "column": origin.column,
    }


def _diff(comparison: Comparison, file: str) -> Mapping[str, Any]:
    access = comparison.access
    if access.changes:
        closing_words, who = closing(access), gain_and_loss(access)
    else:
        closing_words, who = same(comparison), ""
    changes = sorted(access.changes, key=lambda change: not change.opens)
    return {
        "changes": [*_changes(changes[:_MOST], access, file)],
        "more": max(0, len(changes) - _MOST),
        "who": who,
        "closing": closing_words,
        "notes": [*notes(comparison)],
    }


def _changes(
    changes: Sequence[AccessChange], access: AccessDiff, file: str
) -> Iterator[Mapping[str, Any]]:
    with_schemes = needs_schemes(access)
    for change in changes:
        is_gone = not change.after and not change.gained
        origin = change.gained[0].origin if change.gained else change.origin
        yield {
            "change": change.change.value,
            "opens": change.opens,
            "operation": change.operation,
            "words": [*change_words(change, with_schemes=with_schemes)],
            **({"here": False} if is_gone else _place(origin, file)),
        }


def _matrix(comparison: Comparison) -> Mapping[str, Any]:
    """The table of the new document, with what becomes of each operation."""
    new = comparison.new
    changed = {change.operation: change for change in comparison.access.changes}
    every = new.description.operations
    shown = [o for o in every if len(every) <= _MANY or o.key in changed]
    matrix = build_matrix(new.description, new.policy, shown)
    left = "" if len(shown) == len(every) else f"{counted(len(shown), 'operation')} that change"

    def state(row: Row) -> RowState:
        change = changed.get(row.operation.key)
        if change is None:
            return RowState()
        kind = " gains" if change.gained else ""
        words = "open to everyone" if change.opens else change.change.value
        return RowState(f'<span class="state">{escape(words)}</span>', f' class="changed{kind}"')

    lines = table_html(matrix, new.description.base_path, state)
    return {"html": "\n".join(lines) if shown else "", "about": left}
