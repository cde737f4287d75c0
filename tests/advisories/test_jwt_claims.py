"""JWTs truly signed by the issuer whose claims are wrong, or are less than they look.

Sources: RFC 8725, RFC 9068 s4 and s5, and the advisories of JWT libraries since 2015.
"""

from typing import Any

import pytest

from gateway.model import AccessToken, Refused, TokenFault
from gateway.tokens.claims import LEEWAY_SECONDS
from tests.unit.tokens.minting import (
    CLAIMS,
    ISSUER,
    NOW,
    TRUST,
    header_of,
    mint,
    outcome_of,
    sign,
    without,
)

WRONG_TIMES: list[Any] = [
    "1900000600",
    None,
    True,
    False,
    [NOW],
    {},
    1_900_000_600.5,
    -1,
    10**18,
    "",
]
WRONG_TEXTS: list[Any] = ["", None, 0, True, ["user:1"], {}, "a\nb", "a\x00", "a\x7f", "\x85"]
NOT_A_SCOPE: list[Any] = [None, 5, True, {}, [], ["read"], [["read"]], 1.5]
NO_PART_OF_AUDIENCE = [
    None, 0, True, "", [], {}, [[TRUST.audience]], {"aud": TRUST.audience}, [TRUST.audience, 1],
    [None], TRUST.audience + "/", TRUST.audience[:-1], TRUST.audience.upper(), [ISSUER],
    f"{ISSUER} {TRUST.audience}", "*", TRUST.audience + "\x00",
]  # fmt: skip
NOT_THE_ISSUER = [
    None, 0, True, "", [], [ISSUER], {ISSUER: 1}, ISSUER + "/", ISSUER[:-1], ISSUER.upper(),
    ISSUER.replace("https", "http"), ISSUER + ".evil.example", " " + ISSUER, ISSUER + "\x00",
    ISSUER.replace("o", "\u043e"), "*", "x" + ISSUER, ISSUER + "/x", ISSUER + "?", ISSUER + "#",
    [ISSUER, ISSUER],
]  # fmt: skip

CLAIM_FORMS: list[tuple[str, Any, TokenFault]] = [
    *(("exp", value, TokenFault.CLAIMS) for value in WRONG_TIMES),
    *(("iat", value, TokenFault.CLAIMS) for value in WRONG_TIMES),
    *(("nbf", value, TokenFault.CLAIMS) for value in WRONG_TIMES),
    ("exp", 0, TokenFault.EXPIRED),
    ("exp", NOW - 3600, TokenFault.EXPIRED),
    ("exp", NOW - 30, TokenFault.EXPIRED),
    ("nbf", NOW + 3600, TokenFault.NOT_YET_VALID),
    ("iat", NOW + 3600, TokenFault.ISSUED_IN_FUTURE),
    *(("aud", value, TokenFault.AUDIENCE) for value in NO_PART_OF_AUDIENCE),
    *(("iss", value, TokenFault.ISSUER) for value in NOT_THE_ISSUER),
    *(
        (name, value, TokenFault.CLAIMS)
        for name in ("sub", "client_id", "jti")
        for value in WRONG_TEXTS
    ),
    ("cnf", {"jkt": "AAAA"}, TokenFault.CLAIMS),
    ("cnf", None, TokenFault.CLAIMS),
    *(("scope", value, TokenFault.SCOPE) for value in NOT_A_SCOPE),
]


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    CLAIM_FORMS,
    ids=[f"{name}-{value!r}"[:60] for name, value, _ in CLAIM_FORMS],
)
def test_a_claim_of_any_wrong_form_is_refused(name: str, value: Any, fault: TokenFault) -> None:
    assert outcome_of(mint(**{name: value})) == Refused(fault)


REQUIRED = {
    "iss": TokenFault.ISSUER,
    "aud": TokenFault.AUDIENCE,
    "exp": TokenFault.CLAIMS,
    "iat": TokenFault.CLAIMS,
    "sub": TokenFault.CLAIMS,
    "client_id": TokenFault.CLAIMS,
    "jti": TokenFault.CLAIMS,
}


@pytest.mark.parametrize(("name", "fault"), REQUIRED.items())
def test_a_claim_that_rfc_9068_requires_cannot_be_left_out(name: str, fault: TokenFault) -> None:
    assert outcome_of(sign(header_of(), without(CLAIMS, name), alg="EdDSA")) == Refused(fault)


