"""The tables of the token service; rows never leave the store."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
    text,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

#: SQLite would give the id of the last row, once deleted, to the next one
_NEVER_REUSED = {"sqlite_autoincrement": True}


class Base(DeclarativeBase):
    """What all tables share: constraint names, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
        }
    )


user_groups = Table(
    "user_groups",
    Base.metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True),
)


class GroupRow(Base):
    """A named ceiling."""

    __tablename__ = "groups"
    __table_args__ = _NEVER_REUSED

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(150), unique=True)
    #: `*` or scopes with single spaces between
    scopes: Mapped[str] = mapped_column(Text, server_default=text("'*'"))


class UserRow(Base):
    """A resource owner; neither `id` nor `subject_id` is ever used again."""

    __tablename__ = "users"
    __table_args__ = _NEVER_REUSED

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: a uuid, the opaque part of `sub`
    subject_id: Mapped[str] = mapped_column(String(36), unique=True)
    username: Mapped[str] = mapped_column(String(150), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    first_name: Mapped[str] = mapped_column(String(150))
    last_name: Mapped[str] = mapped_column(String(150))
    password_hash: Mapped[str] = mapped_column(Text)
    is_staff: Mapped[bool] = mapped_column(server_default=false())
    is_active: Mapped[bool] = mapped_column(server_default=true())
    created_at: Mapped[int] = mapped_column(BigInteger)
    groups: Mapped[list[GroupRow]] = relationship(
        secondary=user_groups, lazy="selectin", order_by=GroupRow.name, passive_deletes=True
    )


class ClientRow(Base):
    """An OAuth client."""

    __tablename__ = "clients"
    __table_args__ = _NEVER_REUSED

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    client_id: Mapped[str] = mapped_column(String(150), unique=True)
    name: Mapped[str] = mapped_column(String(150))
    #: `confidential` or `public`
    type: Mapped[str] = mapped_column(String(12))
    #: null for a public client
    secret_hash: Mapped[str | None] = mapped_column(Text)
    #: grant types with single spaces between
    grants: Mapped[str] = mapped_column(Text)
    #: `*` or scopes with single spaces between
    scopes: Mapped[str] = mapped_column(Text)
    #: with single spaces between
    redirect_uris: Mapped[str] = mapped_column(Text)
    resource: Mapped[str | None] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(server_default=true())
    created_at: Mapped[int] = mapped_column(BigInteger)
    #: the user who registered it; null for one of an operator's
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    #: when it last was given a token, to the minute
    last_used_at: Mapped[int | None] = mapped_column(BigInteger)


class GrantRow(Base):
    """What a user granted a client: a family of refresh tokens (RFC 9700 s4.14.2), and its tokens.

    Access tokens carry the `public_id`, so that revoking the grant ends them too.
    """

    __tablename__ = "grants"
    __table_args__ = _NEVER_REUSED

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    grant_type: Mapped[str] = mapped_column(String(64))
    #: a random id, the claim `grant_id`
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    scope: Mapped[str] = mapped_column(Text)
    #: the audience asked for (RFC 8707); null is our own
    resource: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[int] = mapped_column(BigInteger)
    last_used_at: Mapped[int] = mapped_column(BigInteger)
    #: when the last access token that came of it expires
    access_expires_at: Mapped[int] = mapped_column(BigInteger)
    revoked_at: Mapped[int | None] = mapped_column(BigInteger)


class RefreshTokenRow(Base):
    """A refresh token, known by its SHA-256 alone; used once."""

    __tablename__ = "refresh_tokens"
    __table_args__ = _NEVER_REUSED

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"), index=True)
    scope: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
    used_at: Mapped[int | None] = mapped_column(BigInteger)


class FailureRow(Base):
    """Failed attempts under one key; the key is a hash, so no name is kept."""

    __tablename__ = "failures"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    blocked_until: Mapped[int] = mapped_column(BigInteger)
    forget_at: Mapped[int] = mapped_column(BigInteger, index=True)


class AuthorizationCodeRow(Base):
    """An authorization code, known by its SHA-256 alone; used once (RFC 6749 s4.1.2)."""

    __tablename__ = "authorization_codes"
    __table_args__ = _NEVER_REUSED

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    #: as the request had it; null if it had none
    redirect_uri: Mapped[str | None] = mapped_column(Text)
    scope: Mapped[str] = mapped_column(Text)
    resource: Mapped[str | None] = mapped_column(Text)
    #: S256 (RFC 7636 s4.2), which no request goes without
    code_challenge: Mapped[str] = mapped_column(String(128))
    issued_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)
    used_at: Mapped[int | None] = mapped_column(BigInteger)
    #: what it bought
    grant_id: Mapped[int | None] = mapped_column(
        ForeignKey("grants.id", ondelete="CASCADE"), index=True
    )


class DeviceCodeRow(Base):
    """A device's request (RFC 8628); both codes are known by their SHA-256 alone."""

    __tablename__ = "device_codes"
    __table_args__ = _NEVER_REUSED

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    device_code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), index=True)
    #: who answered
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    #: `pending`, `approved`, `denied` or `used`
    status: Mapped[str] = mapped_column(String(8))
    #: asked for; once approved: granted
    scope: Mapped[str] = mapped_column(Text)
    resource: Mapped[str | None] = mapped_column(Text)
    #: seconds between polls, five more for each that came too early
    interval: Mapped[int] = mapped_column(Integer)
    polled_at: Mapped[int | None] = mapped_column(BigInteger)
    issued_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)
    grant_id: Mapped[int | None] = mapped_column(
        ForeignKey("grants.id", ondelete="CASCADE"), index=True
    )


class SessionRow(Base):
    """A browser that is signed in, known by the SHA-256 of its cookie."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[int] = mapped_column(BigInteger)
    #: to the minute
    seen_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)


class LoginLinkRow(Base):
    """A link that signs a user in once, known by its SHA-256."""

    __tablename__ = "login_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)


class RevocationRow(Base):
    """Access tokens that must not be accepted any more; kept until all of them have expired."""

    __tablename__ = "revocations"
    __table_args__ = _NEVER_REUSED

    #: grows, so that a reader can ask for what is new
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: `jti`, `grant`, `client` or `subject`
    kind: Mapped[str] = mapped_column(String(8))
    value: Mapped[str] = mapped_column(Text, index=True)
    #: tokens issued at or before this second
    issued_until: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)


class ApiKeyRow(Base):
    """A key for one apiKey scheme, known by its SHA-256 alone; goes with its user or client."""

    __tablename__ = "api_keys"
    __table_args__ = _NEVER_REUSED

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: how the key begins, for people who look for it
    hint: Mapped[str] = mapped_column(String(16))
    #: the name of the scheme in the document
    scheme: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(150))
    #: one a line
    roles: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    client_id: Mapped[int | None] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[int] = mapped_column(BigInteger)
    #: null: never
    expires_at: Mapped[int | None] = mapped_column(BigInteger)
    #: to the minute
    last_used_at: Mapped[int | None] = mapped_column(BigInteger)
    revoked_at: Mapped[int | None] = mapped_column(BigInteger)
