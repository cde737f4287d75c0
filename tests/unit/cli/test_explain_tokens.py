"""`explain --token`: each check of a token, and for each that fails what would mend it."""

import json
import time
from collections.abc import Mapping
from typing import Any

import pytest

from tests.unit.cli.commands import CommandLine, Outcome
from tests.unit.tokens.minting import public_jwk, segment, sign

REALM = "https://kc.example/realms/shop"
EXPLAIN = ("explain", "seed-songs.yaml", "GET", "/songs", "--token", "@a.jwt")
DENIED = "GET /songs: denied, 401 invalid_token (scheme song_auth, seed-songs.yaml:7)"
THEN = '  then  scope      "read profile" would pass alternative 1 (read)'
ID_TOKEN = "this is an ID token: send the access token that came with it"
KEYCLOAK: Mapping[str, Any] = {
    "iss": REALM,
    "aud": "songs",
    "sub": "9b2f",
    "azp": "shop",
    "typ": "Bearer",
    "jti": "1",
    "scope": "read profile",
}
HEADER = {"alg": "ES256", "kid": "9f3c", "typ": "JWT"}
TABLE = f"""
[schemes.song_auth]
issuer = "{REALM}"
jwks_uri = "{REALM}/protocol/openid-connect/certs"
audience = "songs"
profile = "{{profile}}"
"""


def _settings(scopegate: CommandLine, *, profile: str = "keycloak") -> None:
    table = TABLE.format(profile=profile)
    (scopegate.folder / "scopegate.toml").write_text(table, encoding="utf-8")
    jwks = {"keys": [public_jwk("ES256", kid="9f3c")]}
    (scopegate.folder / "keys.json").write_text(json.dumps(jwks), encoding="utf-8")


def _token(header: Mapping[str, Any] | None = None, claims: Mapping[str, Any] | None = None) -> str:
    now = int(time.time())
    times = {"iat": now - 60, "exp": now + 270}
    changed = {**KEYCLOAK, **times, **(claims or {})}
    kept = {name: value for name, value in changed.items() if value is not None}
    return sign({**HEADER, **(header or {})}, kept, alg="ES256")


def _explain(scopegate: CommandLine, text: str, *more: str) -> Outcome:
    (scopegate.folder / "a.jwt").write_text(text, encoding="utf-8")
    outcome = scopegate(*EXPLAIN, *more)
    assert text not in outcome.out + outcome.err
    return outcome


def _failed(outcome: Outcome) -> dict[str, str]:
    """Check -> remedy."""
    lines = [line for line in outcome.out.splitlines() if line.startswith("  FAIL")]
    return {line.split()[1]: line.partition("    -> ")[2] for line in lines}


def test_valid_token_of_another_issuer_is_proven_by_its_keys(scopegate: CommandLine) -> None:
    _settings(scopegate)

    outcome = _explain(scopegate, _token(), "--jwks", "keys.json")

    assert outcome.out.splitlines() == [
        "GET /songs: allowed by alternative 1 (seed-songs.yaml:25)",
        f"  ok    signature  ES256, key 9f3c of {REALM}",
        "  ok    typ, iss, aud, exp   expires in 4 min",
        '  ok    scope      "read profile"',
        "  1  song_auth: read   held",
        "fewer scopes that pass: read",
    ]
    assert (outcome.status, outcome.err) == (0, "")


def test_token_in_another_form_is_told_the_profile_and_the_mapper(scopegate: CommandLine) -> None:
    _settings(scopegate, profile="rfc9068")

    outcome = _explain(
        scopegate, _token(claims={"aud": "account", "client_id": "shop"}), "--jwks", "keys.json"
    )

    assert outcome.out.splitlines() == [
        DENIED,
        f"  ok    signature  ES256, key 9f3c of {REALM}",
        "  ok    iss, exp     expires in 4 min",
        '  FAIL  typ        is "JWT", wanted "at+jwt" or "application/at+jwt"'
        '    -> profile = "keycloak" in [schemes.song_auth]',
        '  FAIL  aud        is "account", wanted "songs"                     '
        '    -> add an audience mapper for "songs" to the client in Keycloak',
        THEN,
    ]
    assert outcome.status == 1


@pytest.mark.parametrize(
    ("header", "claims", "failed"),
    [
        ({}, {"exp": 1_000_000_000}, {"exp": "get a fresh token"}),
        (
            {"kid": "gone"},
            {},
            {
                "signature": "of another issuer or home, or of a key that was rotated away: "
                "get a fresh token"
            },
        ),
        (
            {},
            {"iss": REALM + "/"},
            {
                "iss": f'issuer = "{REALM}/" in [schemes.song_auth]: '
                "only the slash at its end differs"
            },
        ),
        (
            {},
            {"aud": "account"},
            {"aud": 'add an audience mapper for "songs" to the client in Keycloak'},
        ),
        (
            {},
            {"nbf": 4_000_000_000},
            {"nbf": "compare the clocks of this machine and of the issuer"},
        ),
        (
            {},
            {"cnf": {"jkt": "x"}},
            {"cnf": "bound to a key (DPoP, mutual TLS): ask the issuer for a bearer token"},
        ),
        (
            {},
            {"typ": "ID", "aud": "shop", "at_hash": "x"},
            {"aud": ID_TOKEN, "kind": ID_TOKEN},
        ),
    ],
    ids=["expired", "key", "slash", "audience", "not yet", "bound", "ID token"],
)
def test_each_failed_check_has_its_remedy(
    scopegate: CommandLine,
    header: dict[str, Any],
    claims: dict[str, Any],
    failed: dict[str, str],
) -> None:
    _settings(scopegate)

    outcome = _explain(scopegate, _token(header, claims), "--jwks", "keys.json")

    assert _failed(outcome) == failed
    assert (outcome.status, outcome.out.splitlines()[0]) == (1, DENIED)


