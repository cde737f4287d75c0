"""Tokens taken back from the command line, and what has expired removed."""

import json
import time
from pathlib import Path

import pytest

from gateway.app.tokens import open_database
from tests.unit.app.homes import settings_in
from tests.unit.cli.commands import CommandLine, Outcome
from token_service.entities import Revocation, RevocationKind
from token_service.store.engine import open_engine
from token_service.store.revocations import revocations_after

MINT = ("token", "mint", "--spec", "seed-songs.yaml", "--scope", "read")
ES256 = {"SCOPEGATE_SIGNING_ALG": "ES256"}


def run(scopegate: CommandLine, *arguments: str, stdin: str = "") -> Outcome:
    return scopegate(*arguments, stdin=stdin, **ES256)


def revoked(folder: Path) -> tuple[Revocation, ...]:
    engine = open_engine(f"sqlite:///{folder / 'var' / 'scopegate.db'}")
    try:
        return revocations_after(engine, 0, now=0, most=100)
    finally:
        engine.dispose()


def audit(folder: Path) -> list[dict[str, object]]:
    lines = (folder / "var" / "audit.log").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    return [line for line in told if line["event"] == "token.revoked"]


def jti_of(scopegate: CommandLine, token: str) -> str:
    shown = run(scopegate, "token", "inspect", "-", "--format", "json", stdin=token).json()
    return str(shown["claims"]["jti"])


def test_a_token_on_standard_input_is_revoked_and_audited(scopegate: CommandLine) -> None:
    token = run(scopegate, *MINT, "--sub", "client:x").out
    jti = jti_of(scopegate, token)

    outcome = run(scopegate, "token", "revoke", "-", stdin=token)

    assert (outcome.status, outcome.out) == (0, f"revoked access token {jti}\n")
    (row,) = revoked(scopegate.folder)
    (line,) = audit(scopegate.folder)
    assert (row.kind, row.value) == (RevocationKind.JTI, jti)
    assert (line["jti"], line["subject"]) == (jti, "client:x")
    assert token.strip() not in str(line)


def test_a_token_is_revoked_whatever_the_port_was(scopegate: CommandLine) -> None:
    minted = scopegate(*MINT, "--sub", "client:x", SCOPEGATE_PORT="18123", **ES256)

    assert run(scopegate, "token", "revoke", "-", stdin=minted.out).status == 0
    assert len(revoked(scopegate.folder)) == 1


def test_a_jti_is_revoked_for_as_long_as_any_token_lives(scopegate: CommandLine) -> None:
    outcome = run(scopegate, "token", "revoke", "--jti", "abc", "--format", "json")

    (row,) = revoked(scopegate.folder)
    assert outcome.json() == {"schema": 1, "jti": "abc", "grant_id": None, "grants": 0}
    assert row.value == "abc"
    assert row.expires_at > time.time() + 30 * 86_400


def test_the_tokens_of_a_client_are_revoked(scopegate: CommandLine) -> None:
    run(
        scopegate,
        *("client", "create", "--name", "C", "--client-id", "c", "--grant", "client_credentials"),
        *("--scope", "*"),
    )

    outcome = run(scopegate, "token", "revoke", "--client", "c")

    assert (outcome.status, outcome.out) == (0, "revoked all tokens of client c, 0 grants\n")
    assert [(row.kind, row.value) for row in revoked(scopegate.folder)] == [
        (RevocationKind.CLIENT, "c")
    ]
    assert [line["client_id"] for line in audit(scopegate.folder)] == ["c"]


@pytest.mark.parametrize("by_subject", [False, True])
def test_the_tokens_of_a_user_are_revoked(scopegate: CommandLine, by_subject: bool) -> None:
    created = run(
        scopegate,
        *("user", "create", "carol", "--password-stdin", "--format", "json"),
        stdin="long-enough-7\n",
    ).json()
    name = created["subject"] if by_subject else "carol"

    outcome = run(scopegate, "token", "revoke", "--user", name)

    assert (outcome.status, outcome.out) == (0, f"revoked all tokens of {name}, 0 grants\n")
    assert [(row.kind, row.value) for row in revoked(scopegate.folder)] == [
        (RevocationKind.SUBJECT, created["subject"])
    ]


def test_the_tokens_of_a_subject_that_only_tokens_name_are_revoked(scopegate: CommandLine) -> None:
    assert run(scopegate, "token", "revoke", "--user", "client:minted").status == 0

    assert [row.value for row in revoked(scopegate.folder)] == ["client:minted"]


@pytest.mark.parametrize(
    ("arguments", "stdin", "complaint"),
    [
        pytest.param((), "", "say which tokens", id="nothing"),
        pytest.param(("-", "--jti", "a"), "", "say which tokens", id="two things"),
        pytest.param(("a.b.c",), "", "a token is not given on the command line", id="argument"),
        pytest.param(("-",), "junk\n", "this is no token", id="junk"),
        pytest.param(("-",), "", "this is no token", id="empty input"),
        pytest.param(("--jti", ""), "", "a `jti` is printable", id="empty jti"),
        pytest.param(("--jti", "x" * 256), "", "a `jti` is printable", id="long jti"),
        pytest.param(("--user", "user:\x07"), "", "a `sub` is printable", id="control"),
        pytest.param(("--client", "nobody"), "", "there is no client `nobody`", id="no client"),
        pytest.param(("--user", "nobody"), "", "there is no user `nobody`", id="no user"),
    ],
)
def test_what_names_no_tokens_exits_2_and_revokes_nothing(
    scopegate: CommandLine, arguments: tuple[str, ...], stdin: str, complaint: str
) -> None:
    open_database(settings_in(scopegate.folder / "var")).dispose()

    outcome = run(scopegate, "token", "revoke", *arguments, stdin=stdin)

    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error: {complaint}")
    assert revoked(scopegate.folder) == ()


def test_purge_tells_what_it_removed(scopegate: CommandLine) -> None:
    lines = run(scopegate, "token", "purge").out.splitlines()
    told = run(scopegate, "token", "purge", "--format", "json").json()

    assert [line.rsplit(maxsplit=1) for line in lines] == [
        [name, "0"] for name in ("codes", "refresh tokens", "grants", "sessions", "revocations")
    ]
    assert told == {
        "schema": 1,
        "codes": 0,
        "refresh_tokens": 0,
        "grants": 0,
        "sessions": 0,
        "revocations": 0,
    }


@pytest.mark.parametrize(("ttl", "status"), [("2678400", 0), ("2678401", 2)])
def test_a_token_lives_no_longer_than_a_revocation_is_kept(
    scopegate: CommandLine, ttl: str, status: int
) -> None:
    outcome = run(scopegate, *MINT, "--sub", "client:x", "--ttl", ttl)

    assert outcome.status == status
    assert status == 0 or "an access token lives for 2678400 seconds (31 days)" in outcome.err
