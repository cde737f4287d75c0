"""Browser sessions and one-time sign-in links in the database, by their hashes."""

from sqlalchemy import Engine, delete, select, update

from token_service.entities import Session
from token_service.models import LoginLinkRow, SessionRow
from token_service.store.engine import change, reading, writing
from token_service.store.users import is_proven_still, read_user

#: seconds; a session's last use is kept to the minute
_MINUTE = 60


def insert_session(
    engine: Engine,
    token_hash: str,
    *,
    user: int,
    now: int,
    until: int,
    password_hash: str | None = None,
) -> bool:
    """Store a session of the user with the store's id.

    `password_hash` is what his password was checked against; False if it is another one now.
    """
    row = SessionRow(
        token_hash=token_hash, user_id=user, created_at=now, seen_at=now, expires_at=until
    )
    with writing(engine) as session:
        if password_hash is not None and not is_proven_still(session, user, password_hash):
            return False
        session.add(row)
        return True


def find_session(engine: Engine, token_hash: str, *, now: int, idle: int) -> Session | None:
    """The session, if it neither ended nor lay idle for `idle` seconds and its user is active."""
    row = SessionRow
    statement = select(row).where(
        row.token_hash == token_hash, row.expires_at > now, row.seen_at > now - idle
    )
    with reading(engine) as session:
        found = session.scalars(statement).one_or_none()
        user = read_user(session, found.user_id) if found else None
        if found is None or user is None or not user.is_active:
            return None
        return Session(
            user=user,
            created_at=found.created_at,
            seen_at=found.seen_at,
            expires_at=found.expires_at,
        )


def touch_session(engine: Engine, token_hash: str, *, now: int) -> None:
    """Remember that the session was used, to the minute."""
    row = SessionRow
    statement = update(row).where(row.token_hash == token_hash, row.seen_at <= now - _MINUTE)
    with writing(engine) as session:
        change(session, statement.values(seen_at=now))


def delete_session(engine: Engine, token_hash: str) -> None:
    """End a session; one that is gone stays gone."""
    with writing(engine) as session:
        change(session, delete(SessionRow).where(SessionRow.token_hash == token_hash))


def insert_login_link(engine: Engine, token_hash: str, *, user: int, until: int) -> None:
    """Store a one-time sign-in link of the user with the store's id."""
    with writing(engine) as session:
        session.add(LoginLinkRow(token_hash=token_hash, user_id=user, expires_at=until))


def is_login_link(engine: Engine, token_hash: str, *, now: int) -> bool:
    """Whether the link still works."""
    row = LoginLinkRow
    with reading(engine) as session:
        statement = select(row).where(row.token_hash == token_hash, row.expires_at > now)
        return session.scalars(statement).one_or_none() is not None


def spend_login_link(engine: Engine, token_hash: str, *, now: int) -> int | None:
    """The id of the user whose link it is, once; None if it expired or was used."""
    row = LoginLinkRow
    statement = delete(row).where(row.token_hash == token_hash, row.expires_at > now)
    with writing(engine) as session:
        return session.scalars(statement.returning(row.user_id)).one_or_none()
