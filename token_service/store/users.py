"""Users in the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Engine, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from token_service.entities import DeviceStatus, Login, RevocationKind, User
from token_service.errors import NameTakenError
from token_service.models import (
    AuthorizationCodeRow,
    DeviceCodeRow,
    GrantRow,
    LoginLinkRow,
    SessionRow,
    UserRow,
)
from token_service.scopes import Ceiling, parse_ceiling, unite
from token_service.store.engine import change, reading, writing
from token_service.store.groups import ceiling_of_everyone, load_groups
from token_service.store.revocations import revoke_grants, revoke_tokens_of


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user who is about to be stored: checked, normalised, the password hashed."""

    subject_id: str
    username: str
    password_hash: str = field(repr=False)
    email: str
    first_name: str
    last_name: str
    is_staff: bool
    created_at: int
    groups: Sequence[str]


def insert_user(engine: Engine, new: NewUser) -> User:
    """Add a user to the store and to his groups."""
    try:
        with writing(engine) as session:
            row = UserRow(
                subject_id=new.subject_id,
                username=new.username,
                password_hash=new.password_hash,
                email=new.email,
                first_name=new.first_name,
                last_name=new.last_name,
                is_staff=new.is_staff,
                is_active=True,
                created_at=new.created_at,
                groups=load_groups(session, new.groups),
            )
            session.add(row)
            session.flush()
            return _user(row, everyone=ceiling_of_everyone(session))
    except IntegrityError as error:
        raise NameTakenError("user", new.username) from error


def list_users(engine: Engine, *, limit: int, offset: int) -> tuple[User, ...]:
    """A page of users in the order they were made."""
    with reading(engine) as session:
        everyone = ceiling_of_everyone(session)
        rows = session.scalars(select(UserRow).order_by(UserRow.id).limit(limit).offset(offset))
        return tuple(_user(row, everyone=everyone) for row in rows)


def count_users(engine: Engine) -> int:
    """How many users there are."""
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(UserRow)) or 0


def find_user(engine: Engine, user_id: int) -> User | None:
    """The user with the id, if there is one."""
    return _find(engine, UserRow.id == user_id)


def find_user_by_subject(engine: Engine, subject_id: str) -> User | None:
    """The user with the uuid, if there is one."""
    return _find(engine, UserRow.subject_id == subject_id)


def find_user_by_name(engine: Engine, username: str) -> User | None:
    """The user with the normalised name, if there is one."""
    return _find(engine, UserRow.username == username)


def find_login(engine: Engine, username: str) -> Login | None:
    """The user with the normalised name and the hash of his password, if there is one."""
    with reading(engine) as session:
        row = session.scalars(select(UserRow).where(UserRow.username == username)).one_or_none()
        if row is None:
            return None
        user = _user(row, everyone=ceiling_of_everyone(session))
        return Login(user=user, password_hash=row.password_hash)


def delete_user(engine: Engine, user_id: int, *, now: int) -> bool:
    """Remove a user with all that is his, tokens too; False if there is no such user."""
    with writing(engine) as session:
        _end_tokens_of(session, user_id, now=now)
        return bool(change(session, delete(UserRow).where(UserRow.id == user_id)))


def set_active(engine: Engine, user_id: int, *, active: bool, now: int) -> bool:
    """Let a user log in or not, and end what he granted; False if there is no such user."""
    with writing(engine) as session:
        statement = update(UserRow).where(UserRow.id == user_id).values(is_active=active)
        if not change(session, statement):
            return False
        if not active:
            _end_tokens_of(session, user_id, now=now)
            end_sessions_of(session, user_id)
        return True


def set_password_hash(engine: Engine, user_id: int, password_hash: str, *, now: int) -> bool:
    """Replace a password, and end what was granted and signed in by it; False: no such user."""
    with writing(engine) as session:
        statement = update(UserRow).where(UserRow.id == user_id)
        if not change(session, statement.values(password_hash=password_hash)):
            return False
        revoke_grants(session, GrantRow.user_id == user_id, now=now)
        end_sessions_of(session, user_id)
        return True


def is_proven_still(session: Session, user_id: int, password_hash: str) -> bool:
    """Whether a user's password is still the one that was checked; it stays so until the commit.

    Inside the unit of work that stores what the password opened: whoever changes it meanwhile
    waits for that (PostgreSQL), or came before or comes after it (SQLite, one writer at a time).
    """
    row = UserRow
    statement = select(row.id).where(
        row.id == user_id, row.password_hash == password_hash, row.is_active.is_(True)
    )
    return session.scalar(statement.with_for_update(read=True)) is not None


def read_user(session: Session, user_id: int) -> User | None:
    """The user with the id, inside a unit of work that is under way."""
    row = session.get(UserRow, user_id)
    return _user(row, everyone=ceiling_of_everyone(session)) if row else None


def end_sessions_of(session: Session, user_id: int) -> None:
    """End all sessions and sign-in links of a user, and the codes that wait to be exchanged."""
    for row in (SessionRow, LoginLinkRow):
        change(session, delete(row).where(row.user_id == user_id))
    code, device = AuthorizationCodeRow, DeviceCodeRow
    change(session, delete(code).where(code.user_id == user_id, code.used_at.is_(None)))
    approved = device.status == DeviceStatus.APPROVED.value
    change(session, delete(device).where(device.user_id == user_id, approved))


def _end_tokens_of(session: Session, user_id: int, *, now: int) -> None:
    subject_id = session.scalar(select(UserRow.subject_id).where(UserRow.id == user_id))
    if subject_id is not None:
        subject = f"user:{subject_id}"
        revoke_tokens_of(session, RevocationKind.SUBJECT, subject, now=now)
        revoke_grants(session, GrantRow.user_id == user_id, now=now)


def _find(engine: Engine, condition: ColumnElement[bool]) -> User | None:
    with reading(engine) as session:
        row = session.scalars(select(UserRow).where(condition)).one_or_none()
        return _user(row, everyone=ceiling_of_everyone(session)) if row else None


def _user(row: UserRow, *, everyone: Ceiling) -> User:
    return User(
        id=row.id,
        subject=f"user:{row.subject_id}",
        username=row.username,
        email=row.email,
        first_name=row.first_name,
        last_name=row.last_name,
        is_staff=row.is_staff,
        is_active=row.is_active,
        created_at=row.created_at,
        groups=tuple(group.name for group in row.groups),
        ceiling=unite([everyone, *(parse_ceiling(group.scopes) for group in row.groups)]),
    )
