import logging
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model import AccessToken, Principal, PrincipalKind, Refused, TokenFault, Uncheckable
from gateway.spec.model import Scope
from gateway.tokens.claims import LEEWAY_SECONDS
from gateway.tokens.keys import Kid, VerificationKey
from tests.unit.tokens.minting import (
    ALGORITHMS,
    AUDIENCE,
    CLAIMS,
    ISSUER,
    NOW,
    FixedKeys,
    NoKeys,
    base64url,
    checks_of,
    header_of,
    mint,
    outcome_of,
    sign,
)


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_a_valid_token_gives_its_values(alg: str) -> None:
    assert outcome_of(mint(alg, roles=["staff"], nbf=NOW)) == AccessToken(
        principal=Principal(ISSUER, "user:0b0e", PrincipalKind.USER),
        client_id="client-1",
        scopes=frozenset({Scope("read"), Scope("write")}),
        roles=frozenset({"staff"}),
        audience=(AUDIENCE,),
        jti="token-1",
        issued_at=NOW - 60,
        expires_at=NOW + 600,
    )


@pytest.mark.parametrize(
    ("subject", "client_id", "kind"),
    [
        pytest.param("user:1", "c", PrincipalKind.USER, id="user"),
        pytest.param("client:c", "c", PrincipalKind.CLIENT, id="our-client"),
        pytest.param("c", "c", PrincipalKind.CLIENT, id="subject-is-client"),
        pytest.param("C", "c", PrincipalKind.USER, id="case-counts"),
        pytest.param("user:client:c", "c", PrincipalKind.USER, id="prefix-only"),
    ],
)
def test_a_client_that_speaks_for_itself_is_told_from_a_user(
    subject: str, client_id: str, kind: PrincipalKind
) -> None:
    token = outcome_of(mint(sub=subject, client_id=client_id))

    assert isinstance(token, AccessToken)
    assert token.principal == Principal(ISSUER, subject, kind)


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        pytest.param(["a", "b", "a"], {"a", "b"}, id="list"),
        pytest.param([], set(), id="empty"),
        pytest.param("a b", set(), id="string"),
        pytest.param(["a", 1], set(), id="mixed"),
        pytest.param({"a": True}, set(), id="object"),
        pytest.param(None, set(), id="null"),
    ],
)
def test_roles_are_a_list_of_strings_or_none(roles: Any, expected: set[str]) -> None:
    token = outcome_of(mint(roles=roles))

    assert isinstance(token, AccessToken)
    assert token.roles == expected


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"])
def test_both_types_of_rfc_9068_are_accepted_in_any_case(typ: str) -> None:
    text = sign(header_of(typ=typ), CLAIMS, alg="EdDSA")

    assert isinstance(outcome_of(text), AccessToken)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        pytest.param({"exp": NOW - LEEWAY_SECONDS + 1}, None, id="exp-within-leeway"),
        pytest.param({"exp": NOW - LEEWAY_SECONDS}, TokenFault.EXPIRED, id="exp-beyond-leeway"),
        pytest.param({"nbf": NOW + LEEWAY_SECONDS}, None, id="nbf-within-leeway"),
        pytest.param(
            {"nbf": NOW + LEEWAY_SECONDS + 1}, TokenFault.NOT_YET_VALID, id="nbf-beyond-leeway"
        ),
        pytest.param({"iat": NOW + LEEWAY_SECONDS}, None, id="iat-within-leeway"),
        pytest.param(
            {"iat": NOW + LEEWAY_SECONDS + 1}, TokenFault.ISSUED_IN_FUTURE, id="iat-beyond-leeway"
        ),
        pytest.param({"exp": 253_402_300_799}, None, id="exp-in-9999"),
        pytest.param({"exp": 253_402_300_800}, TokenFault.CLAIMS, id="exp-in-10000"),
        pytest.param({"iat": 0}, None, id="iat-zero"),
        pytest.param({"iat": -1}, TokenFault.CLAIMS, id="iat-negative"),
    ],
)
def test_times_are_compared_to_the_second(
    claims: dict[str, Any], expected: TokenFault | None
) -> None:
    outcome = outcome_of(mint(**claims))

    assert (outcome.fault if isinstance(outcome, Refused) else None) == expected


