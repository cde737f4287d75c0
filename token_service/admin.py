"""Users, groups and clients from Python: what commands, handlers and the demo call."""

import secrets
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from token_service.audit import AuditEvent, AuditRecord, write_audit
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
    #: redirect URIs may be plain http to any host
    insecure_http: bool = False

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
        now = int(self.clock())
        if not (is_id(user_id) and users.delete_user(self.engine, user_id, now=now)):
            raise UnknownNameError("user", str(user_id))

    def set_user_active(self, user_id: int, *, active: bool) -> None:
        """Let a user have tokens or not; those of a disabled one, and his sessions, end."""
        now = int(self.clock())
        if not (is_id(user_id) and users.set_active(self.engine, user_id, active=active, now=now)):
            raise UnknownNameError("user", str(user_id))

    def set_password(self, user_id: int, password: str) -> None:
        """Replace a user's password; his grants and sessions end."""
        hashed, now = self.hasher.hash(check_password(password)), int(self.clock())
        if not (is_id(user_id) and users.set_password_hash(self.engine, user_id, hashed, now=now)):
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

    def create_client(  # noqa: PLR0913 -- a client is made of all these
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
        owner: User | None = None,
    ) -> CreatedClient:
        """Add a client; `scopes` is `*`, which follows the document, or a list that is fixed.

        `owner` is the user who registers it and answers for it, None for an operator.
        """
        secret = _choose_secret(type, secret)
        new = clients.NewClient(
            client_id=check_client_id(client_id or secrets.token_hex(16)),
            name=check_name("name", name),
            type=type,
            secret_hash=None if secret is None else self.hasher.hash(secret),
            grants=check_grants(grants),
            ceiling=check_scopes(scopes),
            redirect_uris=self._check_redirect_uris(redirect_uris),
            resource=resource,
            created_at=int(self.clock()),
            owner=owner.id if owner else None,
        )
        client = clients.insert_client(self.engine, new)
        self._note(AuditEvent.CLIENT_REGISTERED, client.client_id, owner, scope=str(client.ceiling))
        return CreatedClient(client=client, secret=secret)

    def change_client(
        self,
        client_id: str,
        *,
        name: str,
        grants: Collection[str],
        scopes: str | Collection[str],
        redirect_uris: Sequence[str],
        by: User | None = None,
    ) -> None:
        """Change a client; counts from the next token on. `by` is a user, None an operator."""
        ceiling = check_scopes(scopes)
        found = clients.update_client(
            self.engine,
            client_id,
            name=check_name("name", name),
            grants=check_grants(grants),
            ceiling=ceiling,
            redirect_uris=self._check_redirect_uris(redirect_uris),
        )
        if not found:
            raise UnknownNameError("client", client_id)
        self._note(AuditEvent.CLIENT_CHANGED, client_id, by, scope=str(ceiling))

    def change_secret(self, client: Client, *, by: User | None = None) -> str:
        """A new secret, known here and never again; the one that `client` has ends, no token does.

        An InvalidValueError if that one was replaced already, or there is none.
        """
        secret = secrets.token_urlsafe(32)
        hashed, before = self.hasher.hash(secret), client.secret_hash
        replaced = before is not None and clients.set_secret_hash(
            self.engine, client.client_id, hashed, replaces=before
        )
        if not replaced:
            raise InvalidValueError("secret", f"client `{client.client_id}` has another secret now")
        self._note(AuditEvent.CLIENT_SECRET_CHANGED, client.client_id, by)
        return secret

    def list_clients(self, *, limit: int = 100, offset: int = 0) -> tuple[Client, ...]:
        """A page of clients in the order they were made."""
        return clients.list_clients(self.engine, limit=limit, offset=offset)

    def find_client(self, client_id: str) -> Client | None:
        """The client with the `client_id`, if there is one."""
        return clients.find_client(self.engine, client_id)

    def delete_client(self, client_id: str, *, by: User | None = None) -> None:
        """Remove a client with its grants and tokens; `by` as for `change_client`."""
        if not clients.delete_client(self.engine, client_id, now=int(self.clock())):
            raise UnknownNameError("client", client_id)
        self._note(AuditEvent.CLIENT_DELETED, client_id, by)

    def set_client_active(self, client_id: str, *, active: bool) -> None:
        """Let a client have tokens or not; those of a disabled one end."""
        now = int(self.clock())
        if not clients.set_active(self.engine, client_id, active=active, now=now):
            raise UnknownNameError("client", client_id)

    def _check_redirect_uris(self, uris: Sequence[str]) -> tuple[str, ...]:
        return tuple(check_redirect_uri(uri, insecure_http=self.insecure_http) for uri in uris)

    def _note(
        self, event: AuditEvent, client_id: str, by: User | None, *, scope: str | None = None
    ) -> None:
        write_audit(
            AuditRecord(
                event=event,
                time=int(self.clock()),
                client_id=client_id,
                subject=by.subject if by else None,
                scope=scope,
            )
        )


def _choose_secret(type_: ClientType, secret: str | None) -> str | None:
    if type_ is ClientType.CONFIDENTIAL:
        return secrets.token_urlsafe(32) if secret is None else check_client_secret(secret)
    if secret is not None:
        raise InvalidValueError("secret", "a public client has no secret, leave it out")
    return None
