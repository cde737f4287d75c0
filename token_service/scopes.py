"""Pure: what scopes a text names (RFC 6749 s3.3), and what a ceiling leaves of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from token_service.errors import ScopeError

#: the ceiling that follows the document
EVERYTHING = "*"

_SCOPE_TOKEN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that a client or a user may be granted: everything declared, or a list."""

    everything: bool = False
    scopes: frozenset[str] = frozenset()

    def narrow(self, scopes: frozenset[str]) -> frozenset[str]:
        """The part of the scopes that lies within the ceiling."""
        return scopes if self.everything else scopes & self.scopes

    def __str__(self) -> str:
        """As it is stored and printed: `*`, or the scopes in order."""
        return EVERYTHING if self.everything else " ".join(sorted(self.scopes))


def parse_scopes(text: str) -> tuple[str, ...]:
    """The scopes of a request in the order asked, each once; single spaces alone separate."""
    tokens = text.split(" ")
    if not all(_SCOPE_TOKEN.fullmatch(token) for token in tokens):
        raise ScopeError("a scope is made of printable ASCII, single spaces between them")
    return tuple(dict.fromkeys(tokens))


def parse_ceiling(text: str) -> Ceiling:
    """Read a ceiling: `*` anywhere means everything, the empty text nothing."""
    if not text:
        return Ceiling()
    scopes = frozenset(parse_scopes(text))
    return Ceiling(everything=True) if EVERYTHING in scopes else Ceiling(scopes=scopes)


def unite(ceilings: Iterable[Ceiling]) -> Ceiling:
    """The union of ceilings; of none, nothing."""
    listed = tuple(ceilings)
    if any(ceiling.everything for ceiling in listed):
        return Ceiling(everything=True)
    return Ceiling(scopes=frozenset().union(*(ceiling.scopes for ceiling in listed)))


def choose_scopes(asked: str | None, *, allowed: frozenset[str]) -> tuple[str, ...]:
    """What to grant: all that is asked, or all that is allowed, sorted, if nothing is asked.

    A ScopeError if a scope asked is not allowed, or if nothing is allowed at all.
    """
    chosen = parse_scopes(asked) if asked else tuple(sorted(allowed))
    if not chosen:
        raise ScopeError("no scope can be granted to this client and user")
    if not allowed.issuperset(chosen):
        raise ScopeError("the scope asked is not declared or not within what can be granted")
    return chosen


def join_scopes(scopes: Iterable[str]) -> str:
    """The scopes as one text, as `scope` parameters and claims carry them."""
    return " ".join(scopes)
