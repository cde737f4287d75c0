"""Tokens from the command line: minted, looked into, and explained as serve would judge them."""

import time
from pathlib import Path

import pytest

from tests.unit.cli.commands import CommandLine
from token_service.keys import Keyring

MINT = ("token", "mint", "--sub", "client:test", "--spec", "seed-songs.yaml")
EXPLAIN = ("explain", "seed-songs.yaml", "GET", "/songs", "--token", "-")


def expired(home: Path) -> str:
    """A token that was good an hour ago, signed by the key of this home."""
    now = int(time.time())
    claims: dict[str, object] = {
        "iss": "http://localhost:8000/o",
        "aud": "http://localhost:8000",
        "sub": "client:test",
        "client_id": "test",
        "jti": "1",
        "scope": "read",
        "iat": now - 7200,
        "exp": now - 3600,
    }
    return Keyring.open(home / "keys", "RS256").sign(claims)


def test_minted_token_stands_alone_on_stdout(scopegate: CommandLine) -> None:
    minted = scopegate(*MINT, "--scope", "read create")

    assert (minted.status, minted.err) == (0, "")
    assert minted.out.count("\n") == 1
    assert minted.out.count(".") == 2


@pytest.mark.parametrize(
    ("scope", "status", "verdict"),
    [
        pytest.param("read", 0, "allowed by alternative 1 (seed-songs.yaml:25)", id="held"),
        pytest.param("create", 1, "denied, 403 insufficient_scope", id="lacking"),
    ],
)
def test_minted_token_is_explained_with_each_check(
    scopegate: CommandLine, scope: str, status: int, verdict: str
) -> None:
    token = scopegate(*MINT, "--scope", scope).out

    outcome = scopegate(*EXPLAIN, stdin=token)

    lines = outcome.out.splitlines()
    assert outcome.status == status
    assert lines[0] == f"GET /songs: {verdict}"
    assert f'  ok    scope      "{scope}"' in lines
    assert not [line for line in lines if "FAIL" in line]
    assert token.strip() not in outcome.out


def test_token_may_come_from_a_file(scopegate: CommandLine) -> None:
    token = scopegate(*MINT, "--scope", "read").out
    (scopegate.folder / "token.jwt").write_text(token, encoding="utf-8")

    outcome = scopegate(*EXPLAIN[:-1], "@token.jwt")
    missing = scopegate(*EXPLAIN[:-1], "@tokn.jwt")

    assert outcome.status == 0
    assert (missing.status, missing.err) == (2, "error: tokn.jwt: No such file or directory\n")


def test_expired_token_is_explained_with_what_it_would_open(scopegate: CommandLine) -> None:
    scopegate(*MINT, "--scope", "read")

    outcome = scopegate(*EXPLAIN, stdin=expired(scopegate.folder / "var"))

    lines = outcome.out.splitlines()
    failed = [line for line in lines if line.startswith("  FAIL")]
    assert outcome.status == 1
    assert lines[0] == (
        "GET /songs: denied, 401 invalid_token (scheme song_auth, seed-songs.yaml:7)"
    )
    assert len(failed) == 1
    assert failed[0].startswith("  FAIL  exp ")
    assert failed[0].endswith("-> get a fresh token")
    assert lines[-1] == '  then  scope      "read" would pass alternative 1 (read)'


def test_token_for_another_issuer_fails_with_the_setting_that_mends_it(
    scopegate: CommandLine,
) -> None:
    token = scopegate(*MINT, "--scope", "read").out

    outcome = scopegate(*EXPLAIN, stdin=token, SCOPEGATE_PORT="8001")

    failed = [line for line in outcome.out.splitlines() if line.startswith("  FAIL")]
    assert outcome.status == 1
    assert [line.split()[1] for line in failed] == ["iss", "aud"]
    assert failed[0].endswith(
        "-> set SCOPEGATE_ISSUER if it is our own, else issuer in [schemes.song_auth]"
    )
    assert failed[1].endswith(
        "-> ask for it with resource=http://localhost:8001, or set SCOPEGATE_AUDIENCE"
    )


