"""Users, groups and clients from Python: what commands, handlers and the demo call."""

import secrets
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from token_service.entities import (
    EVERYONE,
    Client,
    ClientType,
    GrantType,
    Group,
    User,
    normalise_username,
)
from token_service.errors import InvalidValueError, UnknownNameError
from token_service.passwords import SecretHasher
from token_service.ports import Clock
from token_service.scopes import EVERYTHING
from token_service.store import clients, groups, users
from token_service.store.engine import Engine
from token_service.values import (
    check_client_id,
    check_client_secret,
    check_email,
    check_grants,
    check_name,
    check_password,
    check_redirect_uri,
    check_scopes,
    check_text,
    check_username,
    is_id,
)


@dataclass(frozen=True, slots=True)
class CreatedClient:
    """A new client and its secret, which is known here and never again."""

    client: Client
    #: None for a public client
    secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Administration:
    """Every call is one transaction; names are checked here, that they are free by the store."""

    engine: Engine
    hasher: SecretHasher
    clock: Clock

    def create_user(
        self,
        username: str,
        password: str,
        *,
        email: str = "",
        first_name: str = "",
        last_name: str = "",
        staff: bool = False,
        groups: Sequence[str] = (),
    ) -> User:
        """Add a user; NameTakenError, InvalidValueError, or UnknownNameError for a group."""
        new = users.NewUser(
            subject_id=str(uuid.uuid4()),
            username=check_username(username),
            password_hash=self.hasher.hash(check_password(password)),
            email=check_email(email),
            first_name=check_text("first_name", first_name),
            last_name=check_text("last_name", last_name),
            is_staff=staff,
            created_at=int(self.clock()),
            groups=tuple(groups),
        )
        return users.insert_user(self.engine, new)

    def list_users(self, *, limit: int = 100, offset: int = 0) -> tuple[User, ...]:
        """A page of users in the order they were made."""
        return users.list_users(self.engine, limit=limit, offset=offset)

    def count_users(self) -> int:
        """How many users there are."""
        return users.count_users(self.engine)

    def get_user(self, user_id: int) -> User:
        """The user with the id, or an UnknownNameError."""
        user = users.find_user(self.engine, user_id) if is_id(user_id) else None
        if user is None:
            raise UnknownNameError("user", str(user_id))
        return user

    def find_user_by_subject(self, subject: str) -> User | None:
        """The user with a `sub` of our tokens, `user:<uuid>`; None for any other text."""
        kind, _, subject_id = subject.partition(":")
        return users.find_user_by_subject(self.engine, subject_id) if kind == "user" else None

    def find_user_by_name(self, username: str) -> User | None:
        """The user with the name, if there is one."""
        return users.find_user_by_name(self.engine, normalise_username(username))

    def delete_user(self, user_id: int) -> None:
        """Remove a user and his grants; neither his id nor his subject is used again."""
        if not (is_id(user_id) and users.delete_user(self.engine, user_id)):
            raise UnknownNameError("user", str(user_id))

    def set_user_active(self, user_id: int, *, active: bool) -> None:
        """Let a user have tokens or not; tokens already issued live to their end."""
        if not (is_id(user_id) and users.set_active(self.engine, user_id, active=active)):
            raise UnknownNameError("user", str(user_id))

    def create_group(self, name: str, *, scopes: str | Collection[str] = EVERYTHING) -> Group:
        """Add a group; its scopes are added to what its users may be granted."""
        checked = check_name("name", name)
        return groups.insert_group(self.engine, checked, ceiling=check_scopes(scopes))

    def list_groups(self, *, limit: int = 100, offset: int = 0) -> tuple[Group, ...]:
        """A page of groups in the order they were made, the built-in `everyone` first."""
        return groups.list_groups(self.engine, limit=limit, offset=offset)

    def count_groups(self) -> int:
        """How many groups there are."""
        return groups.count_groups(self.engine)

    def get_group(self, group_id: int) -> Group:
        """The group with the id, or an UnknownNameError."""
        group = groups.find_group(self.engine, group_id) if is_id(group_id) else None
        if group is None:
            raise UnknownNameError("group", str(group_id))
        return group

    def find_group_by_name(self, name: str) -> Group | None:
        """The group with the name, if there is one."""
        return groups.find_group_by_name(self.engine, name)

    def set_group_scopes(self, name: str, scopes: str | Collection[str]) -> None:
        """Change what a group adds, that of `everyone` too; counts from the next token on."""
        if not groups.set_ceiling(self.engine, name, ceiling=check_scopes(scopes)):
            raise UnknownNameError("group", name)

    def delete_group(self, name: str) -> None:
        """Remove a group, but not its users; `everyone` stays."""
        if name == EVERYONE:
            raise InvalidValueError("name", f"the group `{EVERYONE}` is built in and stays")
        if not groups.delete_group(self.engine, name):
            raise UnknownNameError("group", name)

    def create_client(
        self,
        name: str,
        *,
        type: ClientType = ClientType.CONFIDENTIAL,
        grants: Collection[str] = (GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN),
        scopes: str | Collection[str] = EVERYTHING,
        redirect_uris: Sequence[str] = (),
        resource: str | None = None,
        client_id: str | None = None,
        secret: str | None = None,
    ) -> CreatedClient:
        """Add a client; `scopes` is `*`, which follows the document, or a list that is fixed."""
        secret = _choose_secret(type, secret)
        new = clients.NewClient(
            client_id=check_client_id(client_id or secrets.token_hex(16)),
            name=check_name("name", name),
            type=type,
            secret_hash=None if secret is None else self.hasher.hash(secret),
            grants=check_grants(grants),
            ceiling=check_scopes(scopes),
            redirect_uris=tuple(check_redirect_uri(uri) for uri in redirect_uris),
            resource=resource,
            created_at=int(self.clock()),
        )
        return CreatedClient(client=clients.insert_client(self.engine, new), secret=secret)

    def list_clients(self, *, limit: int = 100, offset: int = 0) -> tuple[Client, ...]:
        """A page of clients in the order they were made."""
        return clients.list_clients(self.engine, limit=limit, offset=offset)

    def find_client(self, client_id: str) -> Client | None:
        """The client with the `client_id`, if there is one."""
        return clients.find_client(self.engine, client_id)

    def delete_client(self, client_id: str) -> None:
        """Remove a client and its grants."""
        if not clients.delete_client(self.engine, client_id):
            raise UnknownNameError("client", client_id)

    def set_client_active(self, client_id: str, *, active: bool) -> None:
        """Let a client have tokens or not; tokens already issued live to their end."""
        if not clients.set_active(self.engine, client_id, active=active):
            raise UnknownNameError("client", client_id)


def _choose_secret(type_: ClientType, secret: str | None) -> str | None:
    if type_ is ClientType.CONFIDENTIAL:
        return secrets.token_urlsafe(32) if secret is None else check_client_secret(secret)
    if secret is not None:
        raise InvalidValueError("secret", "a public client has no secret, leave it out")
    return None
