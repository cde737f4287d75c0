"""The store of songs and albums, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from handlers import migrations
from handlers.ids import LARGEST_ID
from handlers.records import Album, AlbumChanges, AlbumFields, Song, SongFields
from handlers.store import NoSuchAlbumError, Store
from scopegate import Unavailable
from token_service.store.engine import open_engine

BLUE = SongFields("Blue", "Joni Mitchell", 1971)
HEJIRA = SongFields("Hejira", "Joni Mitchell")
ALBUM = AlbumFields(1, "Second Album", date(2021, 6, 15), 4)

NOBODYS_IDS = [
    pytest.param(-1, id="negative"),
    pytest.param(0, id="zero"),
    pytest.param(999, id="not given out"),
    pytest.param(LARGEST_ID, id="largest"),
    pytest.param(LARGEST_ID + 1, id="past 64 bits"),
    pytest.param(10**40, id="absurd"),
]


def test_a_song_comes_back_as_it_went_in(each_store: Store) -> None:
    song = each_store.add_song(BLUE)

    assert song == Song(song.id, "Blue", "Joni Mitchell", 1971)
    assert each_store.get_song(song.id) == song


def test_a_song_may_have_no_year(each_store: Store) -> None:
    song = each_store.add_song(HEJIRA)

    assert each_store.get_song(song.id) == Song(song.id, "Hejira", "Joni Mitchell", None)


def test_a_replaced_song_keeps_its_id_and_its_album(each_store: Store) -> None:
    album = each_store.add_album(ALBUM)
    song = each_store.add_album_song(album.id, BLUE)

    replaced = each_store.replace_song(song.id, HEJIRA)

    assert replaced == Song(song.id, "Hejira", "Joni Mitchell", None)
    assert each_store.list_album_songs(album.id, limit=9, offset=0).items == [replaced]


def test_a_removed_song_is_gone_and_its_id_is_not_given_again(each_store: Store) -> None:
    song = each_store.add_song(BLUE)

    assert each_store.remove_song(song.id) == song

    assert each_store.get_song(song.id) is None
    assert each_store.remove_song(song.id) is None
    assert each_store.add_song(BLUE).id > song.id


@pytest.mark.parametrize("song_id", NOBODYS_IDS)
def test_no_integer_that_is_nobodys_id_upsets_the_songs(store: Store, song_id: int) -> None:
    store.add_song(BLUE)

    assert store.get_song(song_id) is None
    assert store.replace_song(song_id, HEJIRA) is None
    assert store.remove_song(song_id) is None


@pytest.mark.parametrize("album_id", NOBODYS_IDS)
def test_no_integer_that_is_nobodys_id_upsets_the_albums(store: Store, album_id: int) -> None:
    store.add_album(ALBUM)

    assert store.get_album(album_id) is None
    assert store.change_album(album_id, AlbumChanges(name="x")) is None
    assert store.remove_album(album_id) is None
    with pytest.raises(NoSuchAlbumError):
        store.list_album_songs(album_id, limit=1, offset=0)
    with pytest.raises(NoSuchAlbumError):
        store.add_album_song(album_id, BLUE)
    assert store.list_songs(limit=9, offset=0).total == 0


@pytest.mark.parametrize(
    ("limit", "offset", "shown"),
    [
        pytest.param(2, 0, ["a", "b"], id="the first part"),
        pytest.param(2, 2, ["c"], id="the last part"),
        pytest.param(100, 0, ["a", "b", "c"], id="all"),
        pytest.param(2, 3, [], id="just past the end"),
        pytest.param(2, 10**40, [], id="absurdly far past the end"),
    ],
)
def test_a_page_is_a_part_and_knows_the_whole(
    store: Store, limit: int, offset: int, shown: list[str]
) -> None:
    for title in "abc":
        store.add_song(SongFields(title, "x"))

    page = store.list_songs(limit=limit, offset=offset)

    assert [song.title for song in page.items] == shown
    assert page.total == 3


def test_songs_of_an_album_are_its_own(each_store: Store) -> None:
    album, other = each_store.add_album(ALBUM), each_store.add_album(ALBUM)
    song = each_store.add_album_song(album.id, BLUE)
    each_store.add_album_song(other.id, HEJIRA)
    each_store.add_song(HEJIRA)

    page = each_store.list_album_songs(album.id, limit=9, offset=0)

    assert (page.items, page.total) == ([song], 1)
    assert each_store.list_songs(limit=9, offset=0).total == 3


def test_an_album_comes_back_as_it_went_in(each_store: Store) -> None:
    album = each_store.add_album(ALBUM)

    assert album == Album(album.id, 1, "Second Album", date(2021, 6, 15), 4)
    assert each_store.get_album(album.id) == album
    assert each_store.list_albums(limit=9, offset=0).items == [album]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(AlbumChanges(), {}, id="nothing"),
        pytest.param(AlbumChanges(num_stars=0), {"num_stars": 0}, id="to a zero"),
        pytest.param(AlbumChanges(name="Third"), {"name": "Third"}, id="the name"),
        pytest.param(
            AlbumChanges(2, "Third", date(2022, 1, 1), 5),
            {"artist": 2, "name": "Third", "release_date": date(2022, 1, 1), "num_stars": 5},
            id="all",
        ),
    ],
)
def test_a_change_touches_what_it_names_alone(
    store: Store, changes: AlbumChanges, expected: dict[str, object]
) -> None:
    album = store.add_album(ALBUM)

    changed = store.change_album(album.id, changes)

    assert changed == replace(album, **expected)  # type: ignore[arg-type]  # a table of fields
    assert store.get_album(album.id) == changed


def test_a_removed_album_leaves_its_songs(each_store: Store) -> None:
    album = each_store.add_album(ALBUM)
    song = each_store.add_album_song(album.id, BLUE)

    assert each_store.remove_album(album.id) == album

    assert each_store.get_album(album.id) is None
    assert each_store.get_song(song.id) == song


def test_a_song_cannot_be_added_to_an_album_that_goes_meanwhile(empty_database: Engine) -> None:
    migrations.upgrade(empty_database)
    store = Store(empty_database)
    album = store.add_album(ALBUM)

    with ThreadPoolExecutor(1) as thread:
        with empty_database.execution_options(write=True).begin() as connection:
            connection.execute(text("DELETE FROM albums"))
            adding = thread.submit(store.add_album_song, album.id, BLUE)

        with pytest.raises(NoSuchAlbumError):
            adding.result()

    assert store.list_songs(limit=9, offset=0).total == 0


def test_removing_a_song_twice_at_once_removes_it_once(each_store: Store) -> None:
    song = each_store.add_song(BLUE)

    with ThreadPoolExecutor(4) as threads:
        removed = list(threads.map(lambda _: each_store.remove_song(song.id), range(8)))

    assert [one for one in removed if one is not None] == [song]


def test_a_write_outlives_the_store(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    engine = open_engine(url)
    migrations.upgrade(engine)
    song = Store(engine).add_song(BLUE)
    engine.dispose()

    engine = open_engine(url)

    assert Store(engine).get_song(song.id) == song
    engine.dispose()


def test_a_locked_database_is_unavailable_for_writing_alone(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}", busy_seconds=0)
    migrations.upgrade(engine)
    store = Store(engine)

    with engine.execution_options(write=True).begin():
        with pytest.raises(Unavailable):
            store.add_song(BLUE)
        seen = store.list_songs(limit=1, offset=0)

    assert seen.total == 0
    assert store.add_song(BLUE).id == 1
    engine.dispose()
