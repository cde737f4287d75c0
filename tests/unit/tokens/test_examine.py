import pytest

from gateway.model import TokenFault
from gateway.tokens.check import Check
from gateway.tokens.keys import KeySet
from gateway.tokens.ports import KeySource
from tests.unit.tokens.minting import (
    AUDIENCE,
    CLAIMS,
    ISSUER,
    NOW,
    FixedKeys,
    NoKeys,
    checks_of,
    header_of,
    mint,
    sign,
    without,
)


def test_every_check_of_a_valid_token_holds_and_says_what_it_saw() -> None:
    checks = checks_of(mint("RS256"))

    assert all(check.ok for check in checks.values())
    assert {name: check.text for name, check in checks.items()} == {
        "crit": "absent",
        "alg": '"RS256"',
        "typ": '"at+jwt"',
        "kid": '"RS256"',
        "signature": '"RS256", key "RS256"',
        "iss": f'"{ISSUER}"',
        "aud": f'"{AUDIENCE}"',
        "exp": f"{NOW + 600} (in 10 min)",
        "nbf": "absent",
        "iat": f"{NOW - 60} (1 min ago)",
        "cnf": "absent",
        "kind": "an access token",
        "sub": '"user:0b0e"',
        "client_id": '"client-1"',
        "jti": '"token-1"',
        "scope": '"read write"',
    }


def test_every_failed_check_is_told_not_the_first_alone() -> None:
    claims = without({**CLAIMS, "aud": "account", "exp": NOW - 7200}, "jti")

    checks = checks_of(sign(header_of(typ="JWT"), claims, alg="EdDSA"))

    assert {name: check.text for name, check in checks.items() if not check.ok} == {
        "typ": 'is "JWT", wanted "at+jwt" or "application/at+jwt"',
        "aud": f'is "account", wanted "{AUDIENCE}"',
        "exp": f"is {NOW - 7200} (2 h ago), wanted a time to come, in whole seconds",
        "jti": "is absent, wanted a string, not empty, without control characters",
    }
    assert checks["signature"].ok


@pytest.mark.parametrize(
    ("text", "keys", "fault", "says"),
    [
        pytest.param(mint(), FixedKeys(KeySet({})), TokenFault.UNKNOWN_KEY, "publishes", id="kid"),
        pytest.param(mint(which="theirs"), None, TokenFault.SIGNATURE, "not made by", id="forged"),
        pytest.param(mint(), NoKeys(), None, "no keys", id="away"),
        pytest.param(
            sign(header_of(alg="none"), CLAIMS, alg="EdDSA"),
            None,
            TokenFault.ALGORITHM,
            "with this header",
            id="alg-none",
        ),
        pytest.param(
            sign(header_of(kid=["a"]), CLAIMS, alg="EdDSA"),
            None,
            TokenFault.UNKNOWN_KEY,
            "publishes",
            id="kid-list",
        ),
    ],
)
def test_the_signature_check_tells_why_it_failed(
    text: str, keys: KeySource | None, fault: TokenFault | None, says: str
) -> None:
    signature = checks_of(text, keys=keys)["signature"]

    assert not signature.ok
    assert signature.fault == fault
    assert signature.retry_after == (None if fault else 7)
    assert says in signature.text


def test_a_text_that_is_no_token_has_one_check() -> None:
    assert checks_of("nonsense") == {
        "shape": Check("shape", "is not a JWT in compact serialization", fault=TokenFault.MALFORMED)
    }


def test_what_a_check_shows_is_short_and_ascii() -> None:
    checks = checks_of(mint(iss="\u001b[31m" + "x" * 500, sub="\u202eevil"))

    for check in checks.values():
        assert check.text.isascii()
        assert check.text.isprintable()
        assert len(check.text) < 200


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s ago"),
        (-1, "1 s ago"),
        (59, "in 59 s"),
        (60, "in 1 min"),
        (3600, "in 1 h"),
        (-86400 * 3, "3 d ago"),
    ],
)
def test_times_are_shown_with_their_distance(seconds: int, shown: str) -> None:
    assert checks_of(mint(nbf=NOW + seconds))["nbf"].text.startswith(
        (f"{NOW + seconds} ({shown})", f"is {NOW + seconds} ({shown})")
    )
