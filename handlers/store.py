"""Where songs and albums are kept: frozen records go in and out, rows never do."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TypeVar

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import InstrumentedAttribute, Session

from handlers.ids import LARGEST_ID, can_be_id
from handlers.models import AlbumRow, SongRow
from handlers.paging import Page
from handlers.records import Album, AlbumChanges, AlbumFields, Song, SongFields
from scopegate import Unavailable

Row = TypeVar("Row", AlbumRow, SongRow)


class NoSuchAlbumError(LookupError):
    """There is no such album, or none any more."""

    def __init__(self, album_id: int) -> None:
        super().__init__(f"there is no album `{album_id}`")
        self.album_id = album_id


class Store:
    """Songs and albums in a database; safe to share among threads.

    The engine must mind foreign keys; its execution option `write` marks the transactions that
    write, for databases that have to know beforehand. A method that writes is one unit of work.
    Any method may raise `Unavailable`.
    """

    def __init__(self, engine: Engine) -> None:
        self._readers = engine
        self._writers = engine.execution_options(write=True)

    def list_songs(self, *, limit: int, offset: int) -> Page[Song]:
        """Show songs in the order they were added."""
        with _reading(self._readers) as session:
            rows, total = _part(session, select(SongRow), SongRow.id, limit=limit, offset=offset)
            return Page([_song(row) for row in rows], total)

    def list_album_songs(self, album_id: int, *, limit: int, offset: int) -> Page[Song]:
        """Show an album's songs in the order they were added, or raise `NoSuchAlbumError`."""
        with _reading(self._readers) as session:
            if _find(session, AlbumRow, album_id) is None:
                raise NoSuchAlbumError(album_id)
            on_album = select(SongRow).where(SongRow.album_id == album_id)
            rows, total = _part(session, on_album, SongRow.id, limit=limit, offset=offset)
            return Page([_song(row) for row in rows], total)

    def get_song(self, song_id: int) -> Song | None:
        """Find a song; None: there is none."""
        with _reading(self._readers) as session:
            row = _find(session, SongRow, song_id)
            return None if row is None else _song(row)

    def add_song(self, fields: SongFields) -> Song:
        """Add a song that is on no album."""
        with _writing(self._writers) as session:
            row = SongRow(**asdict(fields))
            session.add(row)
            session.flush()
            return _song(row)

    def add_album_song(self, album_id: int, fields: SongFields) -> Song:
        """Add a song on an album, or raise `NoSuchAlbumError`."""
        if not can_be_id(album_id):
            raise NoSuchAlbumError(album_id)
        try:
            with _writing(self._writers) as session:
                row = SongRow(**asdict(fields), album_id=album_id)
                session.add(row)
                session.flush()
                return _song(row)
        except IntegrityError as error:
            raise NoSuchAlbumError(album_id) from error

    def replace_song(self, song_id: int, fields: SongFields) -> Song | None:
        """Write a song anew; it stays on its album. None: there is none."""
        with _writing(self._writers) as session:
            row = _find(session, SongRow, song_id, lock=True)
            if row is None:
                return None
            row.title, row.artist, row.year = fields.title, fields.artist, fields.year
            return _song(row)

    def remove_song(self, song_id: int) -> Song | None:
        """Remove a song and show it a last time. None: there is none."""
        with _writing(self._writers) as session:
            row = _find(session, SongRow, song_id, lock=True)
            if row is None:
                return None
            session.delete(row)
            return _song(row)

    def list_albums(self, *, limit: int, offset: int) -> Page[Album]:
        """Show albums in the order they were added."""
        with _reading(self._readers) as session:
            rows, total = _part(session, select(AlbumRow), AlbumRow.id, limit=limit, offset=offset)
            return Page([_album(row) for row in rows], total)

    def get_album(self, album_id: int) -> Album | None:
        """Find an album; None: there is none."""
        with _reading(self._readers) as session:
            row = _find(session, AlbumRow, album_id)
            return None if row is None else _album(row)

    def add_album(self, fields: AlbumFields) -> Album:
        """Add an album without songs."""
        with _writing(self._writers) as session:
            row = AlbumRow(**asdict(fields))
            session.add(row)
            session.flush()
            return _album(row)

    def change_album(self, album_id: int, changes: AlbumChanges) -> Album | None:
        """Write the fields named, leave the others and the songs. None: there is no such album."""
        with _writing(self._writers) as session:
            row = _find(session, AlbumRow, album_id, lock=True)
            if row is None:
                return None
            for name, value in asdict(changes).items():
                if value is not None:
                    setattr(row, name, value)
            return _album(row)

    def remove_album(self, album_id: int) -> Album | None:
        """Remove an album, leave its songs on none. None: there is no such album."""
        with _writing(self._writers) as session:
            row = _find(session, AlbumRow, album_id, lock=True)
            if row is None:
                return None
            session.delete(row)
            return _album(row)


@contextmanager
def _reading(engine: Engine) -> Iterator[Session]:
    with _telling_when_away(), Session(engine) as session:
        yield session


@contextmanager
def _writing(engine: Engine) -> Iterator[Session]:
    """Begin a unit of work: the end of the block commits, and an error rolls back."""
    with _telling_when_away(), Session(engine) as session, session.begin():
        yield session


@contextmanager
def _telling_when_away() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise Unavailable("the database is locked or away, try again") from error


def _find(session: Session, model: type[Row], row_id: int, *, lock: bool = False) -> Row | None:
    """Look a row up by id; `lock` keeps it from changing until the unit of work ends."""
    if not can_be_id(row_id):
        return None
    return session.get(model, row_id, with_for_update=lock)


def _part(
    session: Session,
    query: Select[Row],
    order: InstrumentedAttribute[int],
    *,
    limit: int,
    offset: int,
) -> tuple[Sequence[Row], int]:
    """Cut a part out of what a query finds, and count the whole."""
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    part = query.order_by(order).limit(limit).offset(min(offset, LARGEST_ID))
    return session.scalars(part).all(), total


def _song(row: SongRow) -> Song:
    return Song(row.id, title=row.title, artist=row.artist, year=row.year)


def _album(row: AlbumRow) -> Album:
    return Album(
        row.id,
        artist=row.artist,
        name=row.name,
        release_date=row.release_date,
        num_stars=row.num_stars,
    )
