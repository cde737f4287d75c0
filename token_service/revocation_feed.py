"""What is revoked, as one process knows it: followed in the database by a thread of its own."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from token_service.errors import StoreUnavailableError
from token_service.ports import Clock
from token_service.revoked import MOST_HELD, RevokedTokens
from token_service.store.engine import Engine
from token_service.store.revocations import revocations_after
from token_service.store.watch import Watch, newest_transaction, oldest_transaction, watch

_log = logging.getLogger("scopegate.tokens")

#: seconds for which revocations are read again, though they were read before
SETTLED_SECONDS = 60.0
#: seconds between looks for what has expired
_FORGET_SECONDS = 60.0
#: seconds before a wait that failed in an unknown way is tried again
_PAUSE_SECONDS = 1.0
#: revocations read at once
_PAGE = 10_000
_LONG_AGO = float("-inf")


@dataclass(frozen=True, slots=True)
class Horizon:
    """From which id on to read: a smaller one may come into sight after a larger one.

    An id is given out before its transaction commits. So one that was read counts as settled only
    60 seconds later, and once every transaction that had begun by then has ended.
    """

    #: nothing at or below comes into sight any more
    settled: int = 0
    #: what will be settled next: when it was read, the largest id, a transaction begun after it
    waiting: tuple[float, int, int] | None = None

    def after(
        self, largest: int, *, at: float, oldest: int, newest: Callable[[], int]
    ) -> "Horizon":
        """The horizon after a read up to the id `largest`.

        It began at the monotonic time `at`; `oldest` was the oldest transaction under way before
        it, `newest` begins one after it.
        """
        settled, waiting = self.settled, self.waiting
        if waiting and at - waiting[0] >= SETTLED_SECONDS and oldest >= waiting[2]:
            settled, waiting = waiting[1], None
        if waiting is None and largest > settled:
            waiting = (at, largest, newest())
        return Horizon(settled, waiting)


class RevocationFeed:
    """Follows the revocations of one database; a question costs a few look-ups in memory.

    A revocation committed anywhere is known here within a second: PostgreSQL calls it out, an
    SQLite file is looked at twice a second. `start` and `stop` go with the application. Without
    them, as in a test that sends no lifespan events, each `fresh` reads the database first.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        staleness_seconds: float,
        clock: Clock = time.time,
        monotonic: Clock = time.monotonic,
        most: int = MOST_HELD,
    ) -> None:
        self._engine = engine
        self._watch: Watch = watch(engine)
        self._staleness = staleness_seconds
        self._clock = clock
        self._monotonic = monotonic
        self._revoked = RevokedTokens(most=most)
        self._horizon = Horizon()
        #: the largest id that was read
        self._seen = 0
        #: ids up to this were widened into "all tokens until then"
        self._widened = 0
        #: monotonic time at which everything committed was known
        self._known_at = _LONG_AGO
        self._forgot_at = _LONG_AGO
        self._complaint = ""
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def fresh(self) -> bool:
        """Whether what is known here is recent enough to rule."""
        if self._thread is None:
            self._look(asks_watch=False)
        return self._monotonic() - self._known_at <= self._staleness

    def is_revoked(
        self, *, jti: str, grant_id: str | None, client_id: str, subject: str, issued_at: int
    ) -> bool:
        """Whether a token of ours is revoked, as far as it is known here; see `fresh`."""
        return self._revoked.covers(
            jti=jti, grant_id=grant_id, client_id=client_id, subject=subject, issued_at=issued_at
        )

    @property
    def age_seconds(self) -> float:
        """How long ago all that was committed was known here; infinite if it never was."""
        return self._monotonic() - self._known_at

    @property
    def changes(self) -> int:
        """A number that is another one after each change of what is revoked here."""
        return self._revoked.changes

    def start(self) -> None:
        """Read what there is, then follow it; does not raise if the database is away."""
        if self._thread is None:
            self._stopping = threading.Event()
            self._look(asks_watch=True)
            self._thread = threading.Thread(
                target=self._follow, name="scopegate-revocations", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """Follow no more, and close what was held open."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        self._thread = None

    def glance(self) -> None:
        """Read what came after the last revocation that is known, without waiting; blocks.

        It costs what is new alone, and so may miss an id that came into sight late: the next look,
        which is never far, finds that one.
        """
        with self._lock, contextlib.suppress(StoreUnavailableError):
            now = int(self._clock())
            for revocation in revocations_after(self._engine, self._seen, now=now, most=_PAGE):
                self._revoked.add(revocation)
                self._seen = revocation.id

    def _follow(self) -> None:
        # A short patience is not used up by waiting.
        at_most = self._staleness / 4
        while not self._stopping.is_set():
            try:
                self._watch.wait(self._stopping, at_most=at_most)
            except Exception as error:  # whatever it is, the thread lives to wait again
                self._lose_sight(error)
                self._stopping.wait(_PAUSE_SECONDS)
            if not self._stopping.is_set():
                self._look(asks_watch=True)
        self._watch.close()

    def _look(self, *, asks_watch: bool) -> None:
        with self._lock:
            began = self._monotonic()
            try:
                if not asks_watch or self._watch.has_changed():
                    self._read(began)
            except Exception as error:  # whatever it is, the thread lives to look again
                self._lose_sight(error)
                return
            self._known_at = began
            if self._complaint:
                self._complaint = ""
                _log.warning("revocations are read again")

    def _read(self, began: float) -> None:
        now = int(self._clock())
        oldest = oldest_transaction(self._engine)
        largest = self._horizon.settled
        while True:
            page = revocations_after(self._engine, largest, now=now, most=_PAGE)
            for revocation in page:
                self._revoked.add(revocation)
                largest = revocation.id
            self._keep_bound(largest, now=now)
            if len(page) < _PAGE:
                break
        self._seen = largest
        horizon = Horizon(self._widened) if self._widened > self._horizon.settled else self._horizon
        self._horizon = horizon.after(
            largest, at=began, oldest=oldest, newest=partial(newest_transaction, self._engine)
        )
        if began - self._forgot_at >= _FORGET_SECONDS:
            self._revoked.forget_expired(now=now)
            self._forgot_at = began

    def _keep_bound(self, largest: int, *, now: int) -> None:
        if self._revoked.keep_bound(now=now):
            self._widened = largest
            _log.error("there are too many revocations: all tokens issued until now are refused")

    def _lose_sight(self, error: Exception) -> None:
        """Begin anew at the next look: what was not read, and a database put in its place."""
        self._watch.close()
        self._horizon, self._seen = Horizon(self._widened), self._widened
        if str(error) != self._complaint:
            self._complaint = str(error)
            is_fault = not isinstance(error, StoreUnavailableError)
            _log.warning("revocations cannot be read: %s", error, exc_info=is_fault)