def test_an_audience_may_stand_among_others() -> None:
    token = outcome_of(mint(aud=["https://other.example", AUDIENCE]))

    assert isinstance(token, AccessToken)
    assert token.audience == ("https://other.example", AUDIENCE)


class SlowKeys(FixedKeys):
    """A KeySource with nothing at hand."""

    def cached(self, kid: Kid, alg: str) -> VerificationKey | None:
        return None


def test_a_token_whose_keys_are_away_is_uncheckable_and_never_refused() -> None:
    assert outcome_of(mint(), keys=NoKeys()) == Uncheckable(7)


def test_a_token_refused_by_its_header_is_refused_while_the_keys_are_away() -> None:
    text = sign(header_of(typ="JWT"), CLAIMS, alg="EdDSA")

    assert outcome_of(text, keys=NoKeys()) == Refused(TokenFault.TYPE)


def test_keys_that_must_be_waited_for_verify_alike() -> None:
    assert isinstance(outcome_of(mint(), keys=SlowKeys()), AccessToken)
    assert outcome_of(mint(which="theirs"), keys=SlowKeys()) == Refused(TokenFault.SIGNATURE)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a.b.c", id="shape"),
        pytest.param(sign(header_of(), CLAIMS, alg="EdDSA") + "=", id="padding"),
        pytest.param(sign(header_of(alg="none"), CLAIMS, alg="EdDSA"), id="alg"),
        pytest.param(sign(header_of(crit=["exp"]), CLAIMS, alg="EdDSA"), id="crit"),
        pytest.param(sign(header_of(kid=None), CLAIMS, alg="EdDSA"), id="kid"),
    ],
)
def test_a_token_of_a_wrong_shape_or_header_reaches_no_key(text: str) -> None:
    keys = FixedKeys()

    assert isinstance(outcome_of(text, keys=keys), Refused)
    assert keys.asked == []


def test_a_forger_learns_nothing_about_the_claims() -> None:
    everything_wrong: dict[str, Any] = {"iss": "x", "aud": [], "exp": 0, "iat": True, "scope": 5}

    assert outcome_of(mint(which="theirs", **everything_wrong)) == Refused(TokenFault.SIGNATURE)
    assert outcome_of(mint(**everything_wrong)) == Refused(TokenFault.ISSUER)


MEMBERS = st.none() | st.booleans() | st.integers(0, 2**63) | st.text(max_size=3) | st.just([""])
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "alg": MEMBERS | st.sampled_from(["RS256", "none", "HS256"]),
        "typ": MEMBERS,
        "kid": MEMBERS | st.sampled_from(ALGORITHMS),
        "crit": MEMBERS,
    },
)
BAD_CLAIMS = st.dictionaries(st.sampled_from([*CLAIMS, "nbf", "cnf", "roles"]), MEMBERS)


@given(header=HEADERS, claims=BAD_CLAIMS, which=st.sampled_from(["ours", "ours", "theirs"]))
@settings(deadline=None)
def test_verify_and_examine_never_differ(
    header: dict[str, Any], claims: dict[str, Any], which: str
) -> None:
    text = sign(header_of(**header), {**CLAIMS, **claims}, alg="EdDSA", which=which)

    outcome = outcome_of(text)
    failed = [check.fault for check in checks_of(text).values() if not check.ok]

    if isinstance(outcome, Refused):
        assert failed[0] == outcome.fault
    else:
        assert failed == []


@given(signature=st.binary(max_size=300), alg=st.sampled_from(ALGORITHMS))
@settings(deadline=None)
def test_no_invented_signature_verifies_or_raises(signature: bytes, alg: str) -> None:
    signing_input = mint(alg).rpartition(".")[0]

    outcome = outcome_of(f"{signing_input}.{base64url(signature)}")

    expected = TokenFault.SIGNATURE if signature else TokenFault.MALFORMED
    assert outcome == Refused(expected)


@pytest.mark.parametrize("kind", ["valid", "expired", "forged"])
def test_no_part_of_a_token_reaches_a_log_or_a_repr(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    text = mint(
        which="theirs" if kind == "forged" else "ours", exp=1 if kind == "expired" else NOW + 1
    )

    with caplog.at_level(logging.DEBUG):
        outcome = outcome_of(text)
        checks = checks_of(text)

    shown = f"{caplog.text}{outcome!r}{checks!r}"
    assert not any(part in shown for part in text.split("."))
