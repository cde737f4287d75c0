"""All rules, run over one loaded document."""

from collections.abc import Callable, Iterator

from gateway.lint.finding import Finding, by_place
from gateway.lint.rules.alternatives import (
    unreachable_operation,
    unsatisfiable_alternative,
    unsupported_scheme,
)
from gateway.lint.rules.documents import document_warning
from gateway.lint.rules.flows import http_url, implicit_flow, password_flow
from gateway.lint.rules.openness import optional_security, public_operation, undeclared_security
from gateway.lint.rules.overlaps import overlapping_templates
from gateway.lint.rules.paths import unmatchable_path, weaker_head
from gateway.lint.rules.redundancy import duplicate_alternative, shadowed_alternative
from gateway.lint.rules.scopes import (
    duplicate_scope,
    invalid_scope_name,
    roles_before_3_1,
    undeclared_scope,
    unused_scheme,
    unused_scope,
)
from gateway.lint.rules.siblings import sibling_disagreement
from gateway.lint.rules.subject import Subject, subject_of
from gateway.lint.rules.wording import and_list_like_or, write_by_read_scope
from gateway.load import LoadedDocument

Check = Callable[[Subject], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    undeclared_security,
    undeclared_scope,
    invalid_scope_name,
    roles_before_3_1,
    unsupported_scheme,
    unsatisfiable_alternative,
    unreachable_operation,
    weaker_head,
    overlapping_templates,
    public_operation,
    optional_security,
    shadowed_alternative,
    duplicate_alternative,
    duplicate_scope,
    and_list_like_or,
    write_by_read_scope,
    sibling_disagreement,
    implicit_flow,
    password_flow,
    http_url,
    unused_scope,
    unused_scheme,
    unmatchable_path,
    document_warning,
)


def lint(loaded: LoadedDocument) -> tuple[Finding, ...]:
    """All findings of a document, by file, errors first, then by place; each once."""
    subject = subject_of(loaded)
    found = dict.fromkeys(finding for check in CHECKS for finding in check(subject))
    return tuple(sorted(found, key=by_place))
