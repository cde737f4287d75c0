"""What must go on being so for the proof of a bearer token to stay right without another look."""

from dataclasses import dataclass, field

from gateway.model import AccessToken, Refused, TokenFault
from gateway.tokens.claims import LEEWAY_SECONDS
from gateway.tokens.ports import KeySource, RevocationFeed
from gateway.values import value

#: how long a refusal is believed; a token that is refused may yet become valid
REFUSED_SECONDS = 2
#: what the same octets meet again as long as keys and settings stay
_LASTING_FAULTS = frozenset(
    {
        TokenFault.ALGORITHM,
        TokenFault.TYPE,
        TokenFault.CRITICAL,
        TokenFault.SIGNATURE,
        TokenFault.ISSUER,
        TokenFault.AUDIENCE,
        TokenFault.EXPIRED,
        TokenFault.CLAIMS,
        TokenFault.SCOPE,
    }
)


@value
class Standing:
    """How keys and revocations stood before a token was looked at."""

    keys: KeySource
    current: object | None
    revocations: RevocationFeed | None
    changes: int

    @classmethod
    def of(cls, keys: KeySource, revocations: RevocationFeed | None) -> "Standing":
        """How they stand now; read before the token is, so that no change in between is missed."""
        changes = 0 if revocations is None else revocations.changes
        return cls(keys, keys.current(), revocations, changes)

    def assure(self, outcome: AccessToken | Refused, *, now: int) -> "Assurance | None":
        """What an outcome that was found meanwhile rests on; None if it is not to be kept."""
        if self.current is None or self.keys.current() is not self.current:
            return None
        if isinstance(outcome, AccessToken):
            until = outcome.expires_at + LEEWAY_SECONDS
            return Assurance(self, outcome, since=now, until=until, changes=self.changes)
        if outcome.fault in _LASTING_FAULTS:
            return Assurance(self, None, since=now, until=now + REFUSED_SECONDS, changes=0)
        return None


@dataclass(slots=True)
class Assurance:
    """Asked before a kept proof is used again. Times are Unix seconds.

    INVARIANT: a proof whose assurance holds is the proof that verifying the token anew would give,
    but for a refusal, which may be REFUSED_SECONDS late in becoming a permit.
    """

    standing: Standing
    #: None: the token is refused
    token: AccessToken | None
    since: int
    until: int
    #: the revocations up to this change are known not to touch the token
    changes: int = field(repr=False)

    def holds(self, now: float) -> bool:
        """Whether the time, the keys and the revocations still say the same."""
        standing = self.standing
        if not self.since <= now < self.until or standing.keys.current() is not standing.current:
            return False
        feed = standing.revocations
        if feed is None or self.token is None:
            return True
        if not feed.fresh:
            return False
        changes = feed.changes
        if changes != self.changes:
            if feed.is_revoked(self.token):
                return False
            self.changes = changes
        return True
