"""What has no use any more is removed from the database."""

from dataclasses import dataclass

from sqlalchemy import Engine, delete, exists

from token_service.models import (
    AuthorizationCodeRow,
    DeviceCodeRow,
    GrantRow,
    LoginLinkRow,
    RefreshTokenRow,
    SessionRow,
)
from token_service.store.engine import change, writing
from token_service.store.revocations import forget_expired

#: seconds that a code is kept after its end, so that its reuse is still seen
_CODES_KEPT = 86_400
#: seconds that a refresh token is kept after its end, for the same reason
_REFRESH_KEPT = 86_400


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows of each kind were removed."""

    codes: int
    refresh_tokens: int
    grants: int
    sessions: int
    revocations: int


def purge(engine: Engine, *, now: int) -> Purged:
    """Remove what has expired; what a decision could still rest on stays."""
    with writing(engine) as session:
        codes = sum(
            change(session, delete(row).where(row.expires_at <= now - _CODES_KEPT))
            for row in (AuthorizationCodeRow, DeviceCodeRow)
        )
        spent = RefreshTokenRow.expires_at <= now - _REFRESH_KEPT
        refresh_tokens = change(session, delete(RefreshTokenRow).where(spent))
        has_tokens = exists().where(RefreshTokenRow.grant_id == GrantRow.id)
        dead = (GrantRow.access_expires_at <= now - _CODES_KEPT) & ~has_tokens
        grants = change(session, delete(GrantRow).where(dead))
        sessions = sum(
            change(session, delete(row).where(row.expires_at <= now))
            for row in (SessionRow, LoginLinkRow)
        )
        revocations = forget_expired(session, now=now)
    return Purged(codes, refresh_tokens, grants, sessions, revocations)
