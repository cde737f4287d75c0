"""Settings are refused at construction, or never."""

from pathlib import Path

import pytest

from token_service.errors import ConfigurationError
from token_service.settings import TokenServiceSettings


def settings(**changes: object) -> TokenServiceSettings:
    values: dict[str, object] = {
        "home": Path("var"),
        "database_url": "postgresql+psycopg://name:hidden@host/db",
        "issuer": "http://localhost:8000/o",
        "audience": "http://localhost:8000",
    }
    return TokenServiceSettings(**{**values, **changes})  # type: ignore[arg-type] # table-driven


@pytest.mark.parametrize(
    "issuer",
    [
        "https://gateway.example/o",
        "http://localhost:8000/o",
        "http://127.0.0.1/o",
        "http://[::1]/o",
    ],
)
def test_t13_issuers_by_https_or_on_this_machine_are_fine(issuer: str) -> None:
    assert settings(issuer=issuer).issuer == issuer


@pytest.mark.parametrize(
    "issuer",
    ["http://gateway.example/o", "http://10.0.0.1/o", "http://localhost.example/o", "ftp://localhost",
     "/o", "", "http://[", "https://"],
)  # fmt: skip
def test_t13_other_issuers_are_refused(issuer: str) -> None:
    with pytest.raises(ConfigurationError):
        settings(issuer=issuer)


def test_t13_plain_http_can_be_asked_for() -> None:
    asked = settings(issuer="http://gateway.example/o", insecure_http=True)

    assert asked.insecure_http


@pytest.mark.parametrize(
    "changes",
    [{"signing_alg": "HS256"}, {"signing_alg": "none"}, {"access_token_seconds": 0},
     {"refresh_token_seconds": -1}, {"audience": ""}],
)  # fmt: skip
def test_values_that_could_only_fail_later_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        settings(**changes)


def test_no_repr_shows_the_database_s_password() -> None:
    assert "hidden" not in repr(settings())
