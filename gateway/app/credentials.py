"""The port `CredentialSource`: who a login session is."""

from dataclasses import dataclass

from anyio import CapacityLimiter, to_thread

from gateway.model import Principal, PrincipalKind, Proven, Refused, TokenFault, Uncheckable
from gateway.spec.model import SchemeName
from gateway.tokens.csrf import CsrfEvidence
from token_service.entities import Session
from token_service.errors import StoreUnavailableError
from token_service.sessions import Sessions, proves_csrf


@dataclass(frozen=True, slots=True)
class LocalCredentials:
    """Asks the token service in a thread; API keys and basic users are known to nobody yet."""

    sessions: Sessions
    issuer: str
    #: the origins of our own pages
    origins: frozenset[str]
    limiter: CapacityLimiter

    async def session(
        self, cookie: str, evidence: CsrfEvidence
    ) -> Proven | Refused | Uncheckable | None:
        """Who the login session is, with the groups of its user as roles."""
        try:
            session = await to_thread.run_sync(self.sessions.find, cookie, limiter=self.limiter)
        except StoreUnavailableError as error:
            return Uncheckable(error.retry_after)
        return None if session is None else self._proven(session, cookie, evidence)

    async def api_key(self, _scheme: SchemeName, _key: str) -> Proven | Refused:
        """Know no key."""
        return Refused(TokenFault.UNKNOWN_CREDENTIAL)

    async def basic(self, _user: str, _password: str) -> Proven | Refused:
        """Know no user."""
        return Refused(TokenFault.UNKNOWN_CREDENTIAL)

    def _proven(self, session: Session, cookie: str, evidence: CsrfEvidence) -> Proven:
        is_ours = evidence.origin is None or evidence.origin in self.origins
        return Proven(
            principal=Principal(self.issuer, session.user.subject, PrincipalKind.USER),
            roles=frozenset(session.user.groups),
            by_cookie=True,
            csrf_proven=is_ours and proves_csrf(cookie, evidence.token),
            is_local=True,
        )
