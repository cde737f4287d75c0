"""Authorization codes in the database; `families.redeem_code` spends them."""

from dataclasses import dataclass, field

from sqlalchemy import Engine, select

from token_service.entities import AuthorizationCode
from token_service.models import AuthorizationCodeRow
from token_service.store.engine import reading, writing


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code that is about to be stored, by its SHA-256; `client` and `user` are store ids."""

    code_hash: str = field(repr=False)
    client: int
    user: int
    #: as the request had it; None if it had none
    redirect_uri: str | None
    scope: str
    resource: str | None
    code_challenge: str
    issued_at: int
    expires_at: int


def insert_code(engine: Engine, new: NewCode) -> None:
    """Store a code."""
    with writing(engine) as session:
        session.add(
            AuthorizationCodeRow(
                code_hash=new.code_hash,
                client_id=new.client,
                user_id=new.user,
                redirect_uri=new.redirect_uri,
                scope=new.scope,
                resource=new.resource,
                code_challenge=new.code_challenge,
                issued_at=new.issued_at,
                expires_at=new.expires_at,
            )
        )


def find_code(engine: Engine, code_hash: str) -> AuthorizationCode | None:
    """The code with the hash, if there is one, used and expired ones too."""
    row = AuthorizationCodeRow
    with reading(engine) as session:
        found = session.scalars(select(row).where(row.code_hash == code_hash)).one_or_none()
        return _code(found) if found else None


def family_of_code(engine: Engine, code_id: int) -> int | None:
    """The id of the family that a code bought, if it bought one."""
    row = AuthorizationCodeRow
    with reading(engine) as session:
        return session.scalars(select(row.grant_id).where(row.id == code_id)).one_or_none()


def _code(row: AuthorizationCodeRow) -> AuthorizationCode:
    return AuthorizationCode(
        id=row.id,
        client=row.client_id,
        user=row.user_id,
        redirect_uri=row.redirect_uri,
        scope=row.scope,
        resource=row.resource,
        code_challenge=row.code_challenge,
        expires_at=row.expires_at,
        is_used=row.used_at is not None,
    )
