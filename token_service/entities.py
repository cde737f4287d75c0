"""The frozen values that leave the store: users, groups, clients, grants and refresh tokens."""

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from token_service.scopes import Ceiling

#: the built-in group that every user is in; its ceiling is `*` until someone lowers it
EVERYONE = "everyone"


class GrantType(StrEnum):
    """The values of `grant_type` that a client may list."""

    AUTHORIZATION_CODE = "authorization_code"
    CLIENT_CREDENTIALS = "client_credentials"
    DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
    PASSWORD = "password"  # noqa: S105 -- the name of a grant
    REFRESH_TOKEN = "refresh_token"  # noqa: S105 -- the name of a grant


#: grants that a public client never has, whatever it lists (RFC 6749 s4.4, RFC 9700 s2.4)
CONFIDENTIAL_ONLY = frozenset({GrantType.PASSWORD, GrantType.CLIENT_CREDENTIALS})


class ClientType(StrEnum):
    """RFC 6749 s2.1: whether a client can keep a secret."""

    CONFIDENTIAL = "confidential"
    PUBLIC = "public"

    def allows(self, grant: GrantType) -> bool:
        """Whether a client of this type may have the grant."""
        return self is ClientType.CONFIDENTIAL or grant not in CONFIDENTIAL_ONLY


@dataclass(frozen=True, slots=True)
class Group:
    """A named ceiling; a user's ceiling is the union over his groups and `everyone`."""

    id: int
    name: str
    ceiling: Ceiling


@dataclass(frozen=True, slots=True)
class User:
    """A resource owner; `subject` is `user:<uuid>` and never used again."""

    id: int
    subject: str
    username: str
    email: str
    first_name: str
    last_name: str
    is_staff: bool
    is_active: bool
    created_at: int
    groups: tuple[str, ...]
    #: the union over his groups and `everyone`
    ceiling: Ceiling


@dataclass(frozen=True, slots=True)
class Login:
    """A user and the hash his password is checked against."""

    user: User
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth client; `id` is the store's, `client_id` the protocol's."""

    id: int
    client_id: str
    name: str
    type: ClientType
    grants: frozenset[GrantType]
    ceiling: Ceiling
    redirect_uris: tuple[str, ...]
    resource: str | None
    is_active: bool
    created_at: int
    #: None for a public client
    secret_hash: str | None = field(repr=False)

    @property
    def subject(self) -> str:
        """The `sub` of a token the client has for itself."""
        return f"client:{self.client_id}"

    def may_use(self, grant: GrantType) -> bool:
        """Whether the client lists the grant and is of a type that may have it."""
        return grant in self.grants and self.type.allows(grant)


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """A refresh token as the store knows it, with the family (RFC 9700 s4.14.2) it belongs to."""

    id: int
    family_id: int
    #: the grant that began the family: what its flow declares still bounds it
    grant_type: GrantType
    #: the store's ids
    client: int
    user: int | None
    #: the scope granted at first
    scope: str
    expires_at: int
    is_used: bool
    is_revoked: bool


@dataclass(frozen=True, slots=True)
class Failures:
    """How often a key failed, and until when it waits; Unix seconds."""

    count: int
    blocked_until: int


def normalise_username(text: str) -> str:
    """The form in which user names are stored and looked up (NFKC; case counts)."""
    return unicodedata.normalize("NFKC", text)
