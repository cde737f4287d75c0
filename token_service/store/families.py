"""Families of refresh tokens in the database: begun, rotated, revoked."""

from dataclasses import dataclass, field

from sqlalchemy import Engine, case, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from token_service.entities import DeviceStatus, GrantType, PresentedToken
from token_service.models import AuthorizationCodeRow, DeviceCodeRow, GrantRow, RefreshTokenRow
from token_service.store.engine import change, reading, writing
from token_service.store.revocations import revoke_grants
from token_service.store.users import is_proven_still


@dataclass(frozen=True, slots=True)
class NewRefreshToken:
    """A refresh token that is about to be stored, by its SHA-256."""

    token_hash: str = field(repr=False)
    scope: str
    issued_at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class NewFamily:
    """The grant a family begins with; `client` and `user` are the store's ids."""

    client: int
    user: int
    grant_type: GrantType
    #: what its access tokens carry as `grant_id`
    public_id: str
    scope: str
    resource: str | None
    created_at: int
    #: when its first access token expires
    access_expires_at: int


def begin_family(
    engine: Engine, family: NewFamily, *, first: NewRefreshToken | None, password_hash: str
) -> bool:
    """Store a grant that a password opened, and its first refresh token, if it has one.

    False if the user's password is another one than was checked, or if he or the client has been
    deleted in the meantime.
    """
    try:
        with writing(engine) as session:
            if not is_proven_still(session, family.user, password_hash):
                return False
            _begin(session, family, first=first)
    except IntegrityError:
        return False
    return True


def redeem_code(
    engine: Engine, code_id: int, family: NewFamily, *, first: NewRefreshToken | None
) -> bool:
    """Spend an authorization code and store what it buys, both or neither; see `rotate`."""
    row = AuthorizationCodeRow
    spend = update(row).where(row.id == code_id, row.used_at.is_(None))
    with writing(engine) as session:
        if change(session, spend.values(used_at=family.created_at)) != 1:
            return False
        grant_id = _begin(session, family, first=first)
        change(session, update(row).where(row.id == code_id).values(grant_id=grant_id))
        return True


def redeem_device_code(
    engine: Engine, code_id: int, family: NewFamily, *, first: NewRefreshToken | None
) -> bool:
    """Spend an approved device code and store what it buys, both or neither; see `rotate`."""
    row = DeviceCodeRow
    spend = update(row).where(row.id == code_id, row.status == DeviceStatus.APPROVED.value)
    with writing(engine) as session:
        if change(session, spend.values(status=DeviceStatus.USED.value)) != 1:
            return False
        grant_id = _begin(session, family, first=first)
        change(session, update(row).where(row.id == code_id).values(grant_id=grant_id))
        return True


def find_refresh_token(engine: Engine, token_hash: str) -> PresentedToken | None:
    """The refresh token with the hash, if there is one, used and revoked ones too."""
    statement = (
        select(RefreshTokenRow, GrantRow)
        .join(GrantRow, GrantRow.id == RefreshTokenRow.grant_id)
        .where(RefreshTokenRow.token_hash == token_hash)
    )
    with reading(engine) as session:
        found = session.execute(statement).one_or_none()
        return _presented(*found) if found else None


def rotate(
    engine: Engine,
    token_id: int,
    *,
    family_id: int,
    successor: NewRefreshToken,
    access_expires_at: int,
) -> bool:
    """Spend a refresh token and store its successor, both or neither.

    False if it was spent or its family revoked in the meantime; nothing is changed then.

    INVARIANT: of any number of concurrent calls for one token, exactly one is answered True.
    """
    spend = (
        update(RefreshTokenRow)
        .where(RefreshTokenRow.id == token_id, RefreshTokenRow.used_at.is_(None))
        .values(used_at=successor.issued_at)
    )
    with writing(engine) as session:
        if not _lives(session, family_id) or change(session, spend) != 1:
            return False
        session.add(_row(successor, grant_id=family_id))
        used = {
            "last_used_at": successor.issued_at,
            # a shorter life set meanwhile does not end the tokens of before
            "access_expires_at": case(
                (GrantRow.access_expires_at > access_expires_at, GrantRow.access_expires_at),
                else_=access_expires_at,
            ),
        }
        change(session, update(GrantRow).where(GrantRow.id == family_id).values(used))
        return True


def revoke_family(engine: Engine, family_id: int, *, now: int) -> None:
    """End a family: none of its refresh tokens works from now on, nor its access tokens."""
    with writing(engine) as session:
        revoke_grants(session, GrantRow.id == family_id, now=now)


def _lives(session: Session, family_id: int) -> bool:
    """Whether a family has not been revoked; it cannot be until the unit of work ends.

    Locked, so that a revocation either is seen here or sees the life of the token given here;
    SQLite's writers take turns anyway.
    """
    living = select(GrantRow.id).where(GrantRow.id == family_id, GrantRow.revoked_at.is_(None))
    return session.scalar(living.with_for_update()) is not None


def _begin(session: Session, family: NewFamily, *, first: NewRefreshToken | None) -> int:
    grant = GrantRow(
        client_id=family.client,
        user_id=family.user,
        grant_type=family.grant_type.value,
        public_id=family.public_id,
        scope=family.scope,
        resource=family.resource,
        created_at=family.created_at,
        last_used_at=family.created_at,
        access_expires_at=family.access_expires_at,
    )
    session.add(grant)
    session.flush()
    if first is not None:
        session.add(_row(first, grant_id=grant.id))
    return grant.id


def _row(new: NewRefreshToken, *, grant_id: int) -> RefreshTokenRow:
    return RefreshTokenRow(
        token_hash=new.token_hash,
        grant_id=grant_id,
        scope=new.scope,
        issued_at=new.issued_at,
        expires_at=new.expires_at,
    )


def _presented(token: RefreshTokenRow, grant: GrantRow) -> PresentedToken:
    return PresentedToken(
        id=token.id,
        family_id=grant.id,
        grant_id=grant.public_id,
        grant_type=GrantType(grant.grant_type),
        client=grant.client_id,
        user=grant.user_id,
        scope=grant.scope,
        resource=grant.resource,
        expires_at=token.expires_at,
        is_used=token.used_at is not None,
        is_revoked=grant.revoked_at is not None,
    )
