"""Albums as handlers answer them."""

import pytest

from handlers import albums
from handlers.accounts import Accounts
from handlers.store import Store
from scopegate import NotFound, Unprocessable, Violation

BODY: albums.AlbumBody = {
    "artist": 1,
    "name": "Second Album",
    "release_date": "2021-06-15",
    "num_stars": 4,
}


def test_an_added_album_is_answered_with_its_place(store: Store, accounts: Accounts) -> None:
    answer = albums.add_album(BODY, store, accounts=accounts)

    assert (answer.status, answer.headers) == (201, {"Location": "/albums/1/"})
    assert answer.body == {"id": 1, **BODY}
    assert albums.get_album(1, store) == answer.body
    assert albums.list_albums(store).body == [answer.body]


def test_a_field_of_no_album_is_not_stored(store: Store, accounts: Accounts) -> None:
    body = {**BODY, "id": 9, "scope": "write"}

    answer = albums.add_album(body, store, accounts=accounts)  # type: ignore[arg-type]  # too much

    assert answer.body == {"id": 1, **BODY}


def test_replacing_an_album_writes_every_field(store: Store, accounts: Accounts) -> None:
    albums.add_album(BODY, store, accounts=accounts)
    body: albums.AlbumBody = {**BODY, "name": "Third Album", "num_stars": 0}

    shown = albums.replace_album(1, body, store=store, accounts=accounts)

    assert shown == {"id": 1, **body}
    assert albums.get_album(1, store) == shown


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"num_stars": 0}, id="a zero"),
        pytest.param({"release_date": "1971-06-22"}, id="a date"),
        pytest.param({"artist": 1, "name": "Third Album"}, id="two"),
    ],
)
def test_changing_an_album_leaves_what_is_not_named(
    store: Store, accounts: Accounts, change: albums.AlbumChangeBody
) -> None:
    albums.add_album(BODY, store, accounts=accounts)

    shown = albums.change_album(1, change, store=store, accounts=accounts)

    assert shown == {"id": 1, **BODY, **change}
    assert albums.get_album(1, store) == shown


def test_a_removed_album_is_gone(store: Store, accounts: Accounts) -> None:
    albums.add_album(BODY, store, accounts=accounts)

    answer = albums.remove_album(1, store)

    assert (answer.status, answer.body) == (204, None)
    assert albums.list_albums(store).body == []


@pytest.mark.parametrize("album_id", [-1, 0, 2, 2**63, 10**30])
def test_an_unknown_album_is_not_found(store: Store, accounts: Accounts, album_id: int) -> None:
    albums.add_album(BODY, store, accounts=accounts)

    for call in (
        lambda: albums.get_album(album_id, store),
        lambda: albums.replace_album(album_id, BODY, store=store, accounts=accounts),
        lambda: albums.change_album(album_id, {}, store=store, accounts=accounts),
        lambda: albums.remove_album(album_id, store),
    ):
        with pytest.raises(NotFound, match=f"there is no album `{album_id}`"):
            call()


@pytest.mark.parametrize("artist", [-1, 0, 2, 2**63, 10**30])
def test_an_artist_who_is_no_user_is_pointed_at(
    store: Store, accounts: Accounts, artist: int
) -> None:
    albums.add_album(BODY, store, accounts=accounts)
    body: albums.AlbumBody = {**BODY, "artist": artist}

    for call in (
        lambda: albums.add_album(body, store, accounts=accounts),
        lambda: albums.replace_album(1, body, store=store, accounts=accounts),
        lambda: albums.change_album(1, {"artist": artist}, store=store, accounts=accounts),
    ):
        with pytest.raises(Unprocessable) as refusal:
            call()
        assert refusal.value.violations == (Violation("/artist", f"there is no user `{artist}`"),)
    assert albums.list_albums(store).body == [{"id": 1, **BODY}]


@pytest.mark.parametrize(
    ("written", "fits"),
    [
        pytest.param("0001-01-01", True, id="the first year"),
        pytest.param("0000-01-01", False, id="the year before it"),
        pytest.param("2024-02-29", True, id="a leap day"),
        pytest.param("2023-02-29", False, id="no leap day"),
    ],
)
def test_a_release_date_is_a_day_that_was(
    store: Store, accounts: Accounts, written: str, fits: bool
) -> None:
    body: albums.AlbumBody = {**BODY, "release_date": written}

    if fits:
        answer = albums.add_album(body, store, accounts=accounts)
        assert answer.body["release_date"] == written
    else:
        with pytest.raises(Unprocessable) as refusal:
            albums.add_album(body, store, accounts=accounts)
        assert [violation.pointer for violation in refusal.value.violations] == ["/release_date"]
