"""Revocations in the database: written with what they end, read by every worker."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Engine, and_, delete, func, or_, select, update
from sqlalchemy import insert as insert_into
from sqlalchemy.orm import Session

from token_service.entities import Revocation, RevocationKind
from token_service.models import GrantRow, RevocationRow
from token_service.settings import MAX_ACCESS_TOKEN_SECONDS
from token_service.store.engine import change, reading, writing

#: what PostgreSQL calls out when a transaction with a revocation is committed
CHANNEL = "scopegate_revocations"
#: seconds that a verifier may let a token live beyond its `exp`, and more
LEEWAY = 120
#: until when a revocation that has no date of its own counts: for ever, as dates go
_ALL_TIME = 2**53


def revoke_grants(session: Session, condition: ColumnElement[bool], *, now: int) -> int:
    """End the grants that meet the condition, with their access tokens; how many there were.

    The UPDATE comes first: it waits for refreshes that are under way, and what it returns tells
    until when the tokens of the last of them live.
    """
    end = update(GrantRow).where(condition, GrantRow.revoked_at.is_(None)).values(revoked_at=now)
    ended = session.execute(
        end.returning(GrantRow.public_id, GrantRow.access_expires_at),
        execution_options={"synchronize_session": False},
    ).all()
    rows = [
        {
            "kind": RevocationKind.GRANT.value,
            "value": public_id,
            "issued_until": _ALL_TIME,
            "expires_at": access_expires_at + LEEWAY,
        }
        for public_id, access_expires_at in ended
        if access_expires_at + LEEWAY > now
    ]
    if rows:
        session.execute(insert_into(RevocationRow), rows)
        _call_out(session)
    return len(ended)


def revoke_tokens_of(session: Session, kind: RevocationKind, value: str, *, now: int) -> None:
    """End the access tokens that a client, or a subject, has been given up to now."""
    expires_at = now + MAX_ACCESS_TOKEN_SECONDS + LEEWAY
    _add(session, kind, value, issued_until=now, expires_at=expires_at)


def revoke_token(engine: Engine, jti: str, *, expires_at: int) -> None:
    """End one access token by its id."""
    with writing(engine) as session:
        until = expires_at + LEEWAY
        _add(session, RevocationKind.JTI, jti, issued_until=_ALL_TIME, expires_at=until)


def revocations_after(
    engine: Engine, horizon: int, *, now: int, most: int
) -> tuple[Revocation, ...]:
    """The first revocations with a larger id that still count, `most` of them, by their ids."""
    row = RevocationRow
    statement = (
        select(row.id, row.kind, row.value, row.issued_until, row.expires_at)
        .where(row.id > horizon, row.expires_at > now)
        .order_by(row.id)
        .limit(most)
    )
    with reading(engine) as session:
        return tuple(
            Revocation(id_, RevocationKind(kind), value, issued_until, expires_at)
            for id_, kind, value, issued_until, expires_at in session.execute(statement)
        )


def is_revoked(engine: Engine, wanted: Sequence[tuple[RevocationKind, str, int]]) -> bool:
    """Whether one of (kind, value, second of issue) is revoked, asked of the database itself."""
    conditions = [
        and_(
            RevocationRow.kind == kind.value,
            RevocationRow.value == value,
            RevocationRow.issued_until >= issued_at,
        )
        for kind, value, issued_at in wanted
    ]
    with reading(engine) as session:
        found = session.scalars(select(RevocationRow.id).where(or_(*conditions)).limit(1))
        return found.first() is not None


def forget_expired(session: Session, *, now: int) -> int:
    """Remove the revocations of tokens that have all expired; how many there were."""
    return change(session, delete(RevocationRow).where(RevocationRow.expires_at <= now))


def _add(
    session: Session, kind: RevocationKind, value: str, *, issued_until: int, expires_at: int
) -> None:
    session.add(
        RevocationRow(
            kind=kind.value, value=value, issued_until=issued_until, expires_at=expires_at
        )
    )
    session.flush()
    _call_out(session)


def _call_out(session: Session) -> None:
    """Wake those who listen, once the transaction is committed; SQLite's readers look by time."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_notify(CHANNEL, "")))
