"""The values that go in and out of the store: songs and albums, and what clients say of them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SongFields:
    """What a client says about a song."""

    title: str
    artist: str
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Song:
    """A song of the collection."""

    id: int
    title: str
    artist: str
    year: int | None


@dataclass(frozen=True, slots=True)
class AlbumFields:
    """What a client says about an album; `artist` is a user's id."""

    artist: int
    name: str
    release_date: date
    num_stars: int


@dataclass(frozen=True, slots=True)
class AlbumChanges:
    """What a client wants changed about an album; None: let it be."""

    artist: int | None = None
    name: str | None = None
    release_date: date | None = None
    num_stars: int | None = None


@dataclass(frozen=True, slots=True)
class Album:
    """An album of the collection; `artist` is a user's id."""

    id: int
    artist: int
    name: str
    release_date: date
    num_stars: int
