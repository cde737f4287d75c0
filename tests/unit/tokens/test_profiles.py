"""What each profile accepts of its issuer, and the nearest that it must refuse."""

from typing import Any

import pytest

from gateway.model import AccessToken, PrincipalKind, Refused, TokenFault
from gateway.tokens.binding import Overrides, TokenTrust
from gateway.tokens.profiles import PROFILES, detect_profile
from tests.unit.tokens.minting import NOW, outcome_of, sign
from tests.unit.tokens.shapes import (
    AUDIENCE,
    AUTH0,
    AUTH0_MACHINE,
    AUTH0_RFC9068,
    ENTRA_APP,
    ENTRA_V1,
    ENTRA_V2,
    KEYCLOAK,
    KEYCLOAK_SERVICE,
    MACHINES,
    OKTA,
    RFC9068,
    USERS,
    Shape,
)

ALL = [*USERS.values(), *MACHINES.values()]
IDS = [*USERS, *(f"{name} machine" for name in MACHINES)]


def accepted(text: str, shape: Shape) -> AccessToken:
    outcome = outcome_of(text, trust=shape.trust)
    assert isinstance(outcome, AccessToken), outcome
    return outcome


def fault(text: str, shape: Shape, trust: TokenTrust | None = None) -> TokenFault | None:
    outcome = outcome_of(text, trust=trust or shape.trust)
    return outcome.fault if isinstance(outcome, Refused) else None


@pytest.mark.parametrize("shape", USERS.values(), ids=USERS)
def test_a_users_token_proves_the_user_the_client_and_the_scope(shape: Shape) -> None:
    token = accepted(shape.token(), shape)

    assert (token.principal.issuer, token.principal.subject) == (shape.issuer, shape.claims["sub"])
    assert token.principal.kind is PrincipalKind.USER
    assert token.client_id in {"web", "K1AU", "0oa1", "bbbb-client"}
    assert "orders:read" in token.scopes
    assert "orders:write" not in token.scopes


@pytest.mark.parametrize("shape", MACHINES.values(), ids=MACHINES)
def test_a_clients_own_token_has_no_user(shape: Shape) -> None:
    assert accepted(shape.token(), shape).principal.kind is PrincipalKind.CLIENT


@pytest.mark.parametrize("shape", ALL, ids=IDS)
@pytest.mark.parametrize(
    ("claims", "wanted"),
    [
        pytest.param({"iss": "https://evil.example"}, TokenFault.ISSUER, id="iss"),
        pytest.param({"aud": "account"}, TokenFault.AUDIENCE, id="aud"),
        pytest.param({"aud": [AUDIENCE + "/"]}, TokenFault.AUDIENCE, id="aud-slash"),
        pytest.param({"exp": NOW - 60}, TokenFault.EXPIRED, id="exp"),
        pytest.param({"sub": ""}, TokenFault.CLAIMS, id="sub"),
        pytest.param({"at_hash": "x"}, TokenFault.TYPE, id="at_hash"),
        pytest.param({"c_hash": "x"}, TokenFault.TYPE, id="c_hash"),
        pytest.param({"events": {}}, TokenFault.TYPE, id="logout"),
        pytest.param({"typ": "ID"}, TokenFault.TYPE, id="typ-id"),
        pytest.param({"typ": "Refresh"}, TokenFault.TYPE, id="typ-refresh"),
        pytest.param({"typ": "Offline"}, TokenFault.TYPE, id="typ-offline"),
        pytest.param({"jti": "ID.abc"}, TokenFault.TYPE, id="okta-id-jti"),
        pytest.param({"cnf": {"jkt": "x"}}, TokenFault.CLAIMS, id="bound"),
    ],
)
def test_no_profile_relaxes_who_for_when_and_what_kind(
    shape: Shape, claims: dict[str, Any], wanted: TokenFault
) -> None:
    assert fault(shape.token(**claims), shape) is wanted


@pytest.mark.parametrize("shape", ALL, ids=IDS)
def test_no_profile_accepts_a_token_without_its_client(shape: Shape) -> None:
    claims = PROFILES[shape.profile].client_claims

    assert fault(shape.token(drop=claims), shape) is TokenFault.CLAIMS


@pytest.mark.parametrize("shape", ALL, ids=IDS)
def test_no_profile_accepts_what_another_key_signed(shape: Shape) -> None:
    text = sign(
        {"alg": "RS256", "kid": "RS256", **shape.header}, shape.claims, alg="RS256", which="theirs"
    )

    assert fault(text, shape) is TokenFault.SIGNATURE


