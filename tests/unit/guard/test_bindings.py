"""What each scheme of a document trusts, by the settings alone."""

from collections.abc import Mapping
from typing import Any

import pytest

from gateway.bindings import Trusts, tables_of_no_scheme, trusts_of
from gateway.errors import SettingsError
from gateway.policy.rules import Binding
from gateway.spec.model import SchemeName
from gateway.tokens.binding import Overrides, TokenTrust
from gateway.tokens.source import Discovery, Introspection, JwksUrl, OwnKeyring
from tests.edge.gateway.world import OAUTH, document, operation, read, settings_of
from tests.unit.tokens.minting import AUDIENCE, ISSUER

SCHEMES: Mapping[str, Any] = {
    "oauth": OAUTH,
    "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://attacker.example/.well-known"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "basic"},
    "digest": {"type": "http", "scheme": "digest"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "s"},
    "tls": {"type": "mutualTLS"},
}
OURS = TokenTrust(ISSUER, AUDIENCE, users_are_local=True)
FOREIGN = {
    "issuer": "https://issuer.example",
    "jwks_uri": "https://issuer.example/jwks",
    "audience": "theirs",
}


ASKED = {
    "issuer": "https://issuer.example",
    "audience": "theirs",
    "introspection_url": "https://issuer.example/introspect",
    "client_id": "api",
    "client_secret": "s3cret",
}
KEYCLOAK = "https://kc.example/realms/shop"


def trusts(flags: Mapping[str, str] | None = None, /, **tables: Mapping[str, Any]) -> Trusts:
    text = document({"/a": {"get": operation()}}, schemes=SCHEMES, openapi="3.1.0")
    return trusts_of(read(text), settings_of(schemes=tables, **(flags or {})))


def trusting(issuer: str = KEYCLOAK, /, **tables: Mapping[str, Any]) -> Trusts:
    """With one issuer for every scheme."""
    return trusts({"trusted_issuer": issuer, "trusted_audience": "orders"}, **tables)


def trust_of(found: Trusts, name: str) -> TokenTrust:
    return found.bearers[SchemeName(name)]


def test_a_bearer_scheme_without_a_table_trusts_the_embedded_token_service_alone() -> None:
    found = trusts()

    assert found.bearers == {"oauth": OURS, "oidc": OURS, "bearer": OURS}
    assert found.embedded == {"oauth", "oidc", "bearer"}
    assert set(found.sources.values()) == {OwnKeyring()}


def test_no_url_of_the_document_is_trusted() -> None:
    assert "attacker" not in repr(trusts())


def test_basic_keys_and_what_is_not_supported_stay_unbound() -> None:
    assert set(trusts().bindings) == {"oauth", "oidc", "bearer"}


def test_a_table_binds_its_scheme_to_an_issuer_elsewhere_and_no_other_scheme() -> None:
    found = trusts(oauth={**FOREIGN, "algorithms": ["ES256"]})

    assert trust_of(found, "oauth") == TokenTrust(
        "https://issuer.example", "theirs", algorithms=("ES256",)
    )
    assert found.sources[SchemeName("oauth")] == JwksUrl("https://issuer.example/jwks")
    assert found.embedded == {"oidc", "bearer"}
    assert found.bindings[SchemeName("bearer")] == Binding(ISSUER, AUDIENCE)


@pytest.mark.parametrize("tables", [{}, {"users": "local"}])
def test_a_foreign_subject_is_a_local_user_only_if_the_table_says_so(
    tables: Mapping[str, str],
) -> None:
    found = trusts(bearer={**FOREIGN, **tables})

    assert trust_of(found, "bearer").users_are_local is bool(tables)


def test_the_table_of_any_scheme_speaks_for_those_without_one_of_their_own() -> None:
    found = trusts(**{"*": FOREIGN, "oauth": {"audience": "mine"}})

    assert {name: trust.audience for name, trust in found.bearers.items()} == {
        "oauth": "mine",
        "oidc": "theirs",
        "bearer": "theirs",
    }
    assert trust_of(found, "oauth").issuer == ISSUER
    assert found.embedded == {"oauth"}


def test_a_scheme_of_ours_may_have_an_audience_and_algorithms_of_its_own() -> None:
    found = trusts(oauth={"audience": "mine", "algorithms": ["EdDSA"]})

    assert trust_of(found, "oauth") == TokenTrust(
        ISSUER, "mine", algorithms=("EdDSA",), users_are_local=True
    )


def test_a_cookie_becomes_the_session_by_its_own_table() -> None:
    found = trusts(cookie={"session": True})

    assert found.sessions == {"cookie"}
    assert "cookie" in found.bindings
    assert "cookie" not in trusts(cookie={"session": False}).bindings


@pytest.mark.parametrize(
    "table",
    [
        {"session": True},
        {"keys": "local"},
        {"users": "local"},
        {"certificate_header": "client-cert", "certificate_form": "rfc9440"},
    ],
)
def test_the_table_of_any_scheme_is_refused_what_is_for_others_than_bearers(
    table: Mapping[str, Any],
) -> None:
    with pytest.raises(SettingsError, match=rf'^\[schemes\."\*"\]: `{next(iter(table))}` binds no'):
        trusts(**{"*": table})


