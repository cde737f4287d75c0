"""The port `CredentialSource`: who a session, an API key, a name with its password is."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from gateway.app.recent import RecentProofs
from gateway.model import Principal, PrincipalKind, Proven, Refused, TokenFault, Uncheckable
from gateway.spec.model import SchemeName
from gateway.tokens.csrf import CsrfEvidence
from token_service.api_keys import ApiKeys, KeyFault
from token_service.basic_users import BasicUsers
from token_service.entities import ApiKey, Session, User
from token_service.errors import StoreUnavailableError, TooManyFailuresError
from token_service.sessions import Sessions, proves_csrf

HASHING_THREADS = 2
#: passwords that may wait to be hashed; for one more the answer is: later
WAITING_PASSWORDS = 64
#: what the caller is then to wait, in seconds
_BUSY_SECONDS = 1

_KEY_FAULTS = {
    KeyFault.UNKNOWN: TokenFault.UNKNOWN_CREDENTIAL,
    KeyFault.EXPIRED: TokenFault.EXPIRED,
    KeyFault.REVOKED: TokenFault.REVOKED,
}
_NOBODY = Refused(TokenFault.UNKNOWN_CREDENTIAL)
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class LocalCredentials:
    """Asks the token service in threads, and about the same API key once a second."""

    sessions: Sessions
    api_keys: ApiKeys
    basic_users: BasicUsers
    issuer: str
    #: the origins of our own pages
    origins: frozenset[str]
    #: threads that wait for the database
    limiter: CapacityLimiter
    #: threads that hash passwords: each takes 19 MiB, and a processor for 25 ms
    hashing: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(HASHING_THREADS))
    recent: RecentProofs = field(default_factory=lambda: RecentProofs(time.monotonic))

    async def session(
        self, cookie: str, evidence: CsrfEvidence
    ) -> Proven | Refused | Uncheckable | None:
        """Who the login session is, with the groups of its user as roles."""
        session = await self._ask(lambda: self.sessions.find(cookie))
        if session is None or isinstance(session, Uncheckable):
            return session
        return self._proven_session(session, cookie, evidence)

    async def api_key(
        self, scheme: SchemeName, key: str, *, evidence: CsrfEvidence | None
    ) -> Proven | Refused | Uncheckable:
        """Whose key it is; a user's proves the user, a client's the client, another itself."""
        digest, now = self.recent.digest("key", scheme, key), self.recent.clock()
        proof = self.recent.find(digest)
        if proof is None:
            found = await self._ask(lambda: self.api_keys.find(scheme, key))
            if isinstance(found, Uncheckable):
                return found
            if isinstance(found, KeyFault):
                return Refused(_KEY_FAULTS[found])
            proof = _proven_key(found, self.issuer)
            self.recent.keep(digest, proof, asked_at=now)
        return proof if evidence is None else self._in_cookie(proof, key, evidence)

    async def basic(
        self, user: str, password: str, *, address: str
    ) -> Proven | Refused | Uncheckable:
        """Who the user is, with his groups as roles; guesses have to wait."""
        # never from `recent`: where guesses have to wait, the right password has to wait with them
        found = await self._ask(lambda: self.basic_users.recall(user, password, address=address))
        if found is None:
            found = await self._hash(user, password, address=address)
        if not isinstance(found, User):
            return found or _NOBODY
        return _proven_user(found, self.issuer)

    async def _hash(self, user: str, password: str, *, address: str) -> User | Uncheckable | None:
        if self.hashing.statistics().tasks_waiting >= WAITING_PASSWORDS:
            return Uncheckable(_BUSY_SECONDS)
        return await self._ask(
            lambda: self.basic_users.prove(user, password, address=address), limiter=self.hashing
        )

    async def _ask(
        self, question: Callable[[], Found], *, limiter: CapacityLimiter | None = None
    ) -> Found | Uncheckable:
        try:
            return await to_thread.run_sync(question, limiter=limiter or self.limiter)
        except (StoreUnavailableError, TooManyFailuresError) as error:
            return Uncheckable(error.retry_after)

    def _proven_session(self, session: Session, cookie: str, evidence: CsrfEvidence) -> Proven:
        return self._in_cookie(_proven_user(session.user, self.issuer), cookie, evidence)

    def _in_cookie(self, proof: Proven, cookie: str, evidence: CsrfEvidence) -> Proven:
        is_ours = evidence.origin is None or evidence.origin in self.origins
        proven = is_ours and proves_csrf(cookie, evidence.token)
        return replace(proof, by_cookie=True, csrf_proven=proven)


def _proven_user(user: User, issuer: str) -> Proven:
    return Proven(
        principal=Principal(issuer, user.subject, PrincipalKind.USER),
        roles=frozenset(user.groups),
        is_local=True,
    )


def _proven_key(key: ApiKey, issuer: str) -> Proven:
    if key.user is not None:
        return replace(_proven_user(key.user, issuer), roles=key.all_roles)
    client = key.client
    principal = (
        Principal(issuer, client.subject, PrincipalKind.CLIENT)
        if client
        else Principal(issuer, f"key:{key.id}", PrincipalKind.KEY)
    )
    return Proven(principal, roles=key.all_roles, client_id=client.client_id if client else None)
