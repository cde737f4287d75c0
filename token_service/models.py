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


class GrantRow(Base):
    """A family: all refresh tokens that follow from one grant (RFC 9700 s4.14.2)."""

    __tablename__ = "grants"
    __table_args__ = _NEVER_REUSED

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    grant_type: Mapped[str] = mapped_column(String(64))
    scope: Mapped[str] = mapped_column(Text)
    created_at: Mapped[int] = mapped_column(BigInteger)
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
