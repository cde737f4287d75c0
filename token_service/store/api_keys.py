"""API keys in the database, by their hashes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Update, delete, or_, select, text, update
from sqlalchemy.orm import Session

from token_service.entities import ApiKey
from token_service.models import ApiKeyRow
from token_service.store.clients import read_client
from token_service.store.engine import WRITE, change, reading, translating_faults, writing
from token_service.store.users import read_user

#: seconds; what is kept to the minute costs one write a minute at most
_MINUTE = 60
#: what a note may wait for other writers, which is long enough for one short transaction
_NOTE_MILLISECONDS = 25


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key that is about to be stored: checked, hashed."""

    key_hash: str
    hint: str
    scheme: str
    name: str
    roles: Sequence[str]
    #: the store's ids
    user: int | None
    client: int | None
    created_at: int
    expires_at: int | None


def insert_api_key(engine: Engine, new: NewApiKey) -> ApiKey:
    """Add a key."""
    with writing(engine) as session:
        row = ApiKeyRow(
            key_hash=new.key_hash,
            hint=new.hint,
            scheme=new.scheme,
            name=new.name,
            roles="\n".join(new.roles),
            user_id=new.user,
            client_id=new.client,
            created_at=new.created_at,
            expires_at=new.expires_at,
        )
        session.add(row)
        session.flush()
        return _api_key(session, row)


def find_api_key(engine: Engine, key_hash: str) -> ApiKey | None:
    """The key with the hash, whatever became of it."""
    row = ApiKeyRow
    with reading(engine) as session:
        found = session.scalars(select(row).where(row.key_hash == key_hash)).one_or_none()
        return _api_key(session, found) if found else None


def list_api_keys(engine: Engine) -> tuple[ApiKey, ...]:
    """All keys in the order they were made."""
    with reading(engine) as session:
        rows = session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.id))
        return tuple(_api_key(session, row) for row in rows)


def touch_api_key(engine: Engine, api_key: int, *, now: int) -> None:
    """Remember that the key was used, to the minute; StoreUnavailableError if others write."""
    row = ApiKeyRow
    is_older = or_(row.last_used_at.is_(None), row.last_used_at <= now - _MINUTE)
    statement = update(row).where(row.id == api_key, is_older).values(last_used_at=now)
    is_sqlite = engine.dialect.name == "sqlite"
    with translating_faults(), engine.connect() as connection:
        (_note_in_sqlite if is_sqlite else _note_in_postgresql)(connection, statement)


def revoke_api_key(engine: Engine, api_key: int, *, now: int) -> bool:
    """End a key, which stays listed; one that is revoked stays so. False: there is no such key."""
    row = ApiKeyRow
    with writing(engine) as session:
        change(
            session,
            update(row).where(row.id == api_key, row.revoked_at.is_(None)).values(revoked_at=now),
        )
        return session.get(row, api_key) is not None


def delete_api_key(engine: Engine, api_key: int) -> bool:
    """Remove a key; False: there is no such key."""
    with writing(engine) as session:
        return bool(change(session, delete(ApiKeyRow).where(ApiKeyRow.id == api_key)))


def _api_key(session: Session, row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        id=row.id,
        hint=row.hint,
        scheme=row.scheme,
        name=row.name,
        roles=tuple(role for role in row.roles.split("\n") if role),
        user=None if row.user_id is None else read_user(session, row.user_id),
        client=None if row.client_id is None else read_client(session, row.client_id),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )


def _note_in_sqlite(connection: Connection, statement: Update) -> None:
    driver = connection.connection.cursor()  # the patience is that of the connection: put it back
    patience = driver.execute("PRAGMA busy_timeout").fetchone()[0]
    driver.execute(f"PRAGMA busy_timeout = {_NOTE_MILLISECONDS}")
    try:
        with connection.execution_options(**{WRITE: True}).begin():
            connection.execute(statement)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {patience}")


def _note_in_postgresql(connection: Connection, statement: Update) -> None:
    with connection.begin():
        connection.execute(text(f"SET LOCAL lock_timeout = {_NOTE_MILLISECONDS}"))
        connection.execute(statement)
