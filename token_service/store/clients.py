"""Clients in the database."""

from dataclasses import dataclass, field

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import IntegrityError

from token_service.entities import Client, ClientType, GrantType
from token_service.errors import NameTakenError
from token_service.models import ClientRow
from token_service.scopes import Ceiling, parse_ceiling
from token_service.store.engine import change, reading, writing


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client that is about to be stored: checked, the secret hashed."""

    client_id: str
    name: str
    type: ClientType
    secret_hash: str | None = field(repr=False)
    grants: frozenset[GrantType]
    ceiling: Ceiling
    redirect_uris: tuple[str, ...]
    resource: str | None
    created_at: int


def insert_client(engine: Engine, new: NewClient) -> Client:
    """Add a client."""
    try:
        with writing(engine) as session:
            row = ClientRow(
                client_id=new.client_id,
                name=new.name,
                type=new.type.value,
                secret_hash=new.secret_hash,
                grants=" ".join(sorted(new.grants)),
                scopes=str(new.ceiling),
                redirect_uris=" ".join(new.redirect_uris),
                resource=new.resource,
                is_active=True,
                created_at=new.created_at,
            )
            session.add(row)
            session.flush()
            return _client(row)
    except IntegrityError as error:
        raise NameTakenError("client", new.client_id) from error


def list_clients(engine: Engine, *, limit: int, offset: int) -> tuple[Client, ...]:
    """A page of clients in the order they were made."""
    with reading(engine) as session:
        rows = session.scalars(select(ClientRow).order_by(ClientRow.id).limit(limit).offset(offset))
        return tuple(_client(row) for row in rows)


def find_client(engine: Engine, client_id: str) -> Client | None:
    """The client with the `client_id`, if there is one."""
    with reading(engine) as session:
        row = session.scalars(
            select(ClientRow).where(ClientRow.client_id == client_id)
        ).one_or_none()
        return _client(row) if row else None


def usable_grants(engine: Engine) -> frozenset[GrantType]:
    """The grants that at least one active client may use."""
    with reading(engine) as session:
        rows = session.execute(
            select(ClientRow.type, ClientRow.grants)
            .where(ClientRow.is_active)
            .group_by(ClientRow.type, ClientRow.grants)
        )
        kinds = [(ClientType(type_), _grants(grants)) for type_, grants in rows]
    return frozenset(grant for type_, grants in kinds for grant in grants if type_.allows(grant))


def delete_client(engine: Engine, client_id: str) -> bool:
    """Remove a client with its grants; False if there is no such client."""
    with writing(engine) as session:
        statement = delete(ClientRow).where(ClientRow.client_id == client_id)
        return bool(change(session, statement))


def set_active(engine: Engine, client_id: str, *, active: bool) -> bool:
    """Let a client have tokens or not; False if there is no such client."""
    with writing(engine) as session:
        statement = (
            update(ClientRow).where(ClientRow.client_id == client_id).values(is_active=active)
        )
        return bool(change(session, statement))


def _client(row: ClientRow) -> Client:
    return Client(
        id=row.id,
        client_id=row.client_id,
        name=row.name,
        type=ClientType(row.type),
        grants=_grants(row.grants),
        ceiling=parse_ceiling(row.scopes),
        redirect_uris=tuple(row.redirect_uris.split()),
        resource=row.resource,
        is_active=row.is_active,
        created_at=row.created_at,
        secret_hash=row.secret_hash,
    )


def _grants(text: str) -> frozenset[GrantType]:
    return frozenset(GrantType(name) for name in text.split())
