"""What mends a failed check: the issuer that the token speaks of decides what is said."""

from typing import Any

import pytest

from gateway.cli.issuer_family import IssuerFamily, issuer_family
from gateway.cli.remedies import Refusal, is_id_token, remedy
from gateway.model import TokenFault
from gateway.spec.model import SchemeName
from gateway.tokens.binding import TokenTrust
from gateway.tokens.check import Check

OURS = "http://localhost:8000/o"
TRUST = TokenTrust("https://login.example", "orders")


def _remedy(check: str, fault: TokenFault, *, is_ours: bool = False, **claims: Any) -> str:
    return remedy(
        Refusal(
            Check(check, "", fault=fault),
            SchemeName("api"),
            TRUST,
            issuer_family(claims, own_issuer=OURS),
            header={},
            claims=claims,
            is_ours=is_ours,
        )
    )


@pytest.mark.parametrize(
    ("claims", "family"),
    [
        ({"iss": OURS}, IssuerFamily.OWN),
        ({"iss": "https://kc.example/realms/shop"}, IssuerFamily.KEYCLOAK),
        ({"iss": "https://kc.example/", "realm_access": {}}, IssuerFamily.KEYCLOAK),
        ({"iss": "https://shop.eu.auth0.com/"}, IssuerFamily.AUTH0),
        ({"iss": "https://dev-1.okta.com/oauth2/default"}, IssuerFamily.OKTA),
        ({"iss": "https://id.example", "cid": "0oa"}, IssuerFamily.OKTA),
        ({"iss": "https://login.microsoftonline.com/t/v2.0"}, IssuerFamily.ENTRA),
        ({"iss": "https://sts.windows.net/t/"}, IssuerFamily.ENTRA),
        ({"iss": "https://auth0.com.evil.example/"}, IssuerFamily.OTHER),
        ({"iss": "https://notokta.com"}, IssuerFamily.OTHER),
        ({"iss": "https://[broken"}, IssuerFamily.OTHER),
        ({"iss": 7}, IssuerFamily.OTHER),
        ({}, IssuerFamily.OTHER),
    ],
)
def test_the_family_of_an_issuer_is_told_by_its_address_then_by_its_claims(
    claims: dict[str, Any], family: IssuerFamily
) -> None:
    assert issuer_family(claims, own_issuer=OURS) is family


@pytest.mark.parametrize(
    ("issuer", "words"),
    [
        ("https://kc.example/realms/shop", 'add an audience mapper for "orders" to the client'),
        ("https://shop.auth0.com/", "ask Auth0 for it with audience=orders"),
        ("https://dev-1.okta.com", "set the audience of the authorization server in Okta"),
        ("https://sts.windows.net/t/", "ask Entra for a scope of this API, as in orders/.default"),
        ("https://other.example", 'ask the issuer for tokens for "orders"'),
    ],
)
@pytest.mark.parametrize("is_ours", [False, True])
def test_a_wrong_audience_is_mended_where_the_issuer_has_it(
    issuer: str, words: str, is_ours: bool
) -> None:
    mend = _remedy("aud", TokenFault.AUDIENCE, is_ours=is_ours, iss=issuer)

    is_known = issuer != "https://other.example"
    assert words in mend if is_known or not is_ours else "SCOPEGATE_AUDIENCE" in mend


@pytest.mark.parametrize(
    ("check", "fault", "claims", "words"),
    [
        ("iss", TokenFault.ISSUER, {"iss": "https://x.example"}, "in [schemes.api], if you trust"),
        ("iss", TokenFault.ISSUER, {"iss": "https://login.example/"}, "only the slash"),
        ("iss", TokenFault.ISSUER, {"iss": "a\x1b[31m"}, "have the issuer write its URL"),
        ("iss", TokenFault.ISSUER, {}, "have the issuer write its URL"),
        ("exp", TokenFault.EXPIRED, {}, "get a fresh token"),
        ("exp", TokenFault.CLAIMS, {}, "have the issuer write `exp` in whole seconds"),
        ("jti", TokenFault.CLAIMS, {}, "have the issuer write `jti`"),
        ("kid", TokenFault.UNKNOWN_KEY, {}, "have the issuer name its key"),
        ("typ", TokenFault.TYPE, {}, "ask the issuer for access tokens"),
        ("typ", TokenFault.TYPE, {"at_hash": "x"}, "this is an ID token"),
        ("kind", TokenFault.TYPE, {}, "send the access token of the same answer"),
        ("crit", TokenFault.CRITICAL, {}, "leave out critical extensions"),
        ("whatever comes", TokenFault.CLAIMS, {}, "have the issuer write `whatever comes`"),
    ],
)
def test_every_check_has_a_remedy(
    check: str, fault: TokenFault, claims: dict[str, Any], words: str
) -> None:
    assert words in _remedy(check, fault, **claims)


@pytest.mark.parametrize(
    ("header", "claims", "is_one"),
    [
        ({}, {"at_hash": "x"}, True),
        ({}, {"nonce": "x"}, True),
        ({}, {"token_use": "id"}, True),
        ({}, {"typ": "ID"}, True),
        ({}, {"typ": "Bearer", "nonce": "x"}, False),
        ({"typ": "at+jwt"}, {"scope": "read"}, False),
        ({"typ": 7}, {}, False),
    ],
)
def test_an_id_token_is_known_by_what_only_it_has(
    header: dict[str, Any], claims: dict[str, Any], is_one: bool
) -> None:
    assert is_id_token(header, claims) is is_one
