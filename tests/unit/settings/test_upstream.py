"""Settings of an upstream that make no sense together."""

import pytest

from gateway.errors import SettingsError
from tests.unit.settings.build import settings


def test_what_an_upstream_is_sent_needs_an_upstream() -> None:
    with pytest.raises(SettingsError, match=r"SCOPEGATE_STRIP_AUTHORIZATION.*add --upstream"):
        settings(environment={"SCOPEGATE_STRIP_AUTHORIZATION": "on"})


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_gateway_is_not_its_own_upstream(host: str) -> None:
    with pytest.raises(SettingsError, match="this very gateway"):
        settings(flags={"upstream": f"http://{host}:8000"})
    assert settings(flags={"upstream": f"http://{host}:8001"}).upstream


def test_the_token_service_alone_has_no_upstream() -> None:
    with pytest.raises(SettingsError, match="--only tokens"):
        settings(flags={"upstream": "http://127.0.0.1:9000", "only": "tokens"})


@pytest.mark.parametrize("value", ["on", "off", ""])
def test_looking_on_is_never_inherited_from_an_environment(value: str) -> None:
    with pytest.raises(SettingsError, match="never taken from the environment; use --observe"):
        settings(
            environment={"SCOPEGATE_OBSERVE": value, "SCOPEGATE_UPSTREAM": "http://127.0.0.1:9"}
        )


def test_looking_on_needs_an_upstream() -> None:
    upstream = "http://127.0.0.1:9"

    with pytest.raises(SettingsError, match="add --upstream"):
        settings(file={"observe": True})
    assert settings(file={"observe": True, "upstream": upstream}).observe
    assert settings(flags={"observe": "on", "upstream": upstream}).origins["observe"] == "--observe"
    assert not settings(flags={"upstream": upstream}).observe
