"""What `--token` tells: each check of a token, what it proves, and what it would open."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.model import Decision, Proof, Refused
from gateway.spec.model import SchemeName, Scope


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """One check; `ok` is None where it could not be made."""

    name: str
    ok: bool | None
    text: str
    #: what would mend it; empty if it holds
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """All checks of one token for one scheme."""

    checks: tuple[ShownCheck, ...]
    #: the first fault, in the order of verification
    fault: Refused | None
    #: the scopes that it claims, as written
    claimed: tuple[Scope, ...] = ()
    #: seconds until it expires, if it says so
    expires_in: int | None = None


@dataclass(frozen=True, slots=True)
class ShownToken:
    """What `--token` told; empty without it."""

    proofs: Mapping[SchemeName, Proof]
    examined: Mapping[SchemeName, Examined]
    #: the scopes that it claims, as written
    claimed: tuple[Scope, ...] = ()
    #: the decision if the token, which is not proven, were valid
    then: Decision | None = None


NO_TOKEN = ShownToken({}, {})
