"""Pure: which access tokens are revoked, held in memory that does not grow beyond a bound."""

from token_service.entities import Revocation, RevocationKind

#: revocations held at once: 140 bytes each for a token or a grant, 250 for a client or a user,
#: measured; so 70 MB a process, 125 MB at the very most
MOST_HELD = 500_000
#: seconds that the clocks of issuer and verifier may be apart
CLOCK_SKEW = 15
_NEVER = (-1, 0)


class RevokedTokens:
    """The revocations that still count; one thread changes them, any thread may ask.

    INVARIANT: what was added covers its tokens until they expire. Beyond the bound a revocation is
    widened, not forgotten: every token issued until that second is revoked, and the table begins
    anew. That takes `most` revocations within the life of an access token, and clients that can
    refresh, or people who sign in, have a token again after CLOCK_SKEW seconds.
    """

    def __init__(self, *, most: int = MOST_HELD) -> None:
        self._most = most
        #: grows after each change by which more tokens are revoked
        self.changes = 0
        #: tokens issued at or before this second are all revoked
        self._all_until = -1
        #: value -> when its tokens have all expired
        self._jtis: dict[str, int] = {}
        self._grants: dict[str, int] = {}
        #: value -> tokens issued at or before, when they have all expired
        self._clients: dict[str, tuple[int, int]] = {}
        self._subjects: dict[str, tuple[int, int]] = {}

    def __len__(self) -> int:
        """How many revocations are held."""
        return len(self._jtis) + len(self._grants) + len(self._clients) + len(self._subjects)

    def covers(
        self, *, jti: str, grant_id: str | None, client_id: str, subject: str, issued_at: int
    ) -> bool:
        """Whether a token is revoked: by its id, its grant, its client or its subject."""
        return (
            jti in self._jtis
            or grant_id in self._grants
            or issued_at <= self._clients.get(client_id, _NEVER)[0]
            or issued_at <= self._subjects.get(subject, _NEVER)[0]
            or issued_at <= self._all_until
        )

    def add(self, revocation: Revocation) -> None:
        """Hold a revocation; the wider of two of one thing counts."""
        value, expires_at = revocation.value, revocation.expires_at
        match revocation.kind:
            case RevocationKind.JTI:
                is_new = _lengthen(self._jtis, value, expires_at)
            case RevocationKind.GRANT:
                is_new = _lengthen(self._grants, value, expires_at)
            case RevocationKind.CLIENT:
                is_new = _widen(self._clients, value, revocation.issued_until, expires_at)
            case RevocationKind.SUBJECT:
                is_new = _widen(self._subjects, value, revocation.issued_until, expires_at)
        # Afterwards: whoever sees the new number sees the revocation too.
        self.changes += is_new

    def forget_expired(self, *, now: int) -> None:
        """Drop what no valid token can meet any more."""
        for ends in (self._jtis, self._grants):
            for value in [value for value, expires_at in ends.items() if expires_at <= now]:
                del ends[value]
        for spans in (self._clients, self._subjects):
            for value in [value for value, span in spans.items() if span[1] <= now]:
                del spans[value]

    def keep_bound(self, *, now: int) -> bool:
        """Widen what is held if it is too much; whether it was."""
        if len(self) <= self._most:
            return False
        self.forget_expired(now=now)
        if len(self) <= self._most:
            return False
        # In this order: whoever asks meanwhile meets the one or the other.
        self._all_until = now + CLOCK_SKEW
        self._jtis, self._grants, self._clients, self._subjects = {}, {}, {}, {}
        self.changes += 1
        return True


def _lengthen(ends: dict[str, int], value: str, expires_at: int) -> bool:
    """Hold a value until then at least; whether it was held for less."""
    if ends.get(value, -1) >= expires_at:
        return False
    ends[value] = expires_at
    return True


def _widen(
    spans: dict[str, tuple[int, int]], value: str, issued_until: int, expires_at: int
) -> bool:
    known = spans.get(value, _NEVER)
    spans[value] = (max(issued_until, known[0]), max(expires_at, known[1]))
    return spans[value] != known
