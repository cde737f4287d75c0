"""API keys from the command line: shown once, for a scheme that takes them, listed, ended."""

import json
import re

import pytest

from tests.unit.cli.commands import CommandLine, Outcome

KEY = re.compile(r"sgk_[\w-]{43}")
DOCUMENT = """\
openapi: 3.0.3
info: {title: keys, version: "1"}
paths:
  /a:
    get:
      security: [{key: [reader]}, {unbound: []}, {login: []}, {basic: []}]
      responses: {"200": {description: ok}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-API-Key}
    unbound: {type: apiKey, in: query, name: api_key}
    login: {type: apiKey, in: cookie, name: s}
    basic: {type: http, scheme: basic}
"""
SETTINGS = '[schemes.key]\nkeys = "local"\n[schemes.login]\nsession = true\n'


@pytest.fixture
def shell(scopegate: CommandLine) -> CommandLine:
    (scopegate.folder / "openapi.yaml").write_text(DOCUMENT)
    (scopegate.folder / "scopegate.toml").write_text(SETTINGS)
    return scopegate


def create(shell: CommandLine, *options: str, scheme: str = "key") -> Outcome:
    return shell("apikey", "create", "--scheme", scheme, *options)


def test_a_key_is_shown_once_and_stored_nowhere(shell: CommandLine) -> None:
    created = create(shell, "--role", "reader", "--name", "CI")

    listed = shell("apikey", "list")
    text = KEY.findall(created.out)[0]
    assert (created.status, created.err) == (0, "the key is not shown again\n")
    assert created.out.replace(text, "KEY") == (
        "id      1\nkey     KEY\nsent    as header `X-API-Key`\nname    CI\nroles   reader\n"
    )
    assert listed.out == f"1  {text[:8]}...  key  valid  name CI  roles reader\n1 API key\n"
    files = b"".join(file.read_bytes() for file in shell.folder.rglob("var/*") if file.is_file())
    assert text.encode() not in files
    assert text[:8].encode() in files


def test_a_key_is_told_as_json(shell: CommandLine) -> None:
    created = create(shell, "--role", "reader", "--ttl", "90d", "--format", "json").json()

    listed = shell("apikeys", "list", "--format", "json").json()["api_keys"]
    assert KEY.fullmatch(created.pop("key"))
    assert created.pop("schema") == 1
    assert created == listed[0]
    assert created.pop("expires_at") - created.pop("created_at") == 90 * 86_400
    assert created.pop("hint").startswith("sgk_")
    assert created == {
        "id": 1,
        "scheme": "key",
        "name": "",
        "roles": ["reader"],
        "user": None,
        "client": None,
        "state": "valid",
        "last_used_at": None,
        "revoked_at": None,
    }


def test_a_key_belongs_to_a_user_or_a_client(shell: CommandLine) -> None:
    shell("user", "create", "alice", "--password-stdin", stdin="a-password\n")
    shell("client", "create", "--name", "Batch", "--client-id", "batch", "--scope", "*")
    create(shell, "--user", "alice")
    create(shell, "--client", "batch")

    both = create(shell, "--user", "alice", "--client", "batch")
    shell("user", "disable", "alice")

    lines = shell("apikey", "list").out.splitlines()
    assert [line.split("...  ")[1] for line in lines[:2]] == [
        "key  disabled  user alice",
        "key  valid  client batch",
    ]
    assert (both.status, both.out) == (2, "")
    assert both.err == "error: a key belongs to a user or to a client, not to both\n"


def test_a_revoked_key_stays_listed_and_a_deleted_one_does_not(shell: CommandLine) -> None:
    create(shell)
    create(shell)

    revoked, deleted = shell("apikey", "revoke", "1"), shell("apikey", "delete", "2")

    assert (revoked.status, revoked.out) == (0, "revoked API key 1\n")
    assert (deleted.status, deleted.out) == (0, "deleted API key 2\n")
    assert re.fullmatch(
        r"1  sgk_.{4}\.\.\.  key  revoked\n1 API key\n", shell("apikey", "list").out
    )


def test_a_scheme_that_is_not_bound_gets_the_lines_that_bind_it(shell: CommandLine) -> None:
    created = create(shell, scheme="unbound")

    assert created.status == 0
    assert "note: scheme `unbound` is not bound" in created.err
    assert '[schemes.unbound]\n  keys = "local"\n' in created.err


def test_a_role_that_nothing_asks_for_gets_the_nearest(shell: CommandLine) -> None:
    created = create(shell, "--role", "raeder")

    assert created.status == 0
    assert "no operation asks scheme `key` for role `raeder`; did you mean `reader`?" in created.err


@pytest.mark.parametrize(
    ("scheme", "complaint"),
    [
        ("kye", "the document has no scheme `kye`; did you mean `key`?"),
        ("zzz", "the document has no scheme `zzz`; keys are for `key`, `unbound`"),
        (
            "basic",
            "scheme `basic` at openapi.yaml:13:5 is http basic, not apiKey;"
            " keys are for `key`, `unbound`",
        ),
        (
            "login",
            "scheme `login` at openapi.yaml:12:5 is the login session;"
            " keys are for `key`, `unbound`",
        ),
    ],
)
def test_only_a_scheme_that_takes_keys_is_given_one(
    shell: CommandLine, scheme: str, complaint: str
) -> None:
    refused = create(shell, scheme=scheme)

    assert (refused.status, refused.out, refused.err) == (2, "", f"error: {complaint}\n")
    assert not (shell.folder / "var").exists()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--ttl", "0"), "--ttl `0` is no length of time; write seconds, or 90d, 12h, 30m"),
        (("--ttl", "3x"), "--ttl `3x` is no length of time; write seconds, or 90d, 12h, 30m"),
        (("--ttl", "9999999999d"), "a key lives for 1 second to 100 years"),
        (("--role", ""), "role is empty or has blanks around it"),
        (("--user", "dave"), "there is no user `dave`; `user list` shows whom there is"),
        (("--client", "x"), "there is no client `x`; `client list` shows which there are"),
    ],
)
def test_what_no_key_can_have_is_refused(
    shell: CommandLine, options: tuple[str, ...], complaint: str
) -> None:
    refused = create(shell, *options)

    assert (refused.status, refused.out) == (2, "")
    assert refused.err.splitlines()[-1] == f"error: {complaint}"
    assert shell("apikey", "list").out == "0 API keys\n"


@pytest.mark.parametrize("verb", ["revoke", "delete"])
def test_a_key_that_is_not_there_cannot_be_ended(shell: CommandLine, verb: str) -> None:
    refused = shell("apikey", verb, "7")

    assert (refused.status, refused.err) == (2, "error: there is no API key `7`\n")


@pytest.mark.parametrize(("ttl", "seconds"), [("60", 60), ("60s", 60), ("2m", 120), ("1h", 3600)])
def test_a_life_is_told_in_seconds_or_with_a_unit(
    shell: CommandLine, ttl: str, seconds: int
) -> None:
    created = create(shell, "--ttl", ttl, "--format", "json").json()

    assert created["expires_at"] - created["created_at"] == seconds


def test_what_becomes_of_a_key_is_audited_without_it(shell: CommandLine) -> None:
    text = KEY.findall(create(shell).out)[0]
    shell("apikey", "revoke", "1")

    log = (shell.folder / "var" / "audit.log").read_text(encoding="utf-8")
    assert [json.loads(line)["event"] for line in log.splitlines()] == [
        "api_key.created",
        "api_key.revoked",
    ]
    assert text not in log