@pytest.mark.parametrize(
    ("shape", "typ", "is_accepted"),
    [
        (RFC9068, "AT+JWT", True),
        (RFC9068, "application/at+jwt", True),
        (RFC9068, "JWT", False),
        (RFC9068, None, False),
        (KEYCLOAK, "at+jwt", True),
        (KEYCLOAK, None, False),
        (KEYCLOAK, "logout+jwt", False),
        (AUTH0, "at+jwt", True),
        (AUTH0, None, False),
        (OKTA, "JWT", True),
        (OKTA, "at+jwt", True),
        (OKTA, "application/okta-internal-at+jwt", False),
        (ENTRA_V2, "at+jwt", False),
        (ENTRA_V2, None, False),
        (ENTRA_V2, "pop", False),
    ],
)
def test_the_type_in_the_header_is_one_of_the_profile(
    shape: Shape, typ: str | None, is_accepted: bool
) -> None:
    assert fault(shape.typed(typ), shape) is (None if is_accepted else TokenFault.TYPE)


@pytest.mark.parametrize(
    ("shape", "claims", "wanted"),
    [
        pytest.param(RFC9068, {"scope": ["orders:read"]}, TokenFault.SCOPE, id="rfc9068-list"),
        pytest.param(KEYCLOAK, {"scope": ["orders:read"]}, TokenFault.SCOPE, id="keycloak-list"),
        pytest.param(AUTH0, {"scope": ["orders:read"]}, TokenFault.SCOPE, id="auth0-list"),
        pytest.param(OKTA, {"scp": "orders:read"}, TokenFault.SCOPE, id="okta-string"),
        pytest.param(OKTA, {"scp": ["a", 1]}, TokenFault.SCOPE, id="okta-number"),
        pytest.param(ENTRA_V2, {"scp": ["orders:read"]}, TokenFault.SCOPE, id="entra-list"),
    ],
)
def test_a_scope_claim_of_another_form_is_a_fault(
    shape: Shape, claims: dict[str, Any], wanted: TokenFault
) -> None:
    assert fault(shape.token(**claims), shape) is wanted


@pytest.mark.parametrize(
    ("shape", "claims"),
    [
        pytest.param(RFC9068, {"scp": ["admin"]}, id="rfc9068"),
        pytest.param(KEYCLOAK, {"scp": "admin", "roles": ["admin"]}, id="keycloak"),
        pytest.param(AUTH0, {"permissions": ["admin"], "scp": "admin"}, id="auth0"),
        pytest.param(OKTA, {"scope": "admin", "groups": ["admin"]}, id="okta"),
        pytest.param(ENTRA_V2, {"scope": "admin", "roles": ["admin"]}, id="entra"),
    ],
)
def test_scopes_come_from_one_claim_and_never_from_two(
    shape: Shape, claims: dict[str, Any]
) -> None:
    assert "admin" not in accepted(shape.token(**claims), shape).scopes


def test_a_keycloak_token_says_that_it_is_a_bearers() -> None:
    assert fault(KEYCLOAK.token(drop=("typ",)), KEYCLOAK) is TokenFault.TYPE
    assert fault(KEYCLOAK.token(typ="DPoP"), KEYCLOAK) is TokenFault.TYPE


def test_a_nonce_is_a_mark_of_id_tokens_but_not_at_keycloak() -> None:
    marked = {
        name: fault(shape.token(nonce="n"), shape) is TokenFault.TYPE
        for name, shape in USERS.items()
    }

    assert {name for name, is_refused in marked.items() if not is_refused} == {"keycloak"}


@pytest.mark.parametrize(
    ("shape", "claims"),
    [
        pytest.param(AUTH0, {"azp": AUDIENCE, "aud": AUDIENCE}, id="auth0"),
        pytest.param(OKTA, {"cid": AUDIENCE, "aud": AUDIENCE}, id="okta"),
    ],
)
def test_a_plain_jwt_for_its_own_client_is_an_id_token(
    shape: Shape, claims: dict[str, Any]
) -> None:
    assert fault(shape.token(**claims), shape) is TokenFault.TYPE


@pytest.mark.parametrize("shape", [KEYCLOAK, ENTRA_V2], ids=["keycloak", "entra"])
def test_where_the_kind_is_told_a_client_may_be_its_own_audience(shape: Shape) -> None:
    assert fault(shape.token(azp=AUDIENCE, aud=AUDIENCE), shape) is None


def test_an_auth0_client_that_is_named_twice_is_named_alike() -> None:
    assert fault(AUTH0_RFC9068.token(azp="K1AU"), AUTH0) is None
    assert fault(AUTH0_RFC9068.token(azp="another"), AUTH0) is TokenFault.CLAIMS


def test_a_token_for_microsofts_own_services_is_refused_before_its_signature() -> None:
    graph = Shape("entra", ENTRA_V2.issuer, {"typ": "JWT", "nonce": "x"}, ENTRA_V2.claims)

    assert fault(graph.token(), graph) is TokenFault.TYPE


