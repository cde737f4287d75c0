"""What the gateway asks of whoever holds keys, credentials and revocations.

The roof binds these to the embedded token service, or to an issuer elsewhere; nothing here says
which. An implementation answers with values for what it expects and raises only what is named.
"""

from typing import Protocol

from gateway.model import AccessToken, Proven, Refused, Uncheckable
from gateway.spec.model import SchemeName
from gateway.tokens.csrf import CsrfEvidence
from gateway.tokens.keys import Kid, VerificationKey


class KeySource(Protocol):
    """The verification keys of one issuer."""

    def cached(self, kid: Kid, alg: str) -> VerificationKey | None:
        """The key if it is at hand and fresh; None says nothing: ask `key`. Never waits."""
        ...

    def current(self) -> object | None:
        """What stands for the keys at hand while they are fresh; None says nothing.

        Another object means other keys: what was verified with the old ones is verified anew.
        """
        ...

    async def key(self, kid: Kid, alg: str) -> VerificationKey | None:
        """The key `kid`, None if the issuer has none; raises KeysUnavailableError.

        A key that does not serve `alg` comes back pinned to the algorithm it does serve, so that
        the verifier, not the source, refuses the mismatch.
        """
        ...


class CredentialSource(Protocol):
    """Sessions, API keys and basic users. The arguments are secrets: never log or keep them."""

    async def session(
        self, cookie: str, evidence: CsrfEvidence
    ) -> Proven | Refused | Uncheckable | None:
        """Who the login session is; None if it is stale or unknown, which counts as absent.

        The proof has `by_cookie` set, and `csrf_proven` if the evidence shows a page of our own.
        """
        ...

    async def api_key(
        self, scheme: SchemeName, key: str, *, evidence: CsrfEvidence | None
    ) -> Proven | Refused | Uncheckable:
        """Whose key it is, for the scheme it was presented for.

        `evidence` is there if the key came in a cookie: the proof then has `by_cookie` set, and
        `csrf_proven` if the evidence shows that whoever sent the request knows the key.
        """
        ...

    async def basic(
        self, user: str, password: str, *, address: str
    ) -> Proven | Refused | Uncheckable:
        """Who the user is; an unknown one costs as much time as a wrong password.

        `address` is where the request comes from: too many failures from there are uncheckable.
        """
        ...


class RevocationFeed(Protocol):
    """Which tokens were taken back before they expired."""

    @property
    def fresh(self) -> bool:
        """Whether the last known revocations are recent enough to rule.

        While this is false no token can be checked: the answer is 503, never a permit.
        """
        ...

    @property
    def changes(self) -> int:
        """A number that is another one after each change of what is revoked.

        It changes after the revocation can be seen: so who reads it first, and then asks, knows
        that nothing was revoked since as long as it stays.
        """
        ...

    def is_revoked(self, token: AccessToken) -> bool:
        """Whether the token was taken back, by what it says of itself; never by its text.

        Asked of tokens of the one issuer whose revocations these are; costs no I/O.
        """
        ...
