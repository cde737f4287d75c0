"""Requirements that contradict what the names in them say."""

import re
from collections.abc import Iterator
from itertools import permutations

from gateway.lint.finding import Finding, Severity
from gateway.lint.rules.subject import Subject
from gateway.lint.rules.words import implies, reads_only
from gateway.policy.rules import Alternative
from gateway.spec.model import Operation

_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
#: a POST that only asks: its parameters are too long for a query
_ASKS = frozenset(
    {
        "search", "query", "find", "lookup", "filter", "list", "count", "preview", "validate",
        "check", "verify", "export", "graphql",
    }
)  # fmt: skip
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
#: a list longer than this is not compared name by name
_COMPARED = 30


def and_list_like_or(subject: Subject) -> Iterator[Finding]:
    """Scopes asked for together, of which one allows by its name what the other one allows."""
    for listing in subject.listings:
        for alternative, requirement in listing.pairs():
            for entry in requirement.schemes:
                pair = _implied(entry.names)
                if pair is None:
                    continue
                greater, lesser = pair
                place = f"alternative {alternative.index} of {listing.owner}"
                scheme = entry.scheme
                yield Finding(
                    entry.name_origins[entry.names.index(greater)],
                    Severity.WARNING,
                    "and-list-like-or",
                    f"{place} asks for `{lesser}` and `{greater}` together",
                    hint=f"either one is two items: - {scheme}: [{lesser}] and "
                    f"- {scheme}: [{greater}]",
                    marked=greater,
                )


def _implied(names: tuple[str, ...]) -> tuple[str, str] | None:
    pairs = permutations(dict.fromkeys(names[:_COMPARED]), 2)
    return next(((a, b) for a, b in pairs if implies(a, b)), None)


def write_by_read_scope(subject: Subject) -> Iterator[Finding]:
    """An operation that changes something, opened by scopes that speak of reading alone."""
    for operation in subject.loaded.description.operations:
        if operation.method not in _CHANGING or _only_asks(operation):
            continue
        rule = subject.supposed[operation.key]
        for alternative in rule.alternatives:
            if _reads_only(alternative):
                yield Finding(
                    rule.origin_of(alternative),
                    Severity.WARNING,
                    "write-by-read-scope",
                    f"`{' '.join(alternative.scopes)}` opens {operation.key}, which changes "
                    "something",
                    hint="ask for a scope that speaks of the change",
                )


def _reads_only(alternative: Alternative) -> bool:
    scopes = alternative.scopes
    return alternative.is_grantable and bool(scopes) and all(map(reads_only, scopes))


def _only_asks(operation: Operation) -> bool:
    last = operation.path.rstrip("/").rpartition("/")[2]
    words = _WORD.findall(f"{last} {operation.operation_id or ''}")
    return operation.method == "POST" and not _ASKS.isdisjoint(word.lower() for word in words)
