"""Albums: what each operation on them does."""

from dataclasses import asdict
from datetime import date
from typing import TypedDict

from handlers.accounts import Accounts
from handlers.ids import can_be_id
from handlers.paging import page_answer
from handlers.records import Album, AlbumChanges, AlbumFields
from handlers.store import Store
from scopegate import Answer, NotFound, Unprocessable, Violation, operation


class AlbumBody(TypedDict):
    """A body that fits the document's `AlbumInput` or `AlbumForm`."""

    artist: int
    name: str
    release_date: str
    num_stars: int


class AlbumChangeBody(TypedDict, total=False):
    """A body that fits the document's `AlbumChange` or `AlbumChangeForm`."""

    artist: int
    name: str
    release_date: str
    num_stars: int


@operation("listAlbums")
def list_albums(store: Store, *, limit: int = 20, offset: int = 0) -> Answer:
    """Answer a page of albums."""
    page = store.list_albums(limit=limit, offset=offset)
    return page_answer(page, _show, limit=limit, offset=offset)


@operation("addAlbum")
def add_album(body: AlbumBody, store: Store, *, accounts: Accounts) -> Answer:
    """Add an album and answer it; its artist is a user."""
    fields = AlbumFields(
        _artist(body["artist"], accounts),
        body["name"],
        release_date=_date(body["release_date"]),
        num_stars=body["num_stars"],
    )
    album = store.add_album(fields)
    return Answer(_show(album), status=201, headers={"Location": f"/albums/{album.id}/"})


@operation("getAlbum")
def get_album(album_id: int, store: Store) -> dict[str, object]:
    """Answer an album."""
    return _show(_existing(store.get_album(album_id), album_id))


@operation("replaceAlbum")
def replace_album(
    album_id: int, body: AlbumBody, *, store: Store, accounts: Accounts
) -> dict[str, object]:
    """Write all fields of an album and answer it."""
    return _change(album_id, AlbumChangeBody(**body), store=store, accounts=accounts)


@operation("changeAlbum")
def change_album(
    album_id: int, body: AlbumChangeBody, *, store: Store, accounts: Accounts
) -> dict[str, object]:
    """Write the fields of an album that the body names and answer it."""
    return _change(album_id, body, store=store, accounts=accounts)


@operation("removeAlbum")
def remove_album(album_id: int, store: Store) -> Answer:
    """Remove an album; answer nothing."""
    _existing(store.remove_album(album_id), album_id)
    return Answer(None, status=204)


def _change(
    album_id: int, body: AlbumChangeBody, *, store: Store, accounts: Accounts
) -> dict[str, object]:
    """Look for the album before its artist: 404 says more than 422."""
    _existing(store.get_album(album_id), album_id)
    changes = AlbumChanges(
        artist=_artist(body["artist"], accounts) if "artist" in body else None,
        name=body.get("name"),
        release_date=_date(body["release_date"]) if "release_date" in body else None,
        num_stars=body.get("num_stars"),
    )
    return _show(_existing(store.change_album(album_id, changes), album_id))


def _artist(user_id: int, accounts: Accounts) -> int:
    if not can_be_id(user_id) or accounts.get_user(user_id) is None:
        raise _unprocessable("/artist", f"there is no user `{user_id}`")
    return user_id


def _date(written: str) -> date:
    """Read a full-date (RFC 3339 s5.6); the year 0 is one, but no date anyone can compare."""
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise _unprocessable("/release_date", "there is no such day") from error


def _unprocessable(pointer: str, detail: str) -> Unprocessable:
    return Unprocessable(detail, violations=[Violation(pointer, detail)])


def _show(album: Album) -> dict[str, object]:
    """Write an album as the document's `Album`."""
    return {**asdict(album), "release_date": album.release_date.isoformat()}


def _existing(album: Album | None, album_id: int) -> Album:
    if album is None:
        raise NotFound(f"there is no album `{album_id}`")
    return album
