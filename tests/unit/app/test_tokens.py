"""The token service tied to the document, its database and its keys."""

import stat
from pathlib import Path

import pytest

from gateway.app.tokens import (
    DocumentScopes,
    make_home,
    open_database,
    open_tokens,
    token_service_settings,
    upgrade_database,
)
from gateway.errors import SettingsError, UsageError
from gateway.load import LoadedDocument
from tests.edge.gateway.world import document, loaded, operation, settings_of
from tests.unit.app.homes import settings_in
from token_service.store.engine import Engine

SCHEMES = {
    "oauth": {
        "type": "oauth2",
        "flows": {
            "password": {"tokenUrl": "/t", "scopes": {"read": "", "write": ""}},
            "clientCredentials": {"tokenUrl": "/t", "scopes": {"job": ""}},
        },
    },
    "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://issuer.example/"},
    "foreign": {
        "type": "oauth2",
        "flows": {"clientCredentials": {"tokenUrl": "/t", "scopes": {"theirs": ""}}},
    },
}
FOREIGN = {
    "issuer": "https://issuer.example",
    "jwks_uri": "https://issuer.example/jwks",
    "audience": "theirs",
}
TEXT = document({"/a": {"get": operation([{"oidc": ["profile"]}])}}, schemes=SCHEMES)


def nothing() -> LoadedDocument:
    raise AssertionError("nobody asked for a token")


@pytest.mark.parametrize(
    ("grant", "scopes"),
    [
        pytest.param("password", {"read", "write", "profile"}, id="password"),
        pytest.param("client_credentials", {"job", "profile"}, id="client_credentials"),
        pytest.param(
            "authorization_code",
            {"read", "write", "job", "profile"},
            id="a flow that nobody declares gives any",
        ),
        pytest.param("refresh_token", {"read", "write", "job", "profile"}, id="no flow of OAS"),
    ],
)
def test_a_grant_gives_its_flows_scopes_of_the_schemes_that_trust_us(
    grant: str, scopes: set[str]
) -> None:
    document_ = loaded(TEXT, settings_of(schemes={"foreign": FOREIGN}))

    assert DocumentScopes(lambda: document_).for_grant(grant) == scopes


def test_a_scheme_that_trusts_us_again_gives_its_scopes_again() -> None:
    assert "theirs" in DocumentScopes(lambda: loaded(TEXT)).for_grant("client_credentials")


def test_each_question_is_about_the_document_of_the_moment() -> None:
    documents = [loaded(TEXT), loaded(document({"/a": {"get": operation()}}))]
    scopes = DocumentScopes(lambda: documents[0])

    before = scopes.for_grant("password")
    documents.pop(0)

    assert before != scopes.for_grant("password") == {"read", "write", "admin"}


def test_the_token_service_gets_the_settings_that_are_its_own(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, access_token_seconds="60", public_url="https://api.example")

    found = token_service_settings(settings)

    assert (found.issuer, found.audience) == ("https://api.example/o", "https://api.example")
    assert (found.home, found.access_token_seconds, found.signing_alg) == (tmp_path, 60, "ES256")


def test_an_issuer_in_clear_is_refused_as_a_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="neither https nor loopback"):
        token_service_settings(settings_in(tmp_path, issuer="http://issuer.example/o"))


def test_a_home_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "deep" / "home")

    make_home(settings)
    make_home(settings)

    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700


def test_a_home_that_cannot_be_made_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(UsageError, match=r"file/home: .*; set SCOPEGATE_HOME$"):
        make_home(settings_in(tmp_path / "file" / "home"))


def test_an_opened_database_is_migrated_and_for_its_owner_alone(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "home")

    open_database(settings).dispose()

    file = settings.home / "scopegate.db"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_database_of_the_newest_schema_is_left_as_it_is(engine: Engine, home: Path) -> None:
    file = home / "scopegate.db"
    before = file.read_bytes()

    upgrade_database(engine)

    assert file.read_bytes() == before


@pytest.mark.parametrize("url", ["junk", "mysql://localhost/x"])
def test_a_database_url_that_cannot_be_used_is_a_bad_setting(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError):
        open_database(settings_in(tmp_path, database_url=url))


def test_a_database_that_is_away_is_told_without_its_password(tmp_path: Path) -> None:
    url = "postgresql+psycopg://somebody:a-database-password@127.0.0.1:1/none"

    with pytest.raises(UsageError, match=r"^the database cannot be used: ") as caught:
        open_database(settings_in(tmp_path, database_url=url))

    assert "a-database-password" not in str(caught.value)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"junk" * 1000)

    with pytest.raises(UsageError, match=r"^the database cannot be used: "):
        open_database(settings_in(tmp_path, database_url=f"sqlite:///{tmp_path}/x.db"))


def test_keys_that_cannot_be_read_stop_the_start(engine: Engine, home: Path) -> None:
    for file in (home / "keys").iterdir():
        file.write_text("junk")

    with pytest.raises(UsageError):
        open_tokens(settings_in(home), engine, nothing)


def test_an_opened_token_service_signs_for_our_issuer(engine: Engine, home: Path) -> None:
    tokens = open_tokens(settings_in(home), engine, nothing)

    assert tokens.mint("user:x", ["read"], client_id="c", ttl=60).count(".") == 2
