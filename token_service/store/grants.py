"""What users granted clients, in the database: listed, and taken back."""

from sqlalchemy import Engine, delete, exists, select
from sqlalchemy.orm import Session

from token_service.entities import (
    Client,
    DeviceStatus,
    GrantSummary,
    GrantType,
    RevocationKind,
    User,
)
from token_service.models import (
    AuthorizationCodeRow,
    ClientRow,
    DeviceCodeRow,
    GrantRow,
    RefreshTokenRow,
)
from token_service.store.engine import change, reading, writing
from token_service.store.revocations import revoke_grants, revoke_tokens_of


def list_grants_of(engine: Engine, user: int, *, now: int) -> tuple[GrantSummary, ...]:
    """The grants of a user that still open something, the last used first."""
    refreshable = exists().where(
        RefreshTokenRow.grant_id == GrantRow.id,
        RefreshTokenRow.used_at.is_(None),
        RefreshTokenRow.expires_at > now,
    )
    statement = (
        select(GrantRow, ClientRow)
        .join(ClientRow, ClientRow.id == GrantRow.client_id)
        .where(
            GrantRow.user_id == user,
            GrantRow.revoked_at.is_(None),
            (GrantRow.access_expires_at > now) | refreshable,
        )
        .order_by(GrantRow.last_used_at.desc(), GrantRow.id.desc())
    )
    with reading(engine) as session:
        return tuple(_summary(*found) for found in session.execute(statement))


def revoke_grant_of(engine: Engine, public_id: str, *, user: int, now: int) -> bool:
    """End one grant of a user; False if he has no such grant."""
    is_it = (GrantRow.public_id == public_id) & (GrantRow.user_id == user)
    with writing(engine) as session:
        return bool(revoke_grants(session, is_it, now=now))


def revoke_client_of(engine: Engine, client: int, *, user: int, now: int) -> int:
    """End all that a user granted a client; how many grants there were."""
    is_it = (GrantRow.client_id == client) & (GrantRow.user_id == user)
    with writing(engine) as session:
        return revoke_grants(session, is_it, now=now)


def end_tokens_of_client(engine: Engine, client: Client, *, now: int) -> int:
    """End every token that a client was given until now; how many grants end with them."""
    with writing(engine) as session:
        revoke_tokens_of(session, RevocationKind.CLIENT, client.client_id, now=now)
        _drop_codes(session, client=client.id)
        return revoke_grants(session, GrantRow.client_id == client.id, now=now)


def end_tokens_of_user(engine: Engine, user: User, *, now: int) -> int:
    """End every token that speaks for a user until now; how many grants end with them."""
    with writing(engine) as session:
        revoke_tokens_of(session, RevocationKind.SUBJECT, user.subject, now=now)
        _drop_codes(session, user=user.id)
        return revoke_grants(session, GrantRow.user_id == user.id, now=now)


def end_tokens_of_subject(engine: Engine, subject: str, *, now: int) -> None:
    """End every access token that a subject, known here or not, was given until now."""
    with writing(engine) as session:
        revoke_tokens_of(session, RevocationKind.SUBJECT, subject, now=now)


def _drop_codes(session: Session, **owner: int) -> None:
    """Remove what a client could still exchange for tokens; `owner` is a user or a client."""
    code, device = AuthorizationCodeRow, DeviceCodeRow
    columns = {f"{name}_id": row_id for name, row_id in owner.items()}
    unused = delete(code).filter_by(**columns).where(code.used_at.is_(None))
    approved = delete(device).filter_by(**columns)
    change(session, unused)
    change(session, approved.where(device.status == DeviceStatus.APPROVED.value))


def _summary(grant: GrantRow, client: ClientRow) -> GrantSummary:
    return GrantSummary(
        id=grant.public_id,
        client_id=client.client_id,
        client_name=client.name,
        grant_type=GrantType(grant.grant_type),
        scope=grant.scope,
        created_at=grant.created_at,
        last_used_at=grant.last_used_at,
    )
