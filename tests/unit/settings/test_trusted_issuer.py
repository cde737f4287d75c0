"""One issuer elsewhere that every scheme trusts, and which half is served."""

import pytest

from tests.unit.settings.build import complaint, settings

ISSUER = "https://kc.example/realms/shop"


def test_an_issuer_for_all_schemes_leaves_our_token_service_off() -> None:
    found = settings(flags={"trusted_issuer": ISSUER, "trusted_audience": "orders"})

    assert (found.trusted_issuer, found.trusted_audience) == (ISSUER, "orders")
    assert found.has_token_service is False


def test_the_environment_and_the_file_name_it_too() -> None:
    by_environment = settings(
        environment={"SCOPEGATE_TRUSTED_ISSUER": ISSUER, "SCOPEGATE_TRUSTED_AUDIENCE": "a"}
    )
    by_file = settings(file={"trusted_issuer": ISSUER, "trusted_audience": "a"})

    assert by_environment.trusted_issuer == by_file.trusted_issuer == ISSUER


@pytest.mark.parametrize("issuer", ["https://t.auth0.com/", "http://localhost:18080/realms/a"])
def test_it_is_kept_octet_by_octet(issuer: str) -> None:
    found = settings(flags={"trusted_issuer": issuer, "trusted_audience": "a"})

    assert found.trusted_issuer == issuer


def test_what_our_own_tokens_say_is_another_setting() -> None:
    found = settings(environment={"SCOPEGATE_ISSUER": ISSUER})

    assert (found.issuer, found.trusted_issuer) == (ISSUER, None)
    assert found.has_token_service is True


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        pytest.param({"trusted_issuer": ISSUER}, "--issuer: also needs the audience", id="alone"),
        pytest.param({"trusted_audience": "a"}, "--audience: says what the", id="audience alone"),
        pytest.param(
            {"trusted_issuer": "http://kc.example", "trusted_audience": "a"},
            "--issuer: `http://kc.example`: is neither https",
            id="in clear",
        ),
        pytest.param(
            {"trusted_issuer": "kc.example", "trusted_audience": "a"}, "http or https", id="no URL"
        ),
        pytest.param(
            {"trusted_issuer": ISSUER, "trusted_audience": "a", "only": "tokens"},
            "leave out --only tokens",
            id="tokens of nobody",
        ),
        pytest.param({"only": "gatway"}, "did you mean `gateway`?", id="half"),
        pytest.param({"base_path": "v2"}, "must be a path such as /v2", id="base path"),
        pytest.param({"base_path": "/v2/"}, "must be a path such as /v2", id="slash at its end"),
        pytest.param({"base_path": "/a/../b"}, "must be a path such as /v2", id="dots"),
        pytest.param({"base_path": "/a%2Fb"}, "must be a path such as /v2", id="escape"),
        pytest.param({"base_path": "//a"}, "must be a path such as /v2", id="empty segment"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_line(flags: dict[str, str], said: str) -> None:
    assert said in complaint(flags=flags)


def test_two_issuers_for_every_scheme_are_one_too_many() -> None:
    table = {"issuer": "https://other.example", "audience": "a"}

    said = complaint(
        flags={"trusted_issuer": ISSUER, "trusted_audience": "a"}, file={"schemes": {"*": table}}
    )

    assert 'the table [schemes."*"] names an `issuer` for every scheme too' in said


def test_a_table_of_one_scheme_may_name_another_issuer() -> None:
    table = {"issuer": "https://other.example", "audience": "a"}

    found = settings(
        flags={"trusted_issuer": ISSUER, "trusted_audience": "a"}, file={"schemes": {"kc": table}}
    )

    assert found.schemes["kc"].issuer == "https://other.example"


@pytest.mark.parametrize(("written", "kept"), [("/v2", "/v2"), ("/", ""), ("/a/b-c", "/a/b-c")])
def test_a_base_path_is_kept_without_the_slash_that_is_none(written: str, kept: str) -> None:
    assert settings(flags={"base_path": written}).base_path == kept


@pytest.mark.parametrize(
    ("only", "has_tokens"), [("gateway", False), ("tokens", True), ("gateway,tokens", True)]
)
def test_the_token_service_is_served_unless_the_gateway_is_served_alone(
    only: str, has_tokens: bool
) -> None:
    assert settings(flags={"only": only}).has_token_service is has_tokens
