"""The public client of `/docs`: made once, led back to where we are, left as staff made it."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.app.docs_client import CLIENT_ID, keep_client, keeping_client, login_of
from gateway.edge.docs.shown import Login
from gateway.settings import Settings
from tests.edge.token_service.world import CHEAP
from tests.unit.app.homes import settings_in
from token_service.admin import Administration
from token_service.entities import Client, ClientType, GrantType
from token_service.passwords import SecretHasher
from token_service.store.clients import find_client, list_clients
from token_service.store.engine import Engine


@pytest.fixture
def administration(engine: Engine) -> Administration:
    return Administration(engine, hasher=SecretHasher(CHEAP), clock=lambda: 1_800_000_000)


def settings(home: Path, **changes: object) -> Settings:
    return replace(settings_in(home), **changes)  # type: ignore[arg-type]  # fields of any type


def login(home: Path, **changes: object) -> Login:
    found = login_of(settings(home, **changes))
    assert found is not None
    return found


def docs_client(administration: Administration) -> Client:
    client = find_client(administration.engine, CLIENT_ID)
    assert client is not None
    return client


def test_a_first_start_makes_a_public_client_for_codes_alone(
    administration: Administration, home: Path
) -> None:
    asyncio.run(keeping_client(settings(home), administration)())

    client = docs_client(administration)
    assert (client.name, client.type) == ("Scopegate docs", ClientType.PUBLIC)
    assert client.grants == {GrantType.AUTHORIZATION_CODE}
    assert client.ceiling.everything
    assert client.redirect_uris == (f"{settings(home).public_url}/docs/oauth2-redirect",)


def test_a_second_start_changes_nothing(administration: Administration, home: Path) -> None:
    for _ in range(2):
        asyncio.run(keeping_client(settings(home), administration)())

    ids = [client.client_id for client in list_clients(administration.engine, limit=9, offset=0)]
    assert ids.count(CLIENT_ID) == 1


def test_a_start_at_another_url_leads_back_there(
    administration: Administration, home: Path
) -> None:
    keep_client(administration, login(home))
    keep_client(administration, login(home, public_url="https://api.example"))

    redirects = docs_client(administration).redirect_uris
    assert redirects == ("https://api.example/docs/oauth2-redirect",)


def test_what_staff_changed_stays(administration: Administration, home: Path) -> None:
    keep_client(administration, login(home))
    administration.change_client(
        CLIENT_ID,
        name="Ours",
        grants=[GrantType.AUTHORIZATION_CODE],
        scopes=["read"],
        redirect_uris=docs_client(administration).redirect_uris,
    )

    keep_client(administration, login(home, public_url="https://api.example"))

    client = docs_client(administration)
    assert (client.name, client.ceiling.scopes) == ("Ours", frozenset({"read"}))
    assert client.redirect_uris == ("https://api.example/docs/oauth2-redirect",)


def test_a_client_of_that_name_that_is_not_public_is_left_alone(
    administration: Administration, home: Path
) -> None:
    administration.create_client(
        "Mine", client_id=CLIENT_ID, redirect_uris=("https://mine.example/back",)
    )

    keep_client(administration, login(home))

    assert docs_client(administration).redirect_uris == ("https://mine.example/back",)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"docs": "off"}, id="no documentation"),
        pytest.param({"trusted_issuer": "https://id.example"}, id="another issuer"),
        pytest.param({"only": "gateway"}, id="no token service here"),
    ],
)
def test_where_nobody_logs_in_here_there_is_no_client(
    administration: Administration, home: Path, changes: Mapping[str, object]
) -> None:
    asyncio.run(keeping_client(settings(home, **changes), administration)())

    assert login_of(settings(home, **changes)) is None
    assert find_client(administration.engine, CLIENT_ID) is None
