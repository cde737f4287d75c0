"""Who is signed in: sessions, their CSRF tokens, and links that sign in once.

A session is a random text in a cookie; the database knows its SHA-256. The CSRF token is derived
from the cookie's text, so that only who has the one can make the other, and nothing is stored.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from token_service.entities import Login, Session, User
from token_service.ports import Clock
from token_service.store import sessions as store
from token_service.store.engine import Engine
from token_service.store.users import find_user

#: seconds that a session lives, however busy
SESSION_SECONDS = 43_200
#: seconds that it may lie idle
IDLE_SECONDS = 7_200
#: seconds that a one-time sign-in link works
LINK_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of one installation; blocks, so it is called in a thread."""

    engine: Engine
    clock: Clock

    def open(self, user: User) -> str:
        """A new session of the user: the text for the cookie."""
        token, now = secrets.token_urlsafe(32), int(self.clock())
        until = now + SESSION_SECONDS
        store.insert_session(self.engine, _hash(token), user=user.id, now=now, until=until)
        return token

    def open_by_password(self, login: Login) -> str | None:
        """The same for who was asked his password; None if it was changed since it was checked."""
        token, now = secrets.token_urlsafe(32), int(self.clock())
        is_stored = store.insert_session(
            self.engine,
            _hash(token),
            user=login.user.id,
            now=now,
            until=now + SESSION_SECONDS,
            password_hash=login.password_hash,
        )
        return token if is_stored else None

    def find(self, token: str) -> Session | None:
        """The session of a cookie, if it is one and lives, its use noted."""
        now = int(self.clock())
        session = store.find_session(self.engine, _hash(token), now=now, idle=IDLE_SECONDS)
        if session is not None and session.seen_at <= now - 60:
            store.touch_session(self.engine, _hash(token), now=now)
        return session

    def close(self, token: str) -> None:
        """End a session; one that is gone stays gone."""
        store.delete_session(self.engine, _hash(token))

    def make_link(self, user: User) -> str:
        """The text of a link that signs the user in once, within LINK_SECONDS."""
        text = secrets.token_urlsafe(32)
        until = int(self.clock()) + LINK_SECONDS
        store.insert_login_link(self.engine, _hash(text), user=user.id, until=until)
        return text

    def is_link(self, text: str) -> bool:
        """Whether a link still works."""
        return store.is_login_link(self.engine, _hash(text), now=int(self.clock()))

    def spend_link(self, text: str) -> User | None:
        """The user whose link it is, once; None if it expired, was used, or he is disabled."""
        user_id = store.spend_login_link(self.engine, _hash(text), now=int(self.clock()))
        user = None if user_id is None else find_user(self.engine, user_id)
        return user if user and user.is_active else None


def csrf_token(cookie: str) -> str:
    """The CSRF token that belongs to a cookie."""
    return hmac.new(cookie.encode(), b"scopegate csrf", hashlib.sha256).hexdigest()


def proves_csrf(cookie: str, token: str | None) -> bool:
    """Whether the token belongs to the cookie."""
    return token is not None and hmac.compare_digest(csrf_token(cookie).encode(), token.encode())


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
