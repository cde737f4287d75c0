"""Families of refresh tokens in the database: begun, rotated, revoked."""

from dataclasses import dataclass, field

from sqlalchemy import Engine, exists, select, update

from token_service.entities import GrantType, PresentedToken
from token_service.models import GrantRow, RefreshTokenRow
from token_service.store.engine import change, reading, writing


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
    user: int | None
    grant_type: GrantType


def begin_family(engine: Engine, family: NewFamily, *, first: NewRefreshToken) -> None:
    """Store a grant and its first refresh token."""
    with writing(engine) as session:
        grant = GrantRow(
            client_id=family.client,
            user_id=family.user,
            grant_type=family.grant_type.value,
            scope=first.scope,
            created_at=first.issued_at,
        )
        session.add(grant)
        session.flush()
        session.add(_row(first, grant_id=grant.id))


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


def rotate(engine: Engine, token_id: int, *, family_id: int, successor: NewRefreshToken) -> bool:
    """Spend a refresh token and store its successor, both or neither.

    False if it was spent or its family revoked in the meantime; nothing is changed then.

    INVARIANT: of any number of concurrent calls for one token, exactly one is answered True.
    """
    family_lives = exists().where(GrantRow.id == family_id, GrantRow.revoked_at.is_(None))
    spend = (
        update(RefreshTokenRow)
        .where(RefreshTokenRow.id == token_id, RefreshTokenRow.used_at.is_(None), family_lives)
        .values(used_at=successor.issued_at)
    )
    with writing(engine) as session:
        if change(session, spend) != 1:
            return False
        session.add(_row(successor, grant_id=family_id))
        return True


def revoke_family(engine: Engine, family_id: int, *, now: int) -> None:
    """End a family: none of its refresh tokens works from now on."""
    statement = (
        update(GrantRow)
        .where(GrantRow.id == family_id, GrantRow.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    with writing(engine) as session:
        change(session, statement)


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
        grant_type=GrantType(grant.grant_type),
        client=grant.client_id,
        user=grant.user_id,
        scope=grant.scope,
        expires_at=token.expires_at,
        is_used=token.used_at is not None,
        is_revoked=grant.revoked_at is not None,
    )
