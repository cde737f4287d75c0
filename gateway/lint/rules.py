"""The rules that semantics.md names: alternatives that are dead, operations left undeclared."""

import re
from collections.abc import Iterable, Iterator

from gateway.lint.finding import Finding, Severity
from gateway.load import LoadedDocument
from gateway.policy.compile import is_scope_token
from gateway.policy.rules import Alternative, Rule
from gateway.routing.path import split_path
from gateway.spec.model import (
    Operation,
    SchemeKind,
    SchemeRequirement,
    SecurityRequirement,
    SecuritySource,
)

_PARAMETER = re.compile(r"\{[^{}]*\}")
_NEVER_IN_A_PATH = frozenset("?#")
_SCOPED = frozenset({SchemeKind.OAUTH2, SchemeKind.OPENID_CONNECT})


def lint(loaded: LoadedDocument) -> tuple[Finding, ...]:
    """All findings of a document, sorted by place."""
    found = {
        Finding(fault.origin, Severity.WARNING, fault.rule, fault.message)
        for fault in loaded.warnings
    }
    for operation in loaded.description.operations:
        if not _can_match(operation.path):
            message = f"no request can match `{operation.path}`"
            found.add(Finding(operation.origin, Severity.WARNING, "unmatchable-path", message))
        found.update(_operation(loaded, operation, loaded.policy.rules[operation.key]))
    return tuple(sorted(found, key=lambda finding: (finding.origin, finding.rule, finding.message)))


def _can_match(path: str) -> bool:
    """Whether some request's path is this template."""
    sample = _PARAMETER.sub("x", path)
    return split_path(sample.encode()) is not None and not _NEVER_IN_A_PATH & set(sample)


def _operation(loaded: LoadedDocument, operation: Operation, rule: Rule) -> Iterator[Finding]:
    if rule.source is SecuritySource.ABSENT:
        message = f"{operation.key} declares no security; write it, or `security: []` if public"
        yield Finding(operation.origin, Severity.ERROR, "undeclared-security", message)
    for alternative, requirement in zip(
        rule.alternatives, operation.security.requirements, strict=True
    ):
        place = f"alternative {alternative.index} of {operation.key}"
        yield from _alternative(loaded, alternative, requirement, place)


def _alternative(
    loaded: LoadedDocument, alternative: Alternative, requirement: SecurityRequirement, place: str
) -> Iterator[Finding]:
    for entry in requirement.schemes:
        yield from _names(loaded, alternative, entry, place)
    if alternative.unmet:
        rule = _rule_of_unmet(loaded, alternative)
        message = f"{place} is dead: {alternative.unmet}"
        yield Finding(alternative.origin, Severity.ERROR, rule, message)


def _rule_of_unmet(loaded: LoadedDocument, alternative: Alternative) -> str:
    kinds = {loaded.policy.schemes[need.scheme].kind for need in alternative.needs}
    bound = all(need.scheme in loaded.policy.bindings for need in alternative.needs)
    is_checkable = bound and SchemeKind.UNSUPPORTED not in kinds
    return "unsatisfiable-alternative" if is_checkable else "unsupported-scheme"


def _names(
    loaded: LoadedDocument, alternative: Alternative, entry: SchemeRequirement, place: str
) -> Iterable[Finding]:
    scheme = loaded.policy.schemes[entry.scheme]
    for name, origin in zip(entry.names, entry.name_origins, strict=True):
        if scheme.kind not in _SCOPED:
            if loaded.description.openapi.startswith("3.0"):
                message = f"`{name}` is a role of `{entry.scheme}`, which OAS 3.0 does not know"
                yield Finding(origin, Severity.ERROR, "roles-before-3.1", message)
        elif not is_scope_token(name):
            message = f"{name!a} cannot be a scope (RFC 6749 s3.3); {place} is dead"
            yield Finding(origin, Severity.ERROR, "invalid-scope-name", message)
        elif name in alternative.ungrantable:
            message = f"no client can ever be granted `{name}`; {place} is dead"
            yield Finding(origin, Severity.ERROR, "undeclared-scope", message)
