"""What an operation asks for, in the words of `/docs`."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from gateway.policy.rules import Alternative, Need, Rule
from gateway.spec.model import SchemeName
from gateway.spec.wording import plain


class AccessKind(StrEnum):
    """How an operation stands."""

    PUBLIC = "public"
    OPTIONAL = "optional"
    NEEDS = "needs"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Access:
    """What a caller is to have."""

    kind: AccessKind
    #: `needs read, or admin + songs`
    words: str


def access_of(rule: Rule, sessions: Collection[SchemeName]) -> Access:
    """What the operation of a rule asks for; `sessions` are schemes that a login session proves."""
    if rule.is_public:
        return Access(AccessKind.PUBLIC, "public: nothing is needed")
    if not rule.alternatives:
        return Access(AccessKind.CLOSED, "closed: it declares no security")
    ways = list(dict.fromkeys(_way(way, sessions) for way in rule.alternatives if _is_way(way)))
    is_optional = any(not alternative.needs for alternative in rule.alternatives)
    if is_optional:
        told = f"optional: nothing is needed, {_joined(ways)} counts" if ways else ""
        return Access(AccessKind.OPTIONAL, told or "optional: nothing is needed")
    if not ways:
        return Access(AccessKind.CLOSED, "closed: nobody can call it")
    return Access(AccessKind.NEEDS, f"needs {_joined(ways)}")


def _is_way(alternative: Alternative) -> bool:
    return bool(alternative.needs) and alternative.can_be_met


def _joined(ways: list[str]) -> str:
    return ", or ".join(ways)


def _way(alternative: Alternative, sessions: Collection[SchemeName]) -> str:
    pieces = dict.fromkeys(piece for need in alternative.needs for piece in _pieces(need, sessions))
    told = " + ".join(pieces)
    return told if alternative.is_grantable else f"{told} (which no client can get)"


def _pieces(need: Need, sessions: Collection[SchemeName]) -> Iterator[str]:
    if need.scheme in sessions and not need.roles:
        yield "a signed-in session"
    elif not need.scopes and not need.roles:
        yield f"a credential of {plain(need.scheme)}"
    yield from (plain(scope) for scope in need.scopes)
    yield from (f"the role {plain(role)} of {plain(need.scheme)}" for role in need.roles)
