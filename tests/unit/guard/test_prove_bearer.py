"""One token, several schemes: it is verified once, and speaks for whom it is addressed to."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from gateway.model import (
    AccessToken,
    Principal,
    PrincipalKind,
    Proven,
    Refused,
    TokenFault,
    Uncheckable,
)
from gateway.spec.model import SchemeName, Scope
from gateway.tokens.binding import TokenTrust
from gateway.tokens.ports import KeySource
from gateway.tokens.prove import BearerBinding, prove_bearer
from tests.unit.guard.build import proofs_of
from tests.unit.tokens.minting import (
    AUDIENCE,
    ISSUER,
    NOW,
    TRUST,
    FixedKeys,
    NoKeys,
    header_of,
    mint,
    sign,
)

ELSEWHERE = "https://elsewhere.example"
OTHER_AUDIENCE = "https://other-api.example"
FOREIGN = TokenTrust(ELSEWHERE, AUDIENCE)
SECOND = replace(TRUST, audience=OTHER_AUDIENCE)


def prove(text: str, /, **trusts: TokenTrust) -> tuple[Mapping[str, str], int]:
    """What a token proves for each scheme, and how often a key was asked for."""
    keys = FixedKeys()
    return proofs_of(proofs(text, keys, **trusts)), len(keys.asked)


def proofs(text: str, keys: KeySource, /, **trusts: TokenTrust) -> Mapping[SchemeName, Any]:
    bound = {SchemeName(name): BearerBinding(trust, keys) for name, trust in trusts.items()}
    return asyncio.run(prove_bearer(text, bound, now=NOW))


def test_one_trust_is_proven_for_all_its_schemes_by_one_verification() -> None:
    assert prove(mint(), a=TRUST, b=TRUST, c=TRUST) == (
        {"a": "proven", "b": "proven", "c": "proven"},
        1,
    )


def test_one_trust_is_refused_for_all_its_schemes_by_one_verification() -> None:
    assert prove(mint(exp=NOW - 60), a=TRUST, b=TRUST) == ({"a": "expired", "b": "expired"}, 1)


@pytest.mark.parametrize(
    ("aud", "proven"),
    [
        pytest.param(AUDIENCE, {"a"}, id="the first"),
        pytest.param(OTHER_AUDIENCE, {"b"}, id="the second"),
        pytest.param([OTHER_AUDIENCE, AUDIENCE], {"a", "b"}, id="both"),
        pytest.param([ELSEWHERE, OTHER_AUDIENCE], {"b"}, id="the second of a list"),
    ],
)
def test_of_two_audiences_a_token_proves_those_it_holds(aud: object, proven: set[str]) -> None:
    found, asked = prove(mint(aud=aud), a=TRUST, b=SECOND)

    assert found == dict.fromkeys(proven, "proven")
    assert asked == 1


@pytest.mark.parametrize("aud", [ELSEWHERE, [], {}, 5, None, [AUDIENCE, 5]])
def test_a_token_for_neither_audience_is_refused_for_both(aud: object) -> None:
    found, asked = prove(mint(aud=aud), a=TRUST, b=SECOND)

    assert found == {"a": "audience", "b": "audience"}
    assert asked == 1


@pytest.mark.parametrize(
    ("issuer", "proven"), [pytest.param(ISSUER, "a", id="ours"), (ELSEWHERE, "b")]
)
def test_of_two_issuers_a_token_proves_the_schemes_of_its_own(issuer: str, proven: str) -> None:
    found, asked = prove(mint(iss=issuer), a=TRUST, b=FOREIGN)

    assert found == {proven: "proven"}
    assert asked == 1


@pytest.mark.parametrize("iss", ["https://nobody.example", f"{ISSUER}/", [ISSUER], {}, None, 5])
def test_a_token_of_an_issuer_that_nobody_trusts_is_refused_for_all(iss: object) -> None:
    found, asked = prove(mint(iss=iss), a=TRUST, b=FOREIGN)

    assert found == {"a": "issuer", "b": "issuer"}
    assert asked == 1


@pytest.mark.parametrize("text", ["junk", "a.b.c", "", "...", "\xe9"])
def test_what_is_no_token_is_refused_for_all_without_asking_for_a_key(text: str) -> None:
    assert prove(text, a=TRUST, b=FOREIGN) == ({"a": "malformed", "b": "malformed"}, 0)


def test_a_token_that_only_names_an_issuer_is_refused_for_all() -> None:
    forged = mint(which="theirs", iss=ELSEWHERE)

    assert prove(forged, a=TRUST, b=FOREIGN) == ({"a": "signature", "b": "signature"}, 1)


def test_who_cannot_sign_does_not_learn_which_issuers_are_trusted() -> None:
    known, unknown = mint(which="theirs"), mint(which="theirs", iss="https://nobody.example")

    assert prove(known, a=TRUST, b=FOREIGN)[0] == prove(unknown, a=TRUST, b=FOREIGN)[0]


def test_keys_that_are_away_leave_open_what_the_token_proves_for_its_own_schemes() -> None:
    found = proofs(mint(), NoKeys(), a=TRUST, b=FOREIGN, c=SECOND)

    assert proofs_of(found) == {"a": "wait 7"}


def test_a_bad_header_is_refused_though_keys_are_away() -> None:
    text = sign(header_of(typ="JWT"), {"iss": ISSUER}, alg="EdDSA")

    assert proofs_of(proofs(text, NoKeys(), a=TRUST)) == {"a": "type"}


def test_each_issuer_is_asked_for_its_own_keys_alone() -> None:
    ours, theirs = FixedKeys(), FixedKeys()
    bound = {
        SchemeName("a"): BearerBinding(TRUST, ours),
        SchemeName("b"): BearerBinding(FOREIGN, theirs),
    }

    asyncio.run(prove_bearer(mint(iss=ELSEWHERE), bound, now=NOW))

    assert (len(ours.asked), len(theirs.asked)) == (0, 1)


@pytest.mark.parametrize("is_local", [True, False])
def test_a_subject_is_a_local_user_only_where_the_trust_says_so(is_local: bool) -> None:
    found = proofs(mint(roles=["staff"]), FixedKeys(), a=replace(TRUST, users_are_local=is_local))

    proof = found[SchemeName("a")]
    assert isinstance(proof, Proven)
    assert proof.is_local is is_local
    assert proof.principal.subject == "user:0b0e"
    assert (set(proof.scopes), set(proof.roles)) == ({"read", "write"}, {"staff"})
    assert proof.client_id == "client-1"
    assert proof.by_cookie is False


class Told:
    """An issuer that is asked, and answers one thing."""

    def __init__(self, outcome: AccessToken | Refused | Uncheckable) -> None:
        self.outcome = outcome
        self.asked: list[str] = []

    async def introspect(self, text: str) -> AccessToken | Refused | Uncheckable:
        self.asked.append(text)
        return self.outcome


ASKED = TokenTrust(ELSEWHERE, AUDIENCE, profile="rfc7662")
OPAQUE = AccessToken(
    principal=Principal(ELSEWHERE, "u1", PrincipalKind.USER),
    client_id="",
    scopes=frozenset({Scope("read")}),
    roles=frozenset(),
    audience=(AUDIENCE,),
    jti="",
    issued_at=NOW,
    expires_at=NOW + 60,
)


def prove_beside_keys(
    text: str, told: Told, keys: FixedKeys | None = None
) -> Mapping[SchemeName, Any]:
    """With a scheme that verifies by keys, and one that asks its issuer."""
    bound = {
        SchemeName("keys"): BearerBinding(TRUST, keys or FixedKeys()),
        SchemeName("asks"): BearerBinding(ASKED, NoKeys(), introspector=told),
    }
    return asyncio.run(prove_bearer(text, bound, now=NOW))


def test_a_text_that_is_no_jwt_is_asked_about_and_no_key_is() -> None:
    told, keys = Told(OPAQUE), FixedKeys()

    found = prove_beside_keys("opaque", told, keys)

    assert set(found) == {"asks"}
    assert found[SchemeName("asks")].scopes == {"read"}
    assert found[SchemeName("asks")].client_id is None
    assert (told.asked, keys.asked) == (["opaque"], [])


def test_a_jwt_goes_to_the_scheme_of_its_issuer_and_to_no_other_issuer() -> None:
    told, text = Told(OPAQUE), mint()

    found = prove_beside_keys(text, told)

    assert set(found) == {"keys"}
    assert told.asked == []


def test_a_jwt_of_an_issuer_that_is_asked_is_asked_about() -> None:
    told, text = Told(OPAQUE), mint(iss=ELSEWHERE)

    assert set(prove_beside_keys(text, told)) == {"asks"}
    assert told.asked == [text]


@pytest.mark.parametrize(
    ("outcome", "schemes"),
    [
        pytest.param(Refused(TokenFault.REVOKED), {"asks", "keys"}, id="refused for all"),
        pytest.param(Uncheckable(5), {"asks"}, id="uncheckable where it was asked"),
    ],
)
def test_what_the_issuer_does_not_grant_is_not_proven(
    outcome: Refused | Uncheckable, schemes: set[str]
) -> None:
    found = prove_beside_keys("opaque", Told(outcome))

    assert {str(name) for name in found} == schemes
    assert set(found.values()) == {outcome}
