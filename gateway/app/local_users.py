"""The port `LocalUsers`: which subjects of a foreign issuer are users of this installation."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from anyio import CapacityLimiter, to_thread

from gateway.app.recent import RECENT, RECENT_SECONDS
from gateway.model import Uncheckable
from gateway.spec.model import SchemeName
from gateway.tokens.prove import BearerBinding, LocalUsers
from gateway.tokens.recent import Recent
from token_service.admin import Administration
from token_service.errors import StoreUnavailableError

#: the form of our subjects; the store is asked about nothing else
_SUBJECT = re.compile(r"user:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class StoredUsers:
    """Asks the token service in threads; that a user is active is believed for a second."""

    administration: Administration
    #: threads that wait for the database
    limiter: CapacityLimiter
    clock: Callable[[], float] = time.monotonic
    _active: Recent[bool] = field(default_factory=lambda: Recent[bool](RECENT), repr=False)

    async def is_active(self, subject: str) -> bool | Uncheckable:
        """Whether the subject is a user here who is neither disabled nor deleted."""
        if not _SUBJECT.fullmatch(subject):
            return False
        key, now = subject.encode("ascii"), self.clock()
        if self._active.find(key, now):
            return True
        try:
            is_active = await to_thread.run_sync(self._ask, subject, limiter=self.limiter)
        except StoreUnavailableError as error:
            return Uncheckable(error.retry_after)
        if is_active:
            self._active.keep(key, is_active, now=now, until=now + RECENT_SECONDS)
        return is_active

    def _ask(self, subject: str) -> bool:
        found = self.administration.find_user_by_subject(subject)
        return found is not None and found.is_active


def with_local_users(
    bearers: Mapping[SchemeName, BearerBinding], users: LocalUsers
) -> Mapping[SchemeName, BearerBinding]:
    """Have the subjects of foreign issuers looked up where a table says that they are users here.

    Our own tokens need it not: what is revoked tells of their users.
    """
    return {
        name: replace(bearer, users=users)
        if bearer.trust.users_are_local and bearer.revocations is None
        else bearer
        for name, bearer in bearers.items()
    }
