"""Clients in the database."""

from dataclasses import dataclass, field

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from token_service.entities import Client, ClientType, GrantType, RevocationKind
from token_service.errors import NameTakenError
from token_service.models import ClientRow, UserRow
from token_service.scopes import Ceiling, parse_ceiling
from token_service.store.engine import change, reading, writing
from token_service.store.revocations import revoke_tokens_of

#: seconds; what is kept to the minute costs one write a minute at most
_MINUTE = 60


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
    #: the id of the user who registers it; None for an operator
    owner: int | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """A client, and the name of the user who registered it."""

    client: Client
    #: None for one of an operator's
    owner_name: str | None


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
                owner_id=new.owner,
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


def find_client_by_id(engine: Engine, client: int) -> Client | None:
    """The client with the store's id, if there is one."""
    with reading(engine) as session:
        row = session.get(ClientRow, client)
        return _client(row) if row else None


def read_client(session: Session, client: int) -> Client | None:
    """The client with the store's id, inside a unit of work that is under way."""
    row = session.get(ClientRow, client)
    return _client(row) if row else None


def list_applications(
    engine: Engine, *, owner: int | None, limit: int, offset: int
) -> tuple[Application, ...]:
    """A page of the clients that a user registered, or of all for None; the newest first."""
    statement = (
        select(ClientRow, UserRow.username)
        .outerjoin(UserRow, UserRow.id == ClientRow.owner_id)
        .order_by(ClientRow.id.desc())
        .limit(limit)
        .offset(offset)
    )
    if owner is not None:
        statement = statement.where(ClientRow.owner_id == owner)
    with reading(engine) as session:
        return tuple(Application(_client(row), name) for row, name in session.execute(statement))


def find_application(engine: Engine, client_id: str) -> Application | None:
    """The client with the `client_id` and its owner's name, if there is one."""
    statement = (
        select(ClientRow, UserRow.username)
        .outerjoin(UserRow, UserRow.id == ClientRow.owner_id)
        .where(ClientRow.client_id == client_id)
    )
    with reading(engine) as session:
        found = session.execute(statement).one_or_none()
        return Application(_client(found[0]), found[1]) if found else None


def resources(engine: Engine) -> frozenset[str]:
    """The audiences of the clients that are resource servers."""
    statement = select(ClientRow.resource).where(ClientRow.is_active).distinct()
    with reading(engine) as session:
        return frozenset(resource for resource in session.scalars(statement) if resource)


def update_client(
    engine: Engine,
    client_id: str,
    *,
    name: str,
    grants: frozenset[GrantType],
    ceiling: Ceiling,
    redirect_uris: tuple[str, ...],
) -> bool:
    """Change what its owner may change of a client; False if there is no such client."""
    values = {
        "name": name,
        "grants": " ".join(sorted(grants)),
        "scopes": str(ceiling),
        "redirect_uris": " ".join(redirect_uris),
    }
    with writing(engine) as session:
        statement = update(ClientRow).where(ClientRow.client_id == client_id).values(values)
        return bool(change(session, statement))


def set_secret_hash(engine: Engine, client_id: str, secret_hash: str, *, replaces: str) -> bool:
    """Replace a secret by its hash; False if another one was put in its place already."""
    is_it = (ClientRow.client_id == client_id) & (ClientRow.secret_hash == replaces)
    with writing(engine) as session:
        statement = update(ClientRow).where(is_it).values(secret_hash=secret_hash)
        return bool(change(session, statement))


def touch_client(engine: Engine, client: Client, *, now: int) -> None:
    """Remember that the client was given a token, to the minute."""
    if client.last_used_at is not None and client.last_used_at > now - _MINUTE:
        return
    with writing(engine) as session:
        statement = update(ClientRow).where(ClientRow.id == client.id).values(last_used_at=now)
        change(session, statement)


def delete_client(engine: Engine, client_id: str, *, now: int) -> bool:
    """Remove a client with its grants and tokens; False if there is no such client."""
    with writing(engine) as session:
        statement = delete(ClientRow).where(ClientRow.client_id == client_id)
        revoke_tokens_of(session, RevocationKind.CLIENT, client_id, now=now)
        return bool(change(session, statement))


def set_active(engine: Engine, client_id: str, *, active: bool, now: int) -> bool:
    """Let a client have tokens or not, and end those it has; False if there is no such client."""
    with writing(engine) as session:
        statement = (
            update(ClientRow).where(ClientRow.client_id == client_id).values(is_active=active)
        )
        if not change(session, statement):
            return False
        if not active:
            revoke_tokens_of(session, RevocationKind.CLIENT, client_id, now=now)
        return True


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
        owner=row.owner_id,
        last_used_at=row.last_used_at,
        secret_hash=row.secret_hash,
    )


def _grants(text: str) -> frozenset[GrantType]:
    return frozenset(GrantType(name) for name in text.split())
