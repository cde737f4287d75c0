"""What `serve --demo` puts into an empty database: people, a client, some music."""

import secrets
from dataclasses import dataclass, field
from datetime import date

import handlers.store
from handlers.records import AlbumFields, SongFields
from token_service.admin import Administration
from token_service.entities import ClientType, GrantType
from token_service.store.engine import Engine

CLIENT_ID = "demo"
#: without look-alikes, and with nothing that a shell or a form would read
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class DemoAccounts:
    """The accounts with their secrets: shown once, stored hashed."""

    client_id: str
    client_secret: str = field(repr=False)
    #: user name -> password
    passwords: dict[str, str] = field(repr=False)


def fill_demo(administration: Administration, engine: Engine) -> DemoAccounts | None:
    """Fill an empty database; None where there are users already."""
    if administration.count_users():
        return None
    passwords = {name: _readable_secret(groups=4) for name in ("alice", "bob")}
    secret = _readable_secret(groups=6)
    for group in ("editors", "listeners"):
        administration.create_group(group)
    administration.create_user(
        "alice",
        passwords["alice"],
        first_name="Alice",
        last_name="Arden",
        email="alice@example.com",
        staff=True,
        groups=["editors"],
    )
    bob = administration.create_user(
        "bob",
        passwords["bob"],
        first_name="Bob",
        last_name="Birch",
        email="bob@example.com",
        groups=["listeners"],
    )
    administration.create_client(
        "Demo client",
        type=ClientType.CONFIDENTIAL,
        grants=[GrantType.PASSWORD, GrantType.REFRESH_TOKEN, GrantType.CLIENT_CREDENTIALS],
        client_id=CLIENT_ID,
        secret=secret,
    )
    _fill_music(engine, artist=bob.id)
    return DemoAccounts(CLIENT_ID, secret, passwords)


def _fill_music(engine: Engine, *, artist: int) -> None:
    store = handlers.store.Store(engine)
    album = store.add_album(
        AlbumFields(artist=artist, name="First Light", release_date=date(2021, 6, 15), num_stars=4)
    )
    store.add_album_song(album.id, SongFields(title="Morning", artist="Bob Birch", year=2021))
    store.add_song(SongFields(title="So What", artist="Miles Davis", year=1959))
    store.add_song(SongFields(title="Pastime Paradise", artist="Stevie Wonder", year=1976))


def _readable_secret(*, groups: int) -> str:
    """Random letters in groups of four; a group is worth 23 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(groups))
