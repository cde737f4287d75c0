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
    #: the audience of the resource server that it is, if it is one
    resource: str | None
    is_active: bool
    created_at: int
    #: the id of the user who registered it; None for one of an operator's
    owner: int | None
    #: when it last was given a token, to the minute
    last_used_at: int | None
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
    #: what the family's access tokens carry as `grant_id`
    grant_id: str
    #: the grant that began the family: what its flow declares still bounds it
    grant_type: GrantType
    #: the store's ids
    client: int
    user: int | None
    #: the scope granted at first
    scope: str
    #: the audience asked for (RFC 8707); None is our own
    resource: str | None
    expires_at: int
    is_used: bool
    is_revoked: bool


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """An authorization code as the store knows it (RFC 6749 s4.1)."""

    id: int
    #: the store's ids
    client: int
    user: int
    #: as the request had it; None if it had none
    redirect_uri: str | None
    scope: str
    resource: str | None
    #: S256 (RFC 7636 s4.2)
    code_challenge: str
    expires_at: int
    is_used: bool


class DeviceStatus(StrEnum):
    """How far a device's request has come (RFC 8628)."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    USED = "used"


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """A device's request as the store knows it (RFC 8628 s3.2)."""

    id: int
    #: the store's ids
    client: int
    user: int | None
    status: DeviceStatus
    #: asked for, `""` for all that can be granted; once approved: granted
    scope: str
    resource: str | None
    #: seconds to leave between polls
    interval: int
    polled_at: int | None
    expires_at: int


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in."""

    user: User
    created_at: int
    seen_at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class GrantSummary:
    """What a user granted a client, for pages; times are Unix seconds."""

    #: the `grant_id` of its tokens
    id: str
    client_id: str
    client_name: str
    grant_type: GrantType
    scope: str
    created_at: int
    last_used_at: int


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key for one apiKey scheme of the document; its text is not kept. Times: Unix seconds."""

    id: int
    #: how the key begins
    hint: str
    #: the name of the scheme in the document
    scheme: str
    #: what people call it
    name: str
    roles: tuple[str, ...]
    #: whose it is; both None: nobody's
    user: User | None
    client: Client | None
    created_at: int
    #: None: never
    expires_at: int | None
    #: to the minute
    last_used_at: int | None
    revoked_at: int | None

    @property
    def all_roles(self) -> frozenset[str]:
        """Its own roles, and the groups of its user."""
        return frozenset((*self.roles, *(self.user.groups if self.user else ())))

    @property
    def owner_is_active(self) -> bool:
        """Whether nobody stands behind it who was disabled."""
        return all(owner.is_active for owner in (self.user, self.client) if owner)


class RevocationKind(StrEnum):
    """What a revocation speaks of."""

    JTI = "jti"
    GRANT = "grant"
    CLIENT = "client"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Revocation:
    """Access tokens that must not be accepted any more; times are Unix seconds."""

    id: int
    kind: RevocationKind
    #: a `jti`, a `grant_id`, a `client_id` or a `sub`
    value: str
    #: tokens issued at or before
    issued_until: int
    #: when none of them can be valid any more
    expires_at: int


@dataclass(frozen=True, slots=True)
class Failures:
    """How often a key failed, and until when it waits; Unix seconds."""

    count: int
    blocked_until: int


def normalise_username(text: str) -> str:
    """The form in which user names are stored and looked up (NFKC; case counts)."""
    return unicodedata.normalize("NFKC", text)
