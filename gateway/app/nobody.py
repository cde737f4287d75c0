"""The port `CredentialSource` where there is no store: nobody is known."""

from gateway.model import Proven, Refused, TokenFault, Uncheckable
from gateway.spec.model import SchemeName
from gateway.tokens.csrf import CsrfEvidence

_UNKNOWN = Refused(TokenFault.UNKNOWN_CREDENTIAL)


class NobodyKnown:
    """Knows no session, no key and no user."""

    async def session(
        self, _cookie: str, _evidence: CsrfEvidence
    ) -> Proven | Refused | Uncheckable | None:
        """No session is known; a stale one counts as absent."""
        return None

    async def api_key(
        self, _scheme: SchemeName, _key: str, *, evidence: CsrfEvidence | None
    ) -> Proven | Refused | Uncheckable:
        """No key is known."""
        del evidence
        return _UNKNOWN

    async def basic(
        self, _user: str, _password: str, *, address: str
    ) -> Proven | Refused | Uncheckable:
        """No user is known."""
        del address
        return _UNKNOWN
