"""Pure: what could be narrower than it is, from what an audit log shows. Nothing opens anything."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from gateway.ops.usage import Span, UndeclaredUse, Usage
from gateway.policy.rules import Policy
from gateway.spec.model import (
    OperationKey,
    SchemeKind,
    SchemeName,
    Scope,
    SecurityScheme,
    SecuritySource,
)

_SCOPED = frozenset({SchemeKind.OAUTH2, SchemeKind.OPENID_CONNECT})


@dataclass(frozen=True, slots=True)
class ClientSuggestion:
    """The scopes that a client can do without."""

    issuer: str
    client: str
    used: tuple[Scope, ...]
    unused: tuple[Scope, ...]
    permitted: int
    refused: Mapping[OperationKey, int]
    span: Span


@dataclass(frozen=True, slots=True)
class Requirement:
    """A SecurityRequirement of one scheme: all of the scopes, and there is one at least."""

    scheme: SchemeName
    scopes: tuple[Scope, ...]


@dataclass(frozen=True, slots=True)
class OperationSuggestion:
    """The narrowest `security` that those who were seen with a token pass."""

    operation: OperationKey
    #: empty: there is none to suggest, and `why` says so
    security: tuple[Requirement, ...]
    why: str
    clients: tuple[str, ...]
    #: requests that it would let in
    let_in: int
    span: Span


def client_suggestions(usage: Usage) -> Iterator[ClientSuggestion]:
    """Each client that was seen, by name."""
    for (issuer, client), use in sorted(usage.clients.items()):
        yield ClientSuggestion(
            issuer,
            client,
            tuple(sorted(use.used)),
            tuple(sorted(use.held - use.used)),
            use.permitted,
            dict(sorted(use.refused.items())),
            use.span,
        )


def operation_suggestions(usage: Usage) -> Iterator[OperationSuggestion]:
    """Each operation that declares no security, in the order of the document.

    INVARIANT: whoever a suggestion lets in holds every scope that all who were seen with a token of
    that issuer hold, and declared ones alone; nobody is let in without a token or a scope.
    """
    for key, rule in usage.policy.rules.items():
        if rule.source is SecuritySource.ABSENT:
            yield _suggest(usage.policy, key, usage.undeclared.get(key, UndeclaredUse()))


def _suggest(policy: Policy, key: OperationKey, use: UndeclaredUse) -> OperationSuggestion:
    security: list[Requirement] = []
    let_in = 0
    for issuer in sorted({issuer for issuer, _ in use.held}):
        sets = {scopes: n for (own, scopes), n in use.held.items() if own == issuer}
        requirement = _requirement(policy, issuer, list(sets))
        if requirement is not None:
            security.append(requirement)
            let_in += sum(sets.values())
    clients = tuple(sorted(use.clients))
    why = "" if security else _why_not(use)
    return OperationSuggestion(key, tuple(security), why, clients, let_in, use.span)


def _requirement(
    policy: Policy, issuer: str, held: Sequence[frozenset[Scope]]
) -> Requirement | None:
    """All that all of them held, under the first scheme of their issuer that declares any of it."""
    common = reduce(frozenset.intersection, held)
    for name, scheme in policy.schemes.items():
        binding = policy.bindings.get(name)
        if scheme.kind not in _SCOPED or binding is None or binding.issuer != issuer:
            continue
        scopes = sorted(common & _declared(scheme)) if scheme.flows else sorted(common)
        if scopes:
            return Requirement(name, tuple(scopes))
    return None


def _declared(scheme: SecurityScheme) -> frozenset[Scope]:
    return frozenset(scope for flow in scheme.flows for scope in flow.scopes)


def _why_not(use: UndeclaredUse) -> str:
    if not use.span.requests:
        return "nobody called it"
    if not use.held:
        return "nobody who called it showed a valid token"
    return "no declared scope is common to all who called it"
