"""Paths that no request can have, and methods of one path that contradict one another."""

import re
from collections.abc import Iterator

from gateway.lint.finding import Finding, Severity
from gateway.lint.rules.openings import opens_to_others
from gateway.lint.rules.subject import Subject
from gateway.routing.path import split_path
from gateway.spec.model import OperationKey, SecuritySource

_PARAMETER = re.compile(r"\{[^{}]*\}")


def unmatchable_path(subject: Subject) -> Iterator[Finding]:
    """A template that is no request's path."""
    for operation in subject.loaded.description.operations:
        if not _can_match(operation.path):
            yield Finding(
                operation.origin,
                Severity.WARNING,
                "unmatchable-path",
                f"no request can match `{operation.path}`",
                hint="leave out empty and dot segments, `;` and bad escapes",
            )


def _can_match(path: str) -> bool:
    sample = _PARAMETER.sub("x", path)
    return split_path(sample.encode()) is not None and ";" not in sample


def weaker_head(subject: Subject) -> Iterator[Finding]:
    """A HEAD that lets in somebody whom the GET of its path keeps out."""
    rules = subject.supposed
    for operation in subject.loaded.description.operations:
        get = rules.get(OperationKey(f"GET {operation.path}"))
        if operation.method != "HEAD" or get is None or get.source is SecuritySource.ABSENT:
            continue
        if opens_to_others(rules[operation.key], than=get):
            yield Finding(
                operation.origin,
                Severity.ERROR,
                "weaker-head",
                f"{operation.key} lets in callers whom GET keeps out",
                hint="ask for what GET asks for, or leave HEAD out: it follows GET",
            )
