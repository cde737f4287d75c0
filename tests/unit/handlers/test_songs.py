"""Songs as handlers answer them."""

from datetime import date

import pytest

from handlers import songs
from handlers.records import AlbumFields
from handlers.store import Store
from scopegate import NotFound

BLUE: songs.SongBody = {"title": "Blue", "artist": "Joni Mitchell", "year": 1971}
ALBUM = AlbumFields(1, "Second Album", date(2021, 6, 15), 4)


def test_an_added_song_is_answered_with_its_place(store: Store) -> None:
    answer = songs.add_song(BLUE, store)

    assert answer.status == 201
    assert answer.body == {"id": 1, "title": "Blue", "artist": "Joni Mitchell", "year": 1971}
    assert answer.headers == {"Location": "/songs/1"}
    assert songs.get_song(1, store) == answer.body


def test_a_song_without_a_year_shows_none(store: Store) -> None:
    answer = songs.add_song({"title": "Blue", "artist": "Joni"}, store)

    assert answer.body["year"] is None


def test_a_field_of_no_song_is_not_stored(store: Store) -> None:
    body = {"title": "Blue", "artist": "Joni", "id": 7, "album_id": 3, "scope": "write"}

    answer = songs.add_song(body, store)  # type: ignore[arg-type]  # more than a form should hold

    assert answer.body == {"id": 1, "title": "Blue", "artist": "Joni", "year": None}


def test_songs_are_listed_by_the_page(store: Store) -> None:
    for title in "abc":
        songs.add_song({"title": title, "artist": "x"}, store)

    answer = songs.list_songs(store, limit=1, offset=1)

    assert [song["title"] for song in answer.body] == ["b"]
    assert answer.headers is not None
    assert answer.headers["X-Total-Count"] == "3"


def test_a_page_holds_20_songs_if_nobody_says_otherwise(store: Store) -> None:
    for place in range(21):
        songs.add_song({"title": str(place), "artist": "x"}, store)

    assert len(songs.list_songs(store).body) == 20


def test_replacing_a_song_writes_every_field(store: Store) -> None:
    songs.add_song(BLUE, store)

    shown = songs.replace_song(1, {"title": "Hejira", "artist": "Joni"}, store=store)

    assert shown == {"id": 1, "title": "Hejira", "artist": "Joni", "year": None}
    assert songs.get_song(1, store) == shown


def test_replacing_a_song_by_the_id_in_the_body_answers_nothing(store: Store) -> None:
    songs.add_song(BLUE, store)

    answer = songs.replace_song_by_id({"id": 1, "title": "Hejira", "artist": "Joni"}, store)

    assert (answer.status, answer.body) == (204, None)
    assert songs.get_song(1, store)["title"] == "Hejira"


def test_removing_a_song_by_the_id_in_the_query_answers_it(store: Store) -> None:
    added = songs.add_song(BLUE, store)

    assert songs.remove_song_by_id(1, store) == added.body
    assert songs.list_songs(store).body == []


def test_removing_a_song_answers_nothing(store: Store) -> None:
    songs.add_song(BLUE, store)

    answer = songs.remove_song(1, store)

    assert (answer.status, answer.body) == (204, None)
    assert songs.list_songs(store).body == []


@pytest.mark.parametrize("song_id", [-1, 0, 2, 2**63, 10**30])
def test_an_unknown_song_is_not_found(store: Store, song_id: int) -> None:
    songs.add_song(BLUE, store)

    for call in (
        lambda: songs.get_song(song_id, store),
        lambda: songs.replace_song(song_id, BLUE, store=store),
        lambda: songs.replace_song_by_id({"id": song_id, **BLUE}, store),
        lambda: songs.remove_song(song_id, store),
        lambda: songs.remove_song_by_id(song_id, store),
    ):
        with pytest.raises(NotFound, match=f"there is no song `{song_id}`"):
            call()
    assert songs.get_song(1, store)["title"] == "Blue"


def test_a_song_added_to_an_album_is_on_it_and_in_the_collection(store: Store) -> None:
    album = store.add_album(ALBUM)

    answer = songs.add_album_song(album.id, BLUE, store=store)

    assert (answer.status, answer.headers) == (201, {"Location": "/songs/1"})
    assert songs.list_album_songs(album.id, store).body == [answer.body]
    assert songs.list_songs(store).body == [answer.body]


def test_a_song_on_no_album_is_on_no_albums_list(store: Store) -> None:
    album = store.add_album(ALBUM)
    songs.add_song(BLUE, store)

    assert songs.list_album_songs(album.id, store).body == []


@pytest.mark.parametrize("album_id", [-1, 0, 2, 2**63])
def test_an_unknown_album_has_no_songs_and_takes_none(store: Store, album_id: int) -> None:
    store.add_album(ALBUM)

    with pytest.raises(NotFound):
        songs.list_album_songs(album_id, store)
    with pytest.raises(NotFound):
        songs.add_album_song(album_id, BLUE, store=store)
    assert songs.list_songs(store).body == []
