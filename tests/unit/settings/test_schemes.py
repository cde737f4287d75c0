"""The `[schemes.NAME]` tables: what a scheme of the document trusts."""

from collections.abc import Mapping
from typing import Any

import pytest

from gateway.settings import SchemeSettings
from tests.unit.settings.build import complaint, settings

FOREIGN = {
    "issuer": "https://issuer.example",
    "jwks_uri": "https://issuer.example/jwks",
    "audience": "https://api.example",
}

ASKED = {
    "issuer": "https://issuer.example",
    "audience": "https://api.example",
    "introspection_url": "https://issuer.example/introspect",
    "client_id": "api",
    "client_secret": "s3cret",
}


def scheme(table: Mapping[str, Any]) -> SchemeSettings:
    return settings(file={"schemes": {"oauth": table}}).schemes["oauth"]


def refusal(table: Any) -> str:
    return complaint(file={"schemes": {"oauth": table}})


def test_a_table_is_read_into_what_a_scheme_trusts() -> None:
    found = scheme(
        {**FOREIGN, "algorithms": ["ES256", "RS256"], "profile": "rfc9068", "users": "local"}
    )

    assert found == SchemeSettings(
        issuer="https://issuer.example",
        jwks_uri="https://issuer.example/jwks",
        audience="https://api.example",
        algorithms=("ES256", "RS256"),
        profile="rfc9068",
        users_are_local=True,
    )


def test_an_issuer_with_an_audience_is_enough() -> None:
    found = scheme({"issuer": "https://issuer.example", "audience": "a"})

    assert (found.issuer, found.jwks_uri) == ("https://issuer.example", None)


def test_an_issuer_that_is_asked_is_read_and_its_secret_is_not_shown() -> None:
    found = scheme(ASKED)

    assert (found.introspection_url, found.client_secret) == (ASKED["introspection_url"], "s3cret")
    assert "s3cret" not in repr(found)


def test_what_a_profile_says_can_be_overridden_by_name() -> None:
    names = {
        "types": ["JWT"],
        "client_claim": "azp",
        "scope_claim": "scp",
        "required_claims": [],
    }

    found = scheme({**FOREIGN, "profile": "okta", **names})

    assert (found.types, found.client_claim, found.scope_claim) == (("JWT",), "azp", "scp")
    assert found.required_claims == ()


def test_a_table_that_says_nothing_is_the_default() -> None:
    assert scheme({}) == SchemeSettings()


def test_foreign_users_are_not_local_unless_the_table_says_so() -> None:
    assert scheme(FOREIGN).users_are_local is False


def test_an_issuer_keeps_its_slash_since_it_is_compared_octet_by_octet() -> None:
    assert scheme({**FOREIGN, "issuer": "https://issuer.example/"}).issuer == (
        "https://issuer.example/"
    )


def test_a_cookie_is_the_session_only_if_the_table_says_so() -> None:
    assert scheme({"session": True}).is_session is True
    assert scheme({"session": False}).is_session is False


def test_tables_keep_their_names() -> None:
    found = settings(file={"schemes": {"*": {"audience": "a"}, "oauth": {"audience": "b"}}})

    assert {name: table.audience for name, table in found.schemes.items()} == {
        "*": "a",
        "oauth": "b",
    }


@pytest.mark.parametrize(
    ("table", "said"),
    [
        pytest.param(
            {"isuer": "https://a"}, "unknown setting `isuer`; did you mean `issuer`?", id="unknown"
        ),
        pytest.param({"users": "remote"}, "must be one of local", id="users"),
        pytest.param(
            {"profile": "rfc9086"},
            "entra; did you mean `rfc9068`?",
            id="profile",
        ),
        pytest.param({**FOREIGN, "issuer": "issuer.example"}, "http or https URL", id="issuer"),
        pytest.param({**FOREIGN, "jwks_uri": "/jwks"}, "http or https URL", id="jwks_uri"),
        pytest.param({**FOREIGN, "jwks_uri": 5}, "", id="jwks_uri of another type"),
        pytest.param({"algorithms": 5}, "", id="algorithms of another type"),
        pytest.param({"users": True}, "", id="users of another type"),
        pytest.param(
            {"issuer": "https://a"}, "an `issuer` also needs the `audience`", id="no audience"
        ),
        pytest.param(
            {"issuer": "http://a", "audience": "b"},
            "`issuer` is neither https nor loopback",
            id="issuer in clear",
        ),
        pytest.param(
            {**FOREIGN, "jwks_uri": "http://a/k"},
            "`jwks_uri` is neither https nor loopback",
            id="keys in clear",
        ),
        pytest.param(
            {**ASKED, "introspection_url": "http://a/i"},
            "`introspection_url` is neither https nor loopback",
            id="introspection in clear",
        ),
        pytest.param(
            {**ASKED, "client_secret": ""}, "`client_secret` must be a text", id="empty secret"
        ),
        pytest.param(
            {name: value for name, value in ASKED.items() if name != "client_secret"},
            "`introspection_url` also needs `client_id` and `client_secret`",
            id="introspection by nobody",
        ),
        pytest.param(
            {**FOREIGN, "client_id": "a"}, "are for an `introspection_url`", id="client for nothing"
        ),
        pytest.param(
            {**ASKED, "jwks_uri": "https://a/k"},
            "name `jwks_uri` or `introspection_url`, not both",
            id="two proofs",
        ),
        pytest.param(
            {"introspection_url": "https://a/i", "client_id": "a", "client_secret": "b"},
            "`introspection_url` also needs the `issuer`",
            id="introspection of no issuer",
        ),
        pytest.param({"types": []}, "`types` must be a list of names", id="no types"),
        pytest.param(
            {"jwks_uri": "https://a/k", "audience": "b"},
            "`jwks_uri` also needs the `issuer`",
            id="no issuer",
        ),
    ],
)
def test_a_table_that_could_not_be_trusted_is_refused_by_its_name(
    table: Mapping[str, Any], said: str
) -> None:
    found = refusal(table)

    assert found.startswith("scopegate.toml: [schemes.oauth]: ")
    assert said in found


@pytest.mark.parametrize(
    "tables", [pytest.param([1], id="list"), pytest.param({"oauth": "x"}, id="text in a table")]
)
def test_schemes_are_tables(tables: object) -> None:
    assert complaint(file={"schemes": tables}) == (
        "scopegate.toml: `schemes` holds tables: write [schemes.NAME]"
    )
