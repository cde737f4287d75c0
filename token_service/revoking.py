"""Revocation by an operator: of one token, of a client's, of a user's; each call is audited."""

from dataclasses import dataclass

from token_service.access_tokens import read_access_token
from token_service.audit import AuditEvent, AuditRecord, write_audit
from token_service.entities import User
from token_service.errors import InvalidValueError, UnknownNameError
from token_service.grants.issue import hash_token
from token_service.keys import Keyring
from token_service.ports import Clock
from token_service.settings import MAX_ACCESS_TOKEN_SECONDS
from token_service.store.clients import find_client
from token_service.store.engine import Engine
from token_service.store.families import find_refresh_token, revoke_family
from token_service.store.grants import (
    end_tokens_of_client,
    end_tokens_of_subject,
    end_tokens_of_user,
)
from token_service.store.purge import Purged, purge
from token_service.store.revocations import revoke_token

#: more than any `jti` or `sub` of ours has, and less than what an index of PostgreSQL takes
_MAX_TEXT = 255


@dataclass(frozen=True, slots=True)
class Ended:
    """What a revocation ended."""

    #: the id of an access token that ended alone
    jti: str | None = None
    #: the grant whose refresh tokens and access tokens ended
    grant_id: str | None = None
    #: how many grants ended
    grants: int = 0


@dataclass(frozen=True, slots=True)
class Revoker:
    """Takes back what was given out; whoever may call it may do anything here anyway."""

    engine: Engine
    keyring: Keyring
    clock: Clock

    def revoke(self, token: str) -> Ended:
        """End an access token, or a refresh token with all its grant gave."""
        now = int(self.clock())
        refresh = find_refresh_token(self.engine, hash_token(token))
        if refresh is not None:
            revoke_family(self.engine, refresh.family_id, now=now)
            _audit(now, grant_id=refresh.grant_id)
            return Ended(grant_id=refresh.grant_id, grants=int(not refresh.is_revoked))
        access = read_access_token(token, self.keyring)
        if access is None:
            raise InvalidValueError("token", "this is no token that these keys or this store know")
        revoke_token(self.engine, access.jti, expires_at=access.expires_at)
        _audit(now, jti=access.jti, client_id=access.client_id, subject=access.subject)
        return Ended(jti=access.jti)

    def revoke_jti(self, jti: str) -> Ended:
        """End the access token with the id, whenever it would have expired."""
        now = int(self.clock())
        checked = _check("jti", jti)
        revoke_token(self.engine, checked, expires_at=now + MAX_ACCESS_TOKEN_SECONDS)
        _audit(now, jti=checked)
        return Ended(jti=checked)

    def revoke_client(self, client_id: str) -> Ended:
        """End all tokens that a client has; an UnknownNameError if there is no such client."""
        client = find_client(self.engine, client_id)
        if client is None:
            raise UnknownNameError("client", client_id)
        now = int(self.clock())
        grants = end_tokens_of_client(self.engine, client, now=now)
        _audit(now, client_id=client_id)
        return Ended(grants=grants)

    def revoke_user(self, user: User) -> Ended:
        """End all tokens that speak for a user; his sessions go on."""
        now = int(self.clock())
        grants = end_tokens_of_user(self.engine, user, now=now)
        _audit(now, subject=user.subject)
        return Ended(grants=grants)

    def revoke_subject(self, subject: str) -> Ended:
        """End all access tokens with a `sub`, of a user who is gone or a token that was minted."""
        now = int(self.clock())
        checked = _check("sub", subject)
        end_tokens_of_subject(self.engine, checked, now=now)
        _audit(now, subject=checked)
        return Ended()

    def purge(self) -> Purged:
        """Remove what has expired, and nothing that a decision could still rest on."""
        return purge(self.engine, now=int(self.clock()))


def _check(field: str, text: str) -> str:
    if not (text and text.isprintable() and len(text) <= _MAX_TEXT):
        raise InvalidValueError(
            field, f"a `{field}` is printable text of 1 to {_MAX_TEXT} characters"
        )
    return text


def _audit(
    now: int,
    *,
    jti: str | None = None,
    grant_id: str | None = None,
    client_id: str | None = None,
    subject: str | None = None,
) -> None:
    write_audit(
        AuditRecord(
            event=AuditEvent.REVOKED,
            time=now,
            client_id=client_id,
            subject=subject,
            jti=jti,
            grant_id=grant_id,
        )
    )
