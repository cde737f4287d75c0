"""What a second reading found where settings are read and held against the document."""

from collections.abc import Mapping
from typing import Any

import pytest

from gateway.bindings import trusts_of
from gateway.errors import SettingsError
from gateway.settings import Settings
from tests.edge.gateway.world import OAUTH, document, operation, read, settings_of
from tests.unit.settings.build import complaint, settings

FOREIGN = {"issuer": "https://a.example", "jwks_uri": "https://a.example/j", "audience": "x"}


def of_scheme(table: Mapping[str, Any]) -> Settings:
    """The settings of a file with a table for the scheme `oauth`."""
    return settings(file={"schemes": {"oauth": table}})


@pytest.mark.parametrize(
    "table",
    [
        pytest.param({"session": "no"}, id="a word for a truth"),
        pytest.param({"session": "false"}, id="a truth as a text"),
        pytest.param({"audience": 5}, id="a number as audience"),
        pytest.param({"audience": ["x"]}, id="a list as audience"),
        pytest.param({"algorithms": "RS256"}, id="a text as algorithms"),
        pytest.param({"algorithms": []}, id="no algorithm at all"),
        pytest.param({**FOREIGN, "session": True}, id="a session with keys elsewhere"),
    ],
)
def test_a_table_with_a_value_of_another_type_is_refused(table: Mapping[str, Any]) -> None:
    with pytest.raises(SettingsError, match=r"\[schemes\.oauth\]"):
        of_scheme(table)


@pytest.mark.parametrize(
    "table", [{"session": True}, {"audience": "x"}, {"algorithms": ["RS256"]}, FOREIGN], ids=repr
)
def test_a_table_with_values_of_its_types_is_read(table: Mapping[str, Any]) -> None:
    assert "oauth" in of_scheme(table).schemes


@pytest.mark.parametrize("table", [{"jwks_uri": 5}, {"users": 5}], ids=repr)
def test_a_message_on_a_type_is_in_words_of_the_file(table: Mapping[str, Any]) -> None:
    with pytest.raises(SettingsError) as caught:
        of_scheme(table)

    assert "object" not in str(caught.value)
    assert "<class" not in str(caught.value)


@pytest.mark.parametrize(
    "flags",
    [
        pytest.param({"public_url": "http://localhost:99999"}, id="a port out of range"),
        pytest.param({"public_url": "http://localhost:abc"}, id="a port that is none"),
        pytest.param({"public_url": "https://x\n/"}, id="a line break in a URL"),
        pytest.param({"public_url": "https://x?"}, id="a query in a URL"),
        pytest.param({"audience": "a\nb"}, id="a line break in the audience"),
        pytest.param({"cors_origins": "https://"}, id="an origin without a host"),
    ],
)
def test_a_flag_that_could_not_be_used_is_refused_by_its_name(flags: Mapping[str, str]) -> None:
    (name,) = flags

    assert name.replace("_", "-") in complaint(flags=flags).replace("_", "-")


@pytest.mark.parametrize(
    "flags",
    [
        {"public_url": "http://localhost:9999"},
        {"public_url": "https://x.example"},
        {"cors_origins": "https://x.example"},
        {"audience": "a b"},
    ],
    ids=repr,
)
def test_the_nearest_flag_that_can_be_used_is_taken(flags: Mapping[str, str]) -> None:
    (name,) = flags

    assert settings(flags=flags).origins[name] == f"--{name.replace('_', '-')}"


@pytest.mark.parametrize(
    "file",
    [
        pytest.param({"host": {"a": 1}, "public_url": "https://x.example"}, id="a table as host"),
        pytest.param({"audience": 5.5}, id="a fraction as audience"),
    ],
)
def test_a_file_with_a_value_of_another_type_is_refused(file: Mapping[str, Any]) -> None:
    (name, *_) = file

    assert name in complaint(file=file)


KEYS = {"key": {"type": "apiKey", "in": "header", "name": "X"}, "oauth": OAUTH}
TEXT = document({"/a": {"get": operation([{"key": []}])}}, schemes=KEYS)


@pytest.mark.parametrize(
    "schemes",
    [
        pytest.param({"key": FOREIGN}, id="an issuer for a scheme without tokens"),
        pytest.param({"key": {"session": True}}, id="a session of a header"),
        pytest.param({"oauth": {"session": True}}, id="a session of tokens"),
    ],
)
def test_a_table_that_does_not_suit_its_scheme_stops_the_start(schemes: Mapping[str, Any]) -> None:
    with pytest.raises(SettingsError, match=next(iter(schemes))):
        trusts_of(read(TEXT), settings_of(schemes=schemes))


def test_a_table_that_suits_its_scheme_is_bound() -> None:
    trusts = trusts_of(read(TEXT), settings_of(schemes={"oauth": FOREIGN}))

    assert {name: trust.issuer for name, trust in trusts.bearers.items()} == {
        "oauth": FOREIGN["issuer"]
    }
