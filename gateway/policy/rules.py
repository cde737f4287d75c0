"""The frozen policy: each operation's alternatives, with all that is known before a request."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.errors import Origin
from gateway.spec.model import (
    OperationKey,
    SchemeName,
    Scope,
    SecurityDeclaration,
    SecurityScheme,
    SecuritySource,
)


def escaped(text: str) -> str:
    """A text in printable ASCII on one line, for messages."""
    return text.encode("unicode_escape").decode("ascii")


class Undeclared(StrEnum):
    """What an operation means for which nobody declared security."""

    DENY = "deny"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Binding:
    """What a scheme's credentials are checked against; equal bindings accept the same token."""

    issuer: str
    audience: str


@dataclass(frozen=True, slots=True)
class Need:
    """One scheme of an alternative, with what its credential must hold."""

    scheme: SchemeName
    #: in the order written, without repeats; one of the two is empty
    scopes: tuple[Scope, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """One compiled SecurityRequirement; without needs it is `{}`.

    Rules that ask for the same share it, so it knows no place: see `Rule.origin_of`.
    """

    #: place in the list as written, from 1
    index: int
    needs: tuple[Need, ...]
    #: why its schemes can never be proven together; "" if they can
    unmet: str = ""
    #: scopes that no client can be granted, in the order written
    ungrantable: tuple[Scope, ...] = ()
    #: those of them that no token can hold: names outside RFC 6749 s3.3
    impossible: tuple[Scope, ...] = ()
    #: bearer tokens with the right scopes are all it takes
    opens_by_scopes: bool = False
    #: every scheme of it travels in a cookie
    rests_on_cookie: bool = False

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """All scopes it asks for, in the order written, each once."""
        return tuple(dict.fromkeys(scope for need in self.needs for scope in need.scopes))

    @property
    def is_grantable(self) -> bool:
        """Whether some token can hold all it asks for."""
        return not self.unmet and not self.ungrantable

    @property
    def can_be_met(self) -> bool:
        """Whether it can hold at all, whoever grants the scopes."""
        return not self.never

    @property
    def never(self) -> str:
        """Why it can never hold, schemes and scopes alike; "" if it can."""
        if self.unmet or not self.impossible:
            return self.unmet
        return f"`{escaped(self.impossible[0])}` cannot be a scope (RFC 6749 s3.3)"


@dataclass(frozen=True, slots=True)
class Rule:
    """What one operation asks for."""

    operation: OperationKey
    #: what it was compiled from
    declaration: SecurityDeclaration
    #: nothing is asked for, and nothing presented is looked at
    is_public: bool
    #: in the order written
    alternatives: tuple[Alternative, ...]
    #: in the order they are tried: `{}` last; where the method is unsafe, cookies after the others
    trials: tuple[Alternative, ...]
    #: the method changes something, so that a cookie alone does not suffice
    is_unsafe: bool
    #: every scheme named, in the order written, each once
    schemes: tuple[SchemeName, ...]
    #: those of them that occur in an alternative that can be met
    satisfiable: frozenset[SchemeName]

    @property
    def origin(self) -> Origin:
        """Where its `security` stands."""
        return self.declaration.origin

    @property
    def source(self) -> SecuritySource:
        """Where the list that counts comes from."""
        return self.declaration.source

    def origin_of(self, alternative: Alternative) -> Origin:
        """Where one of its alternatives stands."""
        places = tuple(origin for _, origin in self.declaration.each())
        return places[alternative.index - 1]


@dataclass(frozen=True, slots=True)
class Policy:
    """A document compiled: what `decide` reads. Replaced whole, never changed."""

    rules: Mapping[OperationKey, Rule]
    schemes: Mapping[SchemeName, SecurityScheme]
    bindings: Mapping[SchemeName, Binding]
    #: SHA-256, in hex, of the canonical form: equal for equal access under the same bindings
    digest: str