@pytest.mark.parametrize(
    ("alg", "remedy"),
    [
        ("ES384", 'algorithms = ["ES384"] in [schemes.song_auth]'),
        ("none", "have the issuer sign with RS256, ES256 or EdDSA: nothing else proves who signed"),
        (
            "HS256",
            "have the issuer sign with RS256, ES256 or EdDSA: nothing else proves who signed",
        ),
    ],
)
def test_an_algorithm_is_offered_only_if_it_proves_who_signed(
    scopegate: CommandLine, alg: str, remedy: str
) -> None:
    _settings(scopegate)

    outcome = _explain(scopegate, _token({"alg": alg}), "--jwks", "keys.json")

    assert _failed(outcome)["alg"] == remedy


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("2YotnFZFEjr1zCsicMWpAA", "an opaque token is asked about: introspection_url in "),
        (".".join([segment(b"{}")] * 5), "an encrypted token (JWE): have the issuer send signed"),
        ("Bearer abc.def.ghi", "leave out `Bearer`: the token alone"),
        ('{"access_token": "x"}', "this is no token: the file holds other text"),
        ("abc.def.ghi", "cut off or altered: copy the token once more, whole"),
        ("", "nothing was read: is the file empty?"),
    ],
    ids=["opaque", "encrypted", "with Bearer", "an answer", "altered", "empty"],
)
def test_what_is_no_signed_token_is_told_what_it_is(
    scopegate: CommandLine, text: str, remedy: str
) -> None:
    (scopegate.folder / "a.jwt").write_text(text, encoding="utf-8")

    outcome = scopegate(*EXPLAIN)

    assert outcome.status == 1
    assert _failed(outcome)["shape"].startswith(remedy)


def test_keys_of_another_issuer_are_not_fetched_and_nothing_is_proven(
    scopegate: CommandLine,
) -> None:
    scopegate("token", "mint", "--sub", "client:x", "--scope", "read", "--spec", "seed-songs.yaml")
    _settings(scopegate)

    outcome = _explain(scopegate, _token())

    assert outcome.out.splitlines() == [
        "GET /songs: not proven, the signature of the token was not checked",
        f"  ????  signature  not checked: the keys of {REALM} are not read by this command; "
        "pass --jwks FILE",
        "  ok    typ, iss, aud, exp   expires in 4 min",
        THEN,
    ]
    assert (outcome.status, outcome.err) == (1, "")


def test_a_signature_that_nobody_checked_does_not_hide_what_is_wrong(
    scopegate: CommandLine,
) -> None:
    _settings(scopegate)

    outcome = _explain(scopegate, _token(claims={"aud": "account"}))

    assert outcome.out.splitlines()[0] == DENIED
    assert list(_failed(outcome)) == ["aud"]


def test_forged_token_is_refused_by_the_keys_of_the_file(scopegate: CommandLine) -> None:
    _settings(scopegate)
    now = int(time.time())
    claims = {**KEYCLOAK, "iat": now, "exp": now + 60}

    outcome = _explain(
        scopegate, sign(HEADER, claims, alg="ES256", which="theirs"), "--jwks", "keys.json"
    )

    assert _failed(outcome) == {
        "signature": "altered, or made by another key of this name: get a fresh token"
    }
    assert outcome.status == 1


def test_checks_are_told_to_machines_with_their_remedies(scopegate: CommandLine) -> None:
    _settings(scopegate)

    outcome = _explain(
        scopegate, _token(claims={"aud": "account"}), "--jwks", "keys.json", "--format", "json"
    )

    checks = {check["name"]: check for check in outcome.json()["checks"]["song_auth"]}
    assert checks["signature"]["ok"] is True
    assert checks["aud"] == {
        "name": "aud",
        "ok": False,
        "text": 'is "account", wanted "songs"',
        "remedy": 'add an audience mapper for "songs" to the client in Keycloak',
    }


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "keys.json: No such file or directory"),
        ("junk", "keys.json: not JSON; pass the JWKS that the issuer publishes"),
        ("{}", "keys.json: no JWKS; it needs a list `keys` (RFC 7517 s5)"),
    ],
    ids=["missing", "no JSON", "no JWKS"],
)
def test_a_file_that_holds_no_keys_is_refused(
    scopegate: CommandLine, content: str | None, complaint: str
) -> None:
    (scopegate.folder / "a.jwt").write_text(_token(), encoding="utf-8")
    if content is not None:
        (scopegate.folder / "keys.json").write_text(content, encoding="utf-8")

    outcome = scopegate(*EXPLAIN, "--jwks", "keys.json")

    assert (outcome.status, outcome.out, outcome.err) == (2, "", f"error: {complaint}\n")


def test_keys_without_a_token_are_refused(scopegate: CommandLine) -> None:
    outcome = scopegate("explain", "seed-songs.yaml", "GET", "/songs", "--jwks", "keys.json")

    assert outcome.status == 2
    assert "--jwks is for the token of --token" in outcome.err
