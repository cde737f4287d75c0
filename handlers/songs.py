"""Songs, on an album or on none: what each operation on them does."""

from dataclasses import asdict
from typing import NotRequired, TypedDict

from handlers.paging import page_answer
from handlers.records import Song, SongFields
from handlers.store import NoSuchAlbumError, Store
from scopegate import Answer, NotFound, operation


class SongBody(TypedDict):
    """A body that fits the document's `SongInput` or `SongForm`; it may hold an `id` besides."""

    title: str
    artist: str
    year: NotRequired[int | None]


class SongWithIdBody(SongBody):
    """A body that fits the document's `SongWithIdInput` or `SongWithIdForm`."""

    id: int


@operation("listSongs")
def list_songs(store: Store, *, limit: int = 20, offset: int = 0) -> Answer:
    """Answer a page of songs."""
    page = store.list_songs(limit=limit, offset=offset)
    return page_answer(page, _show, limit=limit, offset=offset)


@operation("addSong")
def add_song(body: SongBody, store: Store) -> Answer:
    """Add a song and answer it."""
    return _added(store.add_song(_fields(body)))


@operation("getSong")
def get_song(song_id: int, store: Store) -> dict[str, object]:
    """Answer a song."""
    return _show(_existing(store.get_song(song_id), song_id))


@operation("replaceSong")
def replace_song(song_id: int, body: SongBody, *, store: Store) -> dict[str, object]:
    """Write a song anew and answer it."""
    return _show(_existing(store.replace_song(song_id, _fields(body)), song_id))


@operation("replaceSongById")
def replace_song_by_id(body: SongWithIdBody, store: Store) -> Answer:
    """Write the song anew whose id stands in the body; answer nothing."""
    _existing(store.replace_song(body["id"], _fields(body)), body["id"])
    return Answer(None, status=204)


@operation("removeSong")
def remove_song(song_id: int, store: Store) -> Answer:
    """Remove a song; answer nothing."""
    _existing(store.remove_song(song_id), song_id)
    return Answer(None, status=204)


@operation("removeSongById")
def remove_song_by_id(id: int, store: Store) -> dict[str, object]:
    """Remove the song whose id stands in the query; answer it as it was."""
    return _show(_existing(store.remove_song(id), id))


@operation("listAlbumSongs")
def list_album_songs(album_id: int, store: Store, *, limit: int = 20, offset: int = 0) -> Answer:
    """Answer a page of the songs of an album."""
    try:
        page = store.list_album_songs(album_id, limit=limit, offset=offset)
    except NoSuchAlbumError as error:
        raise NotFound(str(error)) from error
    return page_answer(page, _show, limit=limit, offset=offset)


@operation("addAlbumSong")
def add_album_song(album_id: int, body: SongBody, *, store: Store) -> Answer:
    """Add a new song to an album and answer it."""
    try:
        song = store.add_album_song(album_id, _fields(body))
    except NoSuchAlbumError as error:
        raise NotFound(str(error)) from error
    return _added(song)


def _fields(body: SongBody) -> SongFields:
    """Take what a song is made of from a body, and nothing else."""
    return SongFields(body["title"], body["artist"], year=body.get("year"))


def _show(song: Song) -> dict[str, object]:
    """Write a song as the document's `Song`."""
    return asdict(song)


def _added(song: Song) -> Answer:
    """Answer a new song and say where it is."""
    return Answer(_show(song), status=201, headers={"Location": f"/songs/{song.id}"})


def _existing(song: Song | None, song_id: int) -> Song:
    if song is None:
        raise NotFound(f"there is no song `{song_id}`")
    return song
