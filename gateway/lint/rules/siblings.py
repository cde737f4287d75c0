"""Operations on one resource that ask for security, all but one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum

from gateway.lint.finding import Finding, Severity
from gateway.lint.rules.openings import openings_of
from gateway.lint.rules.subject import Subject
from gateway.policy.rules import Rule
from gateway.spec.model import Operation, SecuritySource

_LAST_PARAMETER = re.compile(r"/\{[^{}/]*\}$")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "QUERY"})


class _Asks(IntEnum):
    """How much an operation asks for at least."""

    NOTHING = 0
    A_CREDENTIAL = 1
    SCOPES = 2


_WORDS: Mapping[_Asks, str] = {
    _Asks.NOTHING: "asks for nothing",
    _Asks.A_CREDENTIAL: "asks for no scope",
}
_THEIRS: Mapping[_Asks, str] = {
    _Asks.A_CREDENTIAL: "a credential",
    _Asks.SCOPES: "scopes",
}


def sibling_disagreement(subject: Subject) -> Iterator[Finding]:
    """The one operation of a resource that asks for less than all its siblings do."""
    for family in _families(subject).values():
        asks = {o.key: _asks(subject.supposed[o.key]) for o in family}
        for operation in family:
            siblings = [o for o in _comparable(operation, family) if asks[o.key] is not None]
            own = asks[operation.key]
            theirs = min((asks[o.key] or _Asks.NOTHING for o in siblings), default=None)
            if own is None or theirs is None or own >= theirs:
                continue
            yield Finding(
                operation.security.origin,
                Severity.WARNING,
                "sibling-disagreement",
                f"{operation.key} {_WORDS[own]}, but {_told(siblings)} for {_THEIRS[theirs]}",
                hint="ask for the same, or say why not: # scopegate: ignore[sibling-disagreement] "
                "why",
            )


def _told(siblings: Sequence[Operation]) -> str:
    if len(siblings) == 1:
        return f"{siblings[0].key} asks"
    return f"{siblings[0].key} and {len(siblings) - 1} more ask"


def _families(subject: Subject) -> Mapping[str, list[Operation]]:
    """Operations by resource: a collection and its items, `/songs` and `/songs/{songId}`."""
    found: dict[str, list[Operation]] = {}
    for operation in subject.loaded.description.operations:
        path = _LAST_PARAMETER.sub("", operation.path.rstrip("/"))
        found.setdefault(path, []).append(operation)
    return found


def _comparable(operation: Operation, family: Sequence[Operation]) -> list[Operation]:
    """The siblings that speak for more security: to read may be open where to change is not."""
    is_safe = operation.method in _SAFE
    return [
        other
        for other in family
        if other is not operation and (not is_safe or other.method in _SAFE)
    ]


def _asks(rule: Rule) -> _Asks | None:
    """The least that opens an operation; None where nobody is let in, or nobody has spoken."""
    if rule.source is SecuritySource.ABSENT:
        return None
    openings = openings_of(rule)
    if not openings:
        return None
    return min(_weight(opening) for opening in openings)


def _weight(opening: frozenset[tuple[str, frozenset[str]]]) -> _Asks:
    if not opening:
        return _Asks.NOTHING
    return _Asks.SCOPES if any(names for _, names in opening) else _Asks.A_CREDENTIAL