def id_token() -> str:
    header = {"alg": "EdDSA", "typ": "JWT", "kid": "EdDSA"}
    claims = without({**CLAIMS, "aud": "client-1", "nonce": "n"}, "client_id", "jti", "scope")
    return sign(header, claims, alg="EdDSA")


def test_an_id_token_is_no_access_token() -> None:
    assert outcome_of(id_token()) == Refused(TokenFault.TYPE)


@pytest.mark.parametrize(
    ("name", "last_good", "first_bad", "fault"),
    [
        ("exp", NOW - LEEWAY_SECONDS + 1, NOW - LEEWAY_SECONDS, TokenFault.EXPIRED),
        ("nbf", NOW + LEEWAY_SECONDS, NOW + LEEWAY_SECONDS + 1, TokenFault.NOT_YET_VALID),
        ("iat", NOW + LEEWAY_SECONDS, NOW + LEEWAY_SECONDS + 1, TokenFault.ISSUED_IN_FUTURE),
    ],
    ids=["exp", "nbf", "iat"],
)
def test_clocks_may_differ_by_seconds_and_by_no_more(
    name: str, last_good: int, first_bad: int, fault: TokenFault
) -> None:
    within: dict[str, Any] = {name: last_good}
    beyond: dict[str, Any] = {name: first_bad}

    assert isinstance(outcome_of(mint(**within)), AccessToken)
    assert outcome_of(mint(**beyond)) == Refused(fault)
    assert LEEWAY_SECONDS <= 30


SCOPES: dict[str, tuple[str, set[str]]] = {
    "exact": ("read", {"read"}),
    "two": ("read write", {"read", "write"}),
    "order-and-doubles": ("write read write", {"read", "write"}),
    "spaces-around": ("  read   write ", {"read", "write"}),
    "empty": ("", set()),
    "blank": ("   ", set()),
    "longer": ("reader", {"reader"}),
    "shorter": ("rea", {"rea"}),
    "upper": ("READ", {"READ"}),
    "sub-scope": ("read:all", {"read:all"}),
    "star": ("*", {"*"}),
    "comma": ("read,write", {"read,write"}),
    "tab": ("a\tread", {"a\tread"}),
    "newline": ("a\nread", {"a\nread"}),
    "carriage-return": ("a\rread", {"a\rread"}),
    "no-break-space": ("a\u00a0read", {"a\u00a0read"}),
    "em-space": ("a\u2003read", {"a\u2003read"}),
    "next-line": ("a\u0085read", {"a\u0085read"}),
    "file-separator": ("a\u001cread", {"a\u001cread"}),
    "zero-width": ("re\u200bad", {"re\u200bad"}),
    "zero-width-around": ("\u200bread\ufeff", {"\u200bread\ufeff"}),
    "nfkc": ("\uff52\uff45\uff41\uff44", {"\uff52\uff45\uff41\uff44"}),
    "cyrillic": ("re\u0430d", {"re\u0430d"}),
    "nul": ("read\u0000", {"read\u0000"}),
    "sub-scope-of": ("read.all read/all", {"read.all", "read/all"}),
    "negated": ("-read !read", {"-read", "!read"}),
    "plus": ("write+read", {"write+read"}),
    "escaped": ("%72ead", {"%72ead"}),
    "quotes": ('"read"', {'"read"'}),
}


@pytest.mark.parametrize(
    ("scope", "expected"), [pytest.param(*case, id=name) for name, case in SCOPES.items()]
)
def test_a_scope_is_what_stands_between_spaces_and_nothing_else(
    scope: str, expected: set[str]
) -> None:
    token = outcome_of(mint(scope=scope))

    assert isinstance(token, AccessToken)
    assert token.scopes == expected


@pytest.mark.parametrize("name", ["scopes", "scp", "Scope", "permissions", "roles", "authorities"])
@pytest.mark.parametrize("value", ["admin", ["admin"]])
def test_no_other_claim_grants_a_scope(name: str, value: Any) -> None:
    with_scope = outcome_of(mint(**{name: value}))
    without_scope = outcome_of(
        sign(header_of(), without({**CLAIMS, name: value}, "scope"), alg="EdDSA")
    )

    assert isinstance(with_scope, AccessToken)
    assert with_scope.scopes == {"read", "write"}
    assert isinstance(without_scope, AccessToken)
    assert without_scope.scopes == frozenset()
