"""What the pages read: rows selected without any hash or secret, with names joined in.

The library shows, searches and exports what a mapped class has. So the classes here are mapped on
what may be seen, and no column with a secret is ever read.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import DeclarativeBase

from handlers.models import AlbumRow, SongRow
from token_service.models import (
    ApiKeyRow,
    ClientRow,
    GrantRow,
    GroupRow,
    RefreshTokenRow,
    UserRow,
    user_groups,
)

_GROUPS_OF_USER = (
    select(func.aggregate_strings(GroupRow.name, ", "))
    .join(user_groups, user_groups.c.group_id == GroupRow.id)
    .where(user_groups.c.user_id == UserRow.id)
    .correlate(UserRow)
    .scalar_subquery()
)
_USERS_OF_GROUP = (
    select(func.count())
    .select_from(user_groups)
    .where(user_groups.c.group_id == GroupRow.id)
    .correlate(GroupRow)
    .scalar_subquery()
)


class Seen(DeclarativeBase):
    """The root of what is only read; all writing goes through the stores."""


class User(Seen):
    """A user with the names of his groups."""

    __table__ = select(
        UserRow.id,
        UserRow.username,
        UserRow.email,
        UserRow.first_name,
        UserRow.last_name,
        UserRow.is_staff,
        UserRow.is_active,
        _GROUPS_OF_USER.label("groups"),
        UserRow.subject_id,
        UserRow.created_at,
    ).subquery("seen_users")


class Group(Seen):
    """A group with the number of its users."""

    __table__ = select(
        GroupRow.id, GroupRow.name, GroupRow.scopes, _USERS_OF_GROUP.label("users")
    ).subquery("seen_groups")


class Client(Seen):
    """A client with the name of its owner."""

    __table__ = (
        select(
            ClientRow.id,
            ClientRow.client_id,
            ClientRow.name,
            ClientRow.type,
            ClientRow.is_active,
            ClientRow.grants,
            ClientRow.scopes,
            ClientRow.redirect_uris,
            ClientRow.resource,
            UserRow.username.label("owner"),
            ClientRow.created_at,
            ClientRow.last_used_at,
        )
        .outerjoin(UserRow, UserRow.id == ClientRow.owner_id)
        .subquery("seen_clients")
    )


class Grant(Seen):
    """A grant with the names of its client and its user."""

    __table__ = (
        select(
            GrantRow.id,
            GrantRow.public_id.label("grant_id"),
            ClientRow.client_id.label("client"),
            UserRow.username.label("user"),
            GrantRow.grant_type,
            GrantRow.scope,
            GrantRow.resource,
            GrantRow.created_at,
            GrantRow.last_used_at,
            GrantRow.access_expires_at,
            GrantRow.revoked_at,
        )
        .join(ClientRow, ClientRow.id == GrantRow.client_id)
        .outerjoin(UserRow, UserRow.id == GrantRow.user_id)
        .subquery("seen_grants")
    )


class RefreshToken(Seen):
    """A refresh token by everything but itself: not even its hash is read."""

    __table__ = (
        select(
            RefreshTokenRow.id,
            GrantRow.public_id.label("grant_id"),
            ClientRow.client_id.label("client"),
            UserRow.username.label("user"),
            RefreshTokenRow.scope,
            RefreshTokenRow.issued_at,
            RefreshTokenRow.expires_at,
            RefreshTokenRow.used_at,
            GrantRow.revoked_at,
        )
        .join(GrantRow, GrantRow.id == RefreshTokenRow.grant_id)
        .join(ClientRow, ClientRow.id == GrantRow.client_id)
        .outerjoin(UserRow, UserRow.id == GrantRow.user_id)
        .subquery("seen_refresh_tokens")
    )


class ApiKey(Seen):
    """A key with the names of its user or client; of its text there is how it begins."""

    __table__ = (
        select(
            ApiKeyRow.id,
            ApiKeyRow.hint,
            ApiKeyRow.scheme,
            ApiKeyRow.name,
            func.replace(ApiKeyRow.roles, "\n", ", ").label("roles"),
            UserRow.username.label("user"),
            ClientRow.client_id.label("client"),
            ApiKeyRow.created_at,
            ApiKeyRow.expires_at,
            ApiKeyRow.last_used_at,
            ApiKeyRow.revoked_at,
        )
        .outerjoin(UserRow, UserRow.id == ApiKeyRow.user_id)
        .outerjoin(ClientRow, ClientRow.id == ApiKeyRow.client_id)
        .subquery("seen_api_keys")
    )


class Album(Seen):
    """An album with the name of the user who is its artist."""

    __table__ = (
        select(
            AlbumRow.id,
            AlbumRow.name,
            AlbumRow.artist,
            UserRow.username,
            AlbumRow.release_date,
            AlbumRow.num_stars,
        )
        .outerjoin(UserRow, UserRow.id == AlbumRow.artist)
        .subquery("seen_albums")
    )


class Song(Seen):
    """A song with the name of its album."""

    __table__ = (
        select(
            SongRow.id, SongRow.title, SongRow.artist, SongRow.year, AlbumRow.name.label("album")
        )
        .outerjoin(AlbumRow, AlbumRow.id == SongRow.album_id)
        .subquery("seen_songs")
    )
