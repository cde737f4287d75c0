"""Flags over environment over file over defaults; each value knows where it came from."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import SettingsError
from gateway.settings import SECRET_KEYS, Settings, parse_settings_file
from tests.unit.settings.build import complaint, settings

#: the contract's table
DEFAULTS: Mapping[str, Any] = {
    "spec": "",
    "home": Path("var"),
    "database_url": "sqlite:///var/scopegate.db",
    "host": "127.0.0.1",
    "port": 8000,
    "workers": 1,
    "public_url": "http://localhost:8000",
    "issuer": "http://localhost:8000/o",
    "audience": "http://localhost:8000",
    "insecure_http": False,
    "signing_alg": "RS256",
    "access_token_seconds": 3600,
    "refresh_token_seconds": 1209600,
    "undeclared_security": "deny",
    "denial_detail": "full",
    "revocation_staleness_seconds": 30,
    "upstream": None,
    "cors_origins": (),
    "trusted_proxies": (),
    "admin_bind": None,
    "docs": "public",
    "response_validation": "off",
}

FLAGS = {"port": "1001"}
ENVIRONMENT = {"SCOPEGATE_PORT": "1002"}
FILE = {"port": 1003}


@pytest.mark.parametrize(("name", "value"), DEFAULTS.items(), ids=DEFAULTS)
def test_a_setting_that_nobody_sets_is_as_the_contract_has_it(name: str, value: object) -> None:
    found = settings()

    assert getattr(found, name) == value
    assert found.origins[name] == "default"


@pytest.mark.parametrize(
    ("places", "port", "origin"),
    [
        pytest.param(
            {"flags": FLAGS, "environment": ENVIRONMENT, "file": FILE}, 1001, "--port", id="flag"
        ),
        pytest.param(
            {"environment": ENVIRONMENT, "file": FILE}, 1002, "SCOPEGATE_PORT", id="environment"
        ),
        pytest.param({"file": FILE}, 1003, "scopegate.toml", id="file"),
        pytest.param({}, 8000, "default", id="default"),
    ],
)
def test_the_strongest_place_that_says_something_wins(
    places: Mapping[str, Mapping[str, Any]], port: int, origin: str
) -> None:
    found = settings(**places)

    assert (found.port, found.origins["port"]) == (port, origin)


def test_a_bad_value_of_a_weaker_place_is_not_looked_at() -> None:
    assert settings(flags=FLAGS, environment={"SCOPEGATE_PORT": "junk"}).port == 1001


def test_every_setting_has_an_origin() -> None:
    names = {field.name for field in fields(Settings)} - {"schemes", "origins"}

    assert set(settings().origins) == names


def test_an_origin_of_a_flag_is_spelled_as_the_flag() -> None:
    assert settings(flags={"denial_detail": "minimal"}).origins["denial_detail"] == (
        "--denial-detail"
    )


def test_defaults_follow_the_settings_they_depend_on() -> None:
    found = settings(flags={"port": "8443", "home": "elsewhere"})

    assert found.public_url == "http://localhost:8443"
    assert found.issuer == "http://localhost:8443/o"
    assert found.audience == "http://localhost:8443"
    assert found.database_url == "sqlite:///elsewhere/scopegate.db"


def test_issuer_and_audience_follow_the_public_url() -> None:
    found = settings(flags={"public_url": "https://api.example/"})

    assert (found.public_url, found.issuer, found.audience) == (
        "https://api.example",
        "https://api.example/o",
        "https://api.example",
    )


@pytest.mark.parametrize(
    ("file", "name", "value"),
    [
        pytest.param({"insecure_http": True}, "insecure_http", True, id="true"),
        pytest.param({"insecure_http": False}, "insecure_http", False, id="false"),
        pytest.param(
            {"cors_origins": ["https://a.example", "https://b.example"]},
            "cors_origins",
            ("https://a.example", "https://b.example"),
            id="list",
        ),
        pytest.param({"workers": 2}, "workers", 2, id="number"),
        pytest.param({"docs": "off"}, "docs", "off", id="text"),
    ],
)
def test_a_file_may_write_a_value_in_its_own_type(
    file: Mapping[str, Any], name: str, value: object
) -> None:
    assert getattr(settings(file=file), name) == value


@pytest.mark.parametrize(
    ("places", "said"),
    [
        pytest.param(
            {"flags": {"prot": "1"}},
            "flags: unknown setting `prot`; did you mean `port`?",
            id="flag",
        ),
        pytest.param(
            {"environment": {"SCOPEGATE_PROT": "1"}},
            "environment: unknown setting `SCOPEGATE_PROT`; did you mean `SCOPEGATE_PORT`?",
            id="environment",
        ),
        pytest.param(
            {"file": {"worker": 2}},
            "scopegate.toml: unknown setting `worker`; did you mean `workers`?",
            id="file",
        ),
        pytest.param(
            {"file": {"scheme": {}}},
            "scopegate.toml: unknown setting `scheme`; did you mean `schemes`?",
            id="table",
        ),
    ],
)
def test_an_unknown_setting_is_refused_with_the_nearest_name(
    places: Mapping[str, Mapping[str, Any]], said: str
) -> None:
    assert complaint(**places) == said


@pytest.mark.parametrize("name", ["PATH", "SCOPEGATEWAY", "scopegate_prot", "SCOPEGATE_TEST_URL"])
def test_a_variable_that_is_not_ours_is_passed_over(name: str) -> None:
    assert settings(environment={name: "x"}).port == 8000


def test_schemes_come_from_the_file_alone() -> None:
    assert "unknown setting" in complaint(environment={"SCOPEGATE_SCHEMES": "x"})
    assert "unknown setting" in complaint(flags={"schemes": "x"})


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [
        pytest.param("port", "65536", "65535", id="port"),
        pytest.param("port", "-1", "0", id="port, negative"),
        pytest.param("workers", "0", "1", id="workers"),
        pytest.param("workers", "65", "64", id="many workers"),
        pytest.param("access_token_seconds", "0", "1", id="access token"),
        pytest.param("access_token_seconds", "86401", "86400", id="access token, long"),
        pytest.param("refresh_token_seconds", "0", "1", id="refresh token"),
        pytest.param("refresh_token_seconds", "31536001", "31536000", id="refresh token, long"),
        pytest.param("revocation_staleness_seconds", "0", "1", id="staleness has no off"),
        pytest.param("revocation_staleness_seconds", "3601", "3600", id="staleness, long"),
        pytest.param("spec_max_bytes", "0", "1", id="document"),
        pytest.param("body_max_bytes", "1073741825", "1073741824", id="body"),
        pytest.param("handler_timeout_seconds", "0", "1", id="handler"),
        pytest.param("signing_alg", "HS256", "ES256", id="symmetric"),
        pytest.param("signing_alg", "none", "EdDSA", id="no signature"),
        pytest.param("undeclared_security", "Public", "public", id="undeclared"),
        pytest.param("denial_detail", "none", "minimal", id="detail"),
        pytest.param("docs", "private", "authenticated", id="docs"),
        pytest.param("response_validation", "on", "off", id="response validation"),
        pytest.param("response_validation", "enforced", "enforce", id="answers"),
        pytest.param("insecure_http", "maybe", "on", id="flag"),
        pytest.param("host", " ", "::1", id="host"),
        pytest.param("home", "", "x", id="home"),
        pytest.param("public_url", "ftp://localhost", "http://localhost", id="public url"),
        pytest.param("issuer", "https://a.example?x=1", "https://a.example", id="issuer"),
        pytest.param("trusted_proxies", "10.0.0.0/33", "10.0.0.0/8", id="proxies"),
    ],
)
def test_a_bad_value_stops_the_start_where_the_nearest_good_one_does_not(
    name: str, bad: str, good: str
) -> None:
    said = complaint(environment={f"SCOPEGATE_{name.upper()}": bad})

    assert said.startswith(f"SCOPEGATE_{name.upper()}: `{bad}`: ")
    assert settings(environment={f"SCOPEGATE_{name.upper()}": good}).origins[name] != "default"


@pytest.mark.parametrize(
    ("flags", "is_refused"),
    [
        pytest.param({"public_url": "https://api.example"}, False, id="https"),
        pytest.param({"public_url": "http://api.example"}, True, id="http elsewhere"),
        pytest.param({"public_url": "http://127.0.0.1:9"}, False, id="loopback address"),
        pytest.param({"public_url": "http://[::1]:9"}, False, id="loopback of IPv6"),
        pytest.param({"public_url": "http://localhost.example"}, True, id="only looks local"),
        pytest.param({"public_url": "http://127.0.0.1.example"}, True, id="looks like an address"),
        pytest.param({"host": "0.0.0.0"}, True, id="every interface, in clear"),  # noqa: S104 -- refused
        pytest.param({"host": "192.0.2.1"}, True, id="an outer interface, in clear"),
        pytest.param({"host": "127.0.0.2"}, False, id="another loopback address"),
        pytest.param(
            {"host": "192.0.2.1", "public_url": "https://api.example"}, False, id="TLS in front"
        ),
        pytest.param({"host": "192.0.2.1", "insecure_http": "on"}, False, id="host, on demand"),
        pytest.param(
            {"public_url": "http://api.example", "insecure_http": "on"}, False, id="URL, on demand"
        ),
        pytest.param(
            {"public_url": "http://api.example", "insecure_http": "off"}, True, id="URL, off"
        ),
    ],
)
def test_tokens_never_cross_a_network_in_clear_unasked(
    flags: Mapping[str, str], is_refused: bool
) -> None:
    if is_refused:
        assert "SCOPEGATE_INSECURE_HTTP=on" in complaint(flags=flags)
    else:
        assert settings(flags=flags).origins[next(iter(flags))] != "default"


def test_a_url_that_holds_a_password_is_refused_without_being_shown() -> None:
    said = complaint(environment={"SCOPEGATE_PUBLIC_URL": "https://user:a-password@api.example"})

    assert "must not hold a user name or password" in said
    assert "a-password" not in said


def test_what_is_wrong_together_is_told_with_the_place_of_the_value() -> None:
    assert complaint(environment={"SCOPEGATE_HOST": "192.0.2.1"}).startswith("SCOPEGATE_HOST: ")
    assert complaint(file={"public_url": "http://api.example"}).startswith("scopegate.toml: ")


@pytest.mark.parametrize(
    ("origin", "is_refused"),
    [
        pytest.param("https://a.example", False, id="https"),
        pytest.param("http://localhost:3000", False, id="with a port"),
        pytest.param("*", False, id="any: cookies are never allowed along"),
        pytest.param("https://a.example/", True, id="slash at the end"),
        pytest.param("https://a.example/app", True, id="path"),
        pytest.param("a.example", True, id="no scheme"),
        pytest.param("null", True, id="null"),
    ],
)
def test_a_cors_origin_is_an_origin(origin: str, is_refused: bool) -> None:
    if is_refused:
        assert "is not an origin" in complaint(flags={"cors_origins": origin})
    else:
        assert settings(flags={"cors_origins": origin}).cors_origins == (origin,)


def test_an_empty_value_leaves_an_optional_setting_unset() -> None:
    assert settings(environment={"SCOPEGATE_UPSTREAM": ""}).upstream is None
    assert settings(environment={"SCOPEGATE_UPSTREAM": "http://localhost:1"}).upstream


def test_the_database_url_is_a_secret() -> None:
    assert frozenset({"database_url"}) == SECRET_KEYS


def test_a_settings_file_is_toml() -> None:
    text = 'port = 1\n[schemes."*"]\nusers = "local"\n'

    assert parse_settings_file(text, name="x.toml") == {
        "port": 1,
        "schemes": {"*": {"users": "local"}},
    }


def test_a_settings_file_that_is_no_toml_is_named() -> None:
    with pytest.raises(SettingsError, match=r"^other\.toml: .*line 2"):
        parse_settings_file("port = 1\nhost\n", name="other.toml")