def test_token_is_uncheckable_where_there_are_no_keys(
    scopegate: CommandLine, tmp_path: Path
) -> None:
    token = scopegate(*MINT, "--scope", "read").out

    outcome = scopegate(*EXPLAIN, "--home", "elsewhere", stdin=token)

    assert outcome.status == 1
    assert outcome.out.splitlines()[:2] == [
        "GET /songs: not proven, the signature of the token was not checked",
        "  ????  signature  not checked: there are no keys in elsewhere; "
        "pass --home FOLDER or --jwks FILE",
    ]
    assert not (tmp_path / "elsewhere").exists()


def test_inspect_says_by_whom_a_token_is_verified(scopegate: CommandLine) -> None:
    token = scopegate(*MINT, "--scope", "read").out

    inspected = scopegate("token", "inspect", "-", stdin=token)
    as_json = scopegate("token", "inspect", "-", "--format", "json", stdin=token)

    assert inspected.status == 0
    assert inspected.out.startswith("VERIFIED by http://localhost:8000/o\n")
    assert "  scope      read\n" in inspected.out
    assert as_json.json()["claims"]["scope"] == "read"


@pytest.mark.parametrize(
    ("environment", "fault"),
    [
        pytest.param({"SCOPEGATE_PORT": "8001"}, "issuer", id="another issuer"),
        pytest.param({"SCOPEGATE_HOME": "other"}, "there are no keys here", id="no keys"),
    ],
)
def test_inspect_says_not_verified_and_why(
    scopegate: CommandLine, environment: dict[str, str], fault: str
) -> None:
    token = scopegate(*MINT, "--scope", "read").out

    inspected = scopegate("token", "inspect", "-", stdin=token, **environment)

    assert inspected.out.startswith(f"NOT VERIFIED: {fault}\n")


def test_inspect_of_an_expired_token_says_not_verified(scopegate: CommandLine) -> None:
    scopegate(*MINT, "--scope", "read")

    inspected = scopegate("token", "inspect", "-", stdin=expired(scopegate.folder / "var"))

    assert inspected.out.startswith("NOT VERIFIED: expired\n")


@pytest.mark.parametrize(
    ("arguments", "stdin", "complaint"),
    [
        pytest.param(("-",), "junk\n", "this is not a JWT in compact", id="junk"),
        pytest.param(("-",), "", "this is not a JWT in compact", id="nothing"),
        pytest.param(("a.b.c",), "", "a token is not given on the command line", id="argument"),
    ],
)
def test_inspect_of_what_is_no_token_exits_2(
    scopegate: CommandLine, arguments: tuple[str, ...], stdin: str, complaint: str
) -> None:
    outcome = scopegate("token", "inspect", *arguments, stdin=stdin)

    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error: {complaint}")


def test_mint_warns_of_a_scope_that_the_document_does_not_declare(scopegate: CommandLine) -> None:
    minted = scopegate(*MINT, "--scope", "raed")

    assert minted.status == 0
    assert minted.err == "note: the document declares no scope `raed`; did you mean `read`?\n"


def test_mint_finds_a_user_by_name(scopegate: CommandLine) -> None:
    user = scopegate(
        "user", "create", "carol", "--password-stdin", "--format", "json", stdin="long-enough-7\n"
    ).json()

    token = scopegate(
        "token", "mint", "--sub", "carol", "--scope", "read", "--spec", "seed-songs.yaml"
    ).out

    claims = scopegate("token", "inspect", "-", "--format", "json", stdin=token).json()["claims"]
    assert claims["sub"] == user["subject"]


def test_mint_for_an_issuer_that_others_reach_needs_force(scopegate: CommandLine) -> None:
    public = {"SCOPEGATE_PUBLIC_URL": "https://api.example.com"}

    refused = scopegate(*MINT, "--scope", "read", **public)
    forced = scopegate(*MINT, "--scope", "read", "--force", **public)

    assert (refused.status, refused.out) == (2, "")
    assert "--force" in refused.err
    assert forced.status == 0


@pytest.mark.parametrize("scope", ['a"b', "a\\b", "a\tb\x7f"])
def test_mint_of_what_cannot_be_a_scope_exits_2(scopegate: CommandLine, scope: str) -> None:
    outcome = scopegate(*MINT, "--scope", scope)

    assert (outcome.status, outcome.out) == (2, "")