def test_an_entra_application_has_roles_and_no_scopes() -> None:
    token = accepted(ENTRA_APP.token(), ENTRA_APP)

    assert (token.scopes, token.roles) == (frozenset(), frozenset({"Orders.Read.All"}))
    assert token.jti == "u-2"


def test_one_entra_tenant_has_two_issuers_and_each_is_itself_alone() -> None:
    assert fault(ENTRA_V1.token(), ENTRA_V2) is TokenFault.ISSUER
    assert fault(ENTRA_V2.token(), ENTRA_V1) is TokenFault.ISSUER


def test_auth0_gives_no_jti_and_keycloak_must() -> None:
    assert accepted(AUTH0.token(), AUTH0).jti == ""
    assert fault(KEYCLOAK.token(drop=("jti",)), KEYCLOAK) is TokenFault.CLAIMS


def test_a_service_account_is_told_by_its_name_or_its_client_id() -> None:
    by_name = KEYCLOAK_SERVICE.token(drop=("client_id",))
    by_client = KEYCLOAK_SERVICE.token(drop=("preferred_username",))

    assert {accepted(t, KEYCLOAK_SERVICE).principal.kind for t in (by_name, by_client)} == {
        PrincipalKind.CLIENT
    }


def test_an_auth0_grant_of_a_machine_is_enough_to_be_one() -> None:
    by_grant = AUTH0_MACHINE.token(sub="somebody")
    by_subject = AUTH0_MACHINE.token(drop=("gty",))

    assert {accepted(t, AUTH0_MACHINE).principal.kind for t in (by_grant, by_subject)} == {
        PrincipalKind.CLIENT
    }


def trust(**overrides: Any) -> TokenTrust:
    return TokenTrust(RFC9068.issuer, AUDIENCE, overrides=Overrides(**overrides))


def test_what_a_profile_says_is_overridden_by_name_and_the_rest_stays() -> None:
    text = RFC9068.typed("jwt")

    assert fault(text, RFC9068, trust(types=("JWT",))) is None
    assert fault(RFC9068.token(), RFC9068, trust(types=("JWT",))) is TokenFault.TYPE
    assert fault(RFC9068.token(), RFC9068, trust(client_claim="azp")) is TokenFault.CLAIMS
    assert fault(RFC9068.token(azp="web"), RFC9068, trust(client_claim="azp")) is None
    assert fault(RFC9068.token(drop=("jti",)), RFC9068, trust(required_claims=())) is None
    assert fault(RFC9068.token(), RFC9068, trust(required_claims=("tenant",))) is TokenFault.CLAIMS


def test_overrides_need_the_subject_and_the_client_whatever_they_say() -> None:
    nothing = trust(required_claims=())

    assert fault(RFC9068.token(drop=("sub",)), RFC9068, nothing) is TokenFault.CLAIMS
    assert fault(RFC9068.token(drop=("client_id",)), RFC9068, nothing) is TokenFault.CLAIMS


def test_an_overridden_scope_claim_is_the_only_one() -> None:
    outcome = outcome_of(RFC9068.token(scp="orders:write"), trust=trust(scope_claim="scp"))

    assert isinstance(outcome, AccessToken)
    assert outcome.scopes == {"orders:write"}


def test_an_id_token_is_refused_under_a_profile_that_is_told_to_take_plain_jwts() -> None:
    id_token = Shape("rfc9068", RFC9068.issuer, {"typ": "JWT"}, {"aud": AUDIENCE, "sub": "u1"})
    taken = trust(types=("JWT",), client_claim="azp", required_claims=())

    assert fault(id_token.token(), id_token, taken) is TokenFault.CLAIMS
    assert fault(id_token.token(azp=AUDIENCE), id_token, taken) is TokenFault.TYPE
    assert fault(id_token.token(azp="web", nonce="n"), id_token, taken) is TokenFault.TYPE
    assert fault(id_token.token(azp="web"), id_token, taken) is None


@pytest.mark.parametrize(
    ("issuer", "profile"),
    [
        *((shape.issuer, shape.profile) for shape in ALL),
        ("https://kc.example/auth/realms/shop", "keycloak"),
        ("https://shop.oktapreview.com/oauth2/aus1", "okta"),
        ("https://auth0.com.evil.example/", "rfc9068"),
        ("https://notokta.com", "rfc9068"),
        ("https://kc.example/realms", "rfc9068"),
        ("http://localhost:8000/o", "rfc9068"),
    ],
)
def test_a_profile_is_told_by_the_shape_of_the_issuers_url(issuer: str, profile: str) -> None:
    assert detect_profile(issuer) == profile
