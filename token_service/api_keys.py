"""API keys: made, looked up, ended.

A key is a random text of 256 bits, shown once; the database knows its SHA-256, which being that of
a random text needs no salt, and is found by it, so that no comparison tells how near a guess was.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from token_service.audit import AuditEvent, AuditRecord, write_audit
from token_service.entities import ApiKey, Client, User
from token_service.errors import InvalidValueError, StoreUnavailableError, UnknownNameError
from token_service.ports import Clock
from token_service.store import api_keys as store
from token_service.store.engine import Engine
from token_service.values import check_name, check_text, is_id

#: how every key begins, so that people and scanners of secrets know one
KEY_PREFIX = "sgk_"
_KEY = re.compile(r"sgk_[A-Za-z0-9_-]{43}", re.ASCII)
_HINT_CHARACTERS = len(KEY_PREFIX) + 4
#: the longest life that can be told, in seconds: a hundred years
MAX_KEY_SECONDS = 3_155_760_000
#: seconds; the last use is known to the minute
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class CreatedApiKey:
    """A new key and its text, which is known here and never again."""

    api_key: ApiKey
    text: str = field(repr=False)


class KeyFault(StrEnum):
    """Why a key is not valid."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(slots=True)
class Uses:
    """Notes of when keys were last used, which are no reason to refuse or to wait."""

    #: when a note could not be written
    _failed_at: int | None = None

    def note(self, engine: Engine, api_key: int, *, now: int) -> None:
        """Write that the key was used, unless that failed in this process within a minute."""
        if self._failed_at is not None and 0 <= now - self._failed_at < _MINUTE:
            return
        try:
            store.touch_api_key(engine, api_key, now=now)
        except StoreUnavailableError:
            self._failed_at = now


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """The keys of one installation; blocks, so it is called in a thread."""

    engine: Engine
    clock: Clock
    _uses: Uses = field(default_factory=Uses, repr=False)

    def find(self, scheme: str, text: str) -> ApiKey | KeyFault:
        """The key with the text, if it is one for the scheme and lives; its use noted.

        One whose user or client was disabled is unknown, as one for another scheme is.
        """
        if not _KEY.fullmatch(text):
            return KeyFault.UNKNOWN
        now = int(self.clock())
        found = store.find_api_key(self.engine, _hash(text))
        if found is None or found.scheme != scheme or not found.owner_is_active:
            return KeyFault.UNKNOWN
        if found.revoked_at is not None:
            return KeyFault.REVOKED
        if found.expires_at is not None and found.expires_at <= now:
            return KeyFault.EXPIRED
        if found.last_used_at is None or found.last_used_at <= now - _MINUTE:
            self._uses.note(self.engine, found.id, now=now)
        return found

    def create(
        self,
        scheme: str,
        *,
        name: str = "",
        roles: Sequence[str] = (),
        user: User | None = None,
        client: Client | None = None,
        ttl: int | None = None,
    ) -> CreatedApiKey:
        """A new key for a scheme of the document; `ttl` in seconds, None for ever."""
        if user is not None and client is not None:
            raise InvalidValueError("client", "a key belongs to a user or to a client, not to both")
        if ttl is not None and not 0 < ttl <= MAX_KEY_SECONDS:
            raise InvalidValueError("ttl", "a key lives for 1 second to 100 years")
        now, text = int(self.clock()), KEY_PREFIX + secrets.token_urlsafe(32)
        new = store.NewApiKey(
            key_hash=_hash(text),
            hint=text[:_HINT_CHARACTERS],
            scheme=scheme,
            name=check_text("name", name),
            roles=tuple(dict.fromkeys(check_name("role", role) for role in roles)),
            user=user.id if user else None,
            client=client.id if client else None,
            created_at=now,
            expires_at=None if ttl is None else now + ttl,
        )
        created = store.insert_api_key(self.engine, new)
        self._note(AuditEvent.API_KEY_CREATED, created.id, user, client)
        return CreatedApiKey(created, text)

    def all(self) -> tuple[ApiKey, ...]:
        """All keys, those that ended too, in the order they were made."""
        return store.list_api_keys(self.engine)

    def revoke(self, api_key: int) -> None:
        """End a key, which stays listed; an UnknownNameError if there is none with the id."""
        now = int(self.clock())
        if not (is_id(api_key) and store.revoke_api_key(self.engine, api_key, now=now)):
            raise UnknownNameError("API key", str(api_key))
        self._note(AuditEvent.API_KEY_REVOKED, api_key)

    def delete(self, api_key: int) -> None:
        """Remove a key; an UnknownNameError if there is none with the id."""
        if not (is_id(api_key) and store.delete_api_key(self.engine, api_key)):
            raise UnknownNameError("API key", str(api_key))
        self._note(AuditEvent.API_KEY_DELETED, api_key)

    def _note(
        self,
        event: AuditEvent,
        api_key: int,
        user: User | None = None,
        client: Client | None = None,
    ) -> None:
        write_audit(
            AuditRecord(
                event=event,
                time=int(self.clock()),
                subject=user.subject if user else None,
                client_id=client.client_id if client else None,
                api_key=api_key,
            )
        )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
