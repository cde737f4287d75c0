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
from token_service.throttle import ADDRESS_WAITS, Throttle, address_key, basic_key, network_of

#: seconds for which a password that was right needs no hash again
REMEMBERED_SECONDS = 60
#: the most passwords remembered at once
REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class RememberedPasswords:
    """Which passwords were right lately, by an HMAC under a key that dies with the process.

    Each counts for the network that proved it alone, so that it tells nothing to who guesses
    elsewhere. With it stands the stored hash that it matched: another one there, or none, and what
    is remembered counts for nothing.
    """

    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    #: digest -> the stored hash that it matched, and when
    _right: dict[bytes, tuple[str, float]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def remember(self, login: Login, password: str, *, address: str, now: float) -> None:
        """Keep that the password was right, and forget the oldest where there are too many."""
        digest = self._digest(login, password, address)
        with self._lock:
            self._right.pop(digest, None)
            self._right[digest] = (login.password_hash, now)
            if len(self._right) > REMEMBERED:
                del self._right[next(iter(self._right))]

    def is_right(self, login: Login, password: str, *, address: str, now: float) -> bool:
        """Whether the password was right lately from there, for the hash that is stored now."""
        digest = self._digest(login, password, address)
        with self._lock:
            matched, then = self._right.get(digest, ("", 0.0))
        return matched == login.password_hash and 0 <= now - then < REMEMBERED_SECONDS

    def _digest(self, login: Login, password: str, address: str) -> bytes:
        parts = (login.user.subject, network_of(address), password)
        return hmac.digest(self._key, "\0".join(parts).encode(), "sha256")


@dataclass(frozen=True, slots=True)
class BasicUsers:
    """The users of one installation; blocks, so it is called in a thread."""

    engine: Engine
    hasher: SecretHasher
    throttle: Throttle
    clock: Clock
    _remembered: RememberedPasswords = field(default_factory=RememberedPasswords)

    def recall(self, username: str, password: str, *, address: str) -> User | None:
        """The user, if the password was right lately from there and nothing of him changed.

        Costs no hash and no write. Raises TooManyFailuresError as `prove` does, and before it looks
        at the password: a remembered one that got through would tell a guesser that it is right.
        """
        self._admit(username, address=address, now=int(self.clock()))
        login = find_login(self.engine, normalise_username(username))
        if login is None or not login.user.is_active:
            return None
        is_right = self._remembered.is_right(login, password, address=address, now=self.clock())
        return login.user if is_right else None

    def prove(self, username: str, password: str, *, address: str) -> User | None:
        """The user, if name and password are his; costs one hash, whoever is asked for.

        Raises TooManyFailuresError: guesses at one name from one address have to wait, and so do
        guesses at many names from one. Other addresses do not.
        """
        now = int(self.clock())
        key, everyone = self._admit(username, address=address, now=now)
        login = find_login(self.engine, normalise_username(username))
        is_right = self.hasher.matches(login.password_hash if login else None, password)
        if login is None or not is_right or not login.user.is_active:
            self.throttle.fail(key, now=now)
            self.throttle.fail(everyone, now=now, waits=ADDRESS_WAITS)
            return None
        self.throttle.succeed(key, now=now)
        self._remembered.remember(login, password, address=address, now=self.clock())
        return login.user

    def _admit(self, username: str, *, address: str, now: int) -> tuple[str, str]:
        key, everyone = basic_key(username, peer=address), address_key(address)
        for each in (key, everyone):
            self.throttle.admit(each, now=now)
        return key, everyone
