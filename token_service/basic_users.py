"""Users who send name and password with each request (RFC 7617), checked at a bearable price."""

import hmac
import secrets
import threading
from dataclasses import dataclass, field

from token_service.entities import Login, User, normalise_username
from token_service.passwords import SecretHasher
from token_service.ports import Clock
from token_service.store.engine import Engine
from token_service.store.users import find_login
from token_service.throttle import ADDRESS_WAITS, Throttle, address_key, basic_key

#: seconds for which a password that was right needs no hash again
REMEMBERED_SECONDS = 60
#: the most passwords remembered at once
REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class RememberedPasswords:
    """Which passwords were right lately, by an HMAC under a key that dies with the process.

    With each stands the stored hash that it matched: another one there, or none, and what is
    remembered counts for nothing.
    """

    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    #: digest -> the stored hash that it matched, and when
    _right: dict[bytes, tuple[str, float]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def remember(self, login: Login, password: str, *, now: float) -> None:
        """Keep that the password was right, and forget the oldest where there are too many."""
        digest = self._digest(login, password)
        with self._lock:
            self._right.pop(digest, None)
            self._right[digest] = (login.password_hash, now)
            if len(self._right) > REMEMBERED:
                del self._right[next(iter(self._right))]

    def is_right(self, login: Login, password: str, *, now: float) -> bool:
        """Whether the password was right lately, for the hash that is stored now."""
        with self._lock:
            matched, then = self._right.get(self._digest(login, password), ("", 0.0))
        return matched == login.password_hash and 0 <= now - then < REMEMBERED_SECONDS

    def _digest(self, login: Login, password: str) -> bytes:
        return hmac.digest(self._key, f"{login.user.subject}\0{password}".encode(), "sha256")


@dataclass(frozen=True, slots=True)
class BasicUsers:
    """The users of one installation; blocks, so it is called in a thread."""

    engine: Engine
    hasher: SecretHasher
    throttle: Throttle
    clock: Clock
    _remembered: RememberedPasswords = field(default_factory=RememberedPasswords)

    def recall(self, username: str, password: str) -> User | None:
        """The user, if the password was right lately and nothing of him changed: one look-up."""
        login = find_login(self.engine, normalise_username(username))
        if login is None or not login.user.is_active:
            return None
        is_right = self._remembered.is_right(login, password, now=self.clock())
        return login.user if is_right else None

    def prove(self, username: str, password: str, *, address: str) -> User | None:
        """The user, if name and password are his; costs one hash, whoever is asked for.

        Raises TooManyFailuresError: guesses at one name from one address have to wait, and so do
        guesses at many names from one. Other addresses, and passwords that `recall` knows, do not.
        """
        now = int(self.clock())
        key, everyone = basic_key(username, peer=address), address_key(address)
        for each in (key, everyone):
            self.throttle.admit(each, now=now)
        login = find_login(self.engine, normalise_username(username))
        is_right = self.hasher.matches(login.password_hash if login else None, password)
        if login is None or not is_right or not login.user.is_active:
            self.throttle.fail(key, now=now)
            self.throttle.fail(everyone, now=now, waits=ADDRESS_WAITS)
            return None
        self.throttle.succeed(key, now=now)
        self._remembered.remember(login, password, now=self.clock())
        return login.user