def test_the_table_of_any_scheme_may_say_that_a_foreign_issuers_users_are_ours() -> None:
    with_issuer = trusts(**{"*": {**FOREIGN, "users": "local"}})
    with_one_for_all = trusting(**{"*": {"users": "local"}})

    for found in (with_issuer, with_one_for_all):
        assert all(trust.users_are_local for trust in found.bearers.values())
        assert found.users == frozenset()


@pytest.mark.parametrize("header", ["certificate_header", "verified_header"])
def test_a_certificate_is_not_read_where_clients_send_their_keys(header: str) -> None:
    table = {"certificate_header": "x-dn", "verified_header": "x-verify"}
    behind = {"trusted_proxies": "10.0.0.1"}

    assert set(trusts(behind, tls=table).certificates) == {"tls"}
    with pytest.raises(SettingsError, match=r"clients send the key of `key` in `x-key` \("):
        trusts(behind, tls={**table, header: "x-KEY"})


def test_users_of_the_store_bind_an_api_key_as_keys_of_the_store_do() -> None:
    by_users, by_keys = trusts(key={"users": "local"}), trusts(key={"keys": "local"})

    assert by_users.bindings == by_keys.bindings
    assert by_users.keys == by_keys.keys == {"key"}


@pytest.mark.parametrize("name", ["key", "basic", "digest"])
def test_only_an_api_key_in_a_cookie_can_be_the_session(name: str) -> None:
    with pytest.raises(SettingsError, match=rf"^\[schemes\.{name}\]: `session` does not suit"):
        trusts(**{name: {"session": True}})


def test_a_misspelt_scheme_gets_the_nearest_that_has_no_table() -> None:
    with pytest.raises(SettingsError, match="did you mean `oauth`"):
        trusts(oaut={"audience": "x"})


def test_a_table_that_is_near_to_no_scheme_may_be_for_another_document() -> None:
    assert trusts(payments={"audience": "x"}).bearers == trusts().bearers


def test_the_tables_of_no_scheme_are_told_and_no_others() -> None:
    tables = {name: {"audience": "x"} for name in ("payments", "oauth", "*", "accounts")}
    description = read(document({"/a": {"get": operation()}}, schemes=SCHEMES, openapi="3.1.0"))

    assert tables_of_no_scheme(description, settings_of(schemes=tables)) == ("accounts", "payments")


def test_an_algorithm_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="`HS256` cannot be an algorithm"):
        trusts(oauth={"algorithms": ["HS256"]})


def test_bindings_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        trusts().bindings[SchemeName("key")] = Binding("x", "y")  # type: ignore[index]  # the point


def test_an_issuer_without_the_place_of_its_keys_is_never_taken_for_our_own() -> None:
    found = trusts(oauth={"issuer": "https://issuer.example", "audience": "theirs"})

    assert trust_of(found, "oauth") == TokenTrust("https://issuer.example", "theirs")
    assert found.sources[SchemeName("oauth")] == Discovery("https://issuer.example")
    assert found.embedded == {"oidc", "bearer"}


def test_an_issuer_that_is_asked_is_trusted_by_its_answers() -> None:
    found = trusts(bearer=ASKED)

    assert found.sources[SchemeName("bearer")] == Introspection(
        "https://issuer.example/introspect", "api", "s3cret"
    )
    assert trust_of(found, "bearer").profile == "rfc7662"
    assert found.embedded == {"oauth", "oidc"}
    assert "s3cret" not in repr(found)


def test_the_profile_is_told_by_the_issuers_url_unless_it_is_pinned() -> None:
    table = {"issuer": KEYCLOAK, "audience": "orders"}

    found = trusts(oauth=table, oidc={**table, "profile": "rfc9068"})

    assert trust_of(found, "oauth").profile == "keycloak"
    assert trust_of(found, "oidc").profile == "rfc9068"
    assert found.detected == {"oauth"}


def test_with_an_issuer_for_all_every_bearer_scheme_trusts_it_and_none_our_own() -> None:
    found = trusting()

    trust = TokenTrust(KEYCLOAK, "orders", profile="keycloak")
    assert found.bearers == dict.fromkeys(("oauth", "oidc", "bearer"), trust)
    assert found.embedded == frozenset()
    assert set(found.sources.values()) == {Discovery(KEYCLOAK)}


def test_a_table_says_for_its_scheme_what_the_issuer_for_all_leaves_open() -> None:
    found = trusting(
        **{"*": {"profile": "rfc9068"}, "oauth": {"audience": "mine", "scope_claim": "scp"}},
        oidc=FOREIGN,
    )

    assert trust_of(found, "oauth") == TokenTrust(
        KEYCLOAK, "mine", profile="keycloak", overrides=Overrides(scope_claim="scp")
    )
    assert trust_of(found, "oidc").issuer == "https://issuer.example"
    assert trust_of(found, "bearer").profile == "rfc9068"


@pytest.mark.parametrize(
    "table", [{"profile": "okta"}, {"types": ["JWT"]}, {"required_claims": ["tenant"]}]
)
def test_a_profile_for_our_own_tokens_means_nothing_and_is_refused(
    table: Mapping[str, Any],
) -> None:
    with pytest.raises(SettingsError, match=r"^\[schemes\.oauth\]: .*name the `issuer`"):
        trusts(oauth=table)
