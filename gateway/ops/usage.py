"""What an audit log shows of clients, and of operations for which nobody declares security."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.model import Reason
from gateway.ops.audit_reader import SeenDecision
from gateway.policy.rules import Alternative, Policy
from gateway.spec.model import OperationKey, Scope, SecuritySource

#: issuer and client
ClientKey = tuple[str, str]
#: issuer and the scopes held
Held = tuple[str, frozenset[Scope]]


@dataclass(slots=True)
class Span:
    """How often, and from when to when."""

    requests: int = 0
    first: str = ""
    last: str = ""

    def add(self, time: str) -> None:
        """One more; the lines of several processes stand in any order."""
        self.requests += 1
        self.first = min(self.first or time, time)
        self.last = max(self.last, time)


@dataclass(slots=True)
class ClientUse:
    """One client."""

    held: set[Scope] = field(default_factory=set)
    #: what the alternatives that let it in asked for
    used: set[Scope] = field(default_factory=set)
    span: Span = field(default_factory=Span)
    permitted: int = 0
    refused: Counter[OperationKey] = field(default_factory=Counter)


@dataclass(slots=True)
class UndeclaredUse:
    """One operation that declares no security."""

    span: Span = field(default_factory=Span)
    held: Counter[Held] = field(default_factory=Counter)
    clients: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Usage:
    """All that was read, added up for the policy of one document."""

    policy: Policy
    decisions: int = 0
    #: decided by another policy than this one
    by_others: int = 0
    #: of operations that the document does not have
    elsewhere: int = 0
    clients: dict[ClientKey, ClientUse] = field(default_factory=dict)
    undeclared: dict[OperationKey, UndeclaredUse] = field(default_factory=dict)

    def add(self, seen: SeenDecision) -> None:
        """Add a decision."""
        self.decisions += 1
        self.by_others += seen.policy != self.policy.digest
        rule = self.policy.rules.get(seen.operation)
        if rule is None:
            self.elsewhere += 1
            return
        if rule.source is SecuritySource.ABSENT:
            self._add_undeclared(seen)
        if seen.client is not None and seen.issuer is not None:
            self._add_client(seen, (seen.issuer, seen.client))

    def _add_client(self, seen: SeenDecision, key: ClientKey) -> None:
        use = self.clients.setdefault(key, ClientUse())
        use.span.add(seen.time)
        use.held |= seen.scopes
        if seen.permits:
            use.permitted += 1
            use.used.update(self._used(seen))
        else:
            use.refused[seen.operation] += 1

    def _used(self, seen: SeenDecision) -> Sequence[Scope]:
        """The scopes that let it in: by the alternative told, or by the first that would hold."""
        rule = self.policy.rules[seen.operation]
        if seen.policy == self.policy.digest and seen.matched is not None:
            by_index = {alternative.index: alternative for alternative in rule.alternatives}
            told = by_index.get(seen.matched)
            return told.scopes if told is not None else ()
        holding = (one for one in rule.trials if _holds(one, seen.scopes))
        found = next(holding, None)
        return found.scopes if found is not None else ()

    def _add_undeclared(self, seen: SeenDecision) -> None:
        if seen.reason not in {Reason.UNDECLARED_SECURITY, Reason.PUBLIC}:
            return
        use = self.undeclared.setdefault(seen.operation, UndeclaredUse())
        use.span.add(seen.time)
        if seen.issuer is not None:
            use.held[seen.issuer, seen.scopes] += 1
            use.clients |= {seen.client} if seen.client is not None else set()


def _holds(alternative: Alternative, scopes: frozenset[Scope]) -> bool:
    return bool(alternative.needs) and scopes.issuperset(alternative.scopes)
