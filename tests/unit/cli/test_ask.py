"""The commands that ask a document: what the how-to shows, and what no snapshot can."""

import re
from pathlib import Path

import pytest

from tests.unit.cli.commands import CommandLine

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to" / "ask-who-may-call-what.md"
SHOWN = re.findall(r"```text\n\$ scopegate (.*)\n([^`]*)```", HOW_TO.read_text(encoding="utf-8"))
ROLES = """
openapi: 3.0.3
info: {title: roles, version: "1"}
servers: [{url: /v2}]
components:
  securitySchemes:
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: /t, scopes: {read: r, write: w}}}}
    key: {type: apiKey, in: header, name: X-Key}
paths:
  /reports:
    get: {security: [{oauth: [read], key: []}], responses: {"200": {description: ok}}}
    put: {security: [{oauth: [read]}, {oauth: [write]}], responses: {"200": {description: ok}}}
  /{kind}/{id}:
    parameters:
      - {name: kind, in: path, required: true, schema: {type: string}}
      - {name: id, in: path, required: true, schema: {type: string}}
    get: {tags: [things], security: [], responses: {"200": {description: ok}}}
"""


@pytest.fixture
def asked(scopegate: CommandLine) -> CommandLine:
    """The command in a folder whose document asks for keys too."""
    (scopegate.folder / "openapi.yaml").write_text(ROLES, encoding="utf-8")
    return scopegate


@pytest.mark.parametrize(("command", "printed"), SHOWN, ids=[command for command, _ in SHOWN])
def test_the_how_to_shows_what_the_commands_print(
    scopegate: CommandLine, command: str, printed: str
) -> None:
    arguments = [quoted or word for quoted, word in re.findall(r'"([^"]*)"|(\S+)', command)]

    assert scopegate(*arguments).out == printed


def test_the_how_to_shows_some() -> None:
    assert len(SHOWN) == 4


@pytest.mark.parametrize(
    ("operation", "lines"),
    [
        (["PUT /reports"], ["read", "write", "1 operation: 2 smallest sets, 1 scope each"]),
        (
            ["GET /reports", "--scheme", "key"],
            ["read", "1 operation: 1 smallest set, 1 scope"],
        ),
    ],
    ids=["equal answers", "a key that is there anyway"],
)
def test_scopes_for_lists_every_smallest_set(
    asked: CommandLine, operation: list[str], lines: list[str]
) -> None:
    outcome = asked("scopes-for", *operation)

    assert (outcome.status, outcome.out.splitlines()) == (0, lines)


def test_scopes_for_says_what_scopes_cannot_replace(asked: CommandLine) -> None:
    bound = '[schemes.key]\nkeys = "local"\n'
    (asked.folder / "scopegate.toml").write_text(bound, encoding="utf-8")

    outcome = asked("scopes-for", "GET /v2/reports")

    assert outcome.out.splitlines()[0] == "read   and key (apiKey)"


def test_scopes_for_tells_the_tokens_of_two_issuers_apart(asked: CommandLine) -> None:
    text = ROLES.replace(
        "key: {type: apiKey, in: header, name: X-Key}", "key: {type: http, scheme: bearer}"
    )
    text = text.replace("oauth: [read], key: []", "key: []")
    (asked.folder / "openapi.yaml").write_text(text, encoding="utf-8")
    table = """
[schemes.key]
issuer = "https://login.example"
jwks_uri = "https://login.example/jwks"
audience = "songs"
"""
    (asked.folder / "scopegate.toml").write_text(table, encoding="utf-8")

    outcome = asked("scopes-for", "--all")

    assert outcome.out.splitlines() == [
        "key: a token   oauth: read",
        "key: a token   oauth: write",
        "3 operations: 2 smallest sets, 1 scope each",
    ]


def test_scopes_for_counts_the_sets_that_it_does_not_list(asked: CommandLine) -> None:
    pairs = "".join(
        f"  /p{n}:\n    get: {{security: [{{oauth: [a{n}]}}, {{oauth: [b{n}]}}], "
        'responses: {"200": {description: ok}}}\n'
        for n in range(7)
    )
    scopes = ", ".join(f"{letter}{n}: s" for n in range(7) for letter in "ab")
    text = ROLES.replace("{read: r, write: w}", f"{{read: r, write: w, {scopes}}}") + pairs
    (asked.folder / "openapi.yaml").write_text(text, encoding="utf-8")

    outcome = asked("scopes-for", *(f"GET /p{n}" for n in range(7)))

    assert outcome.out.count("\n") == 65
    assert outcome.out.splitlines()[-1] == (
        "7 operations: 128 smallest sets, 7 scopes each (64 not shown)"
    )


@pytest.mark.parametrize(
    ("security", "reason"),
    [
        ("", "it declares no security; write it, or `security: []` if it is public"),
        ("security: [{oauth: [raed]}],", "oauth: raed   no client can be granted `raed`"),
    ],
    ids=["undeclared", "not grantable"],
)
def test_scopes_for_says_why_nobody_can(asked: CommandLine, security: str, reason: str) -> None:
    closed = f'  /x:\n    get: {{{security} responses: {{"200": {{description: ok}}}}}}\n'
    (asked.folder / "openapi.yaml").write_text(ROLES + closed, encoding="utf-8")

    outcome = asked("scopes-for", "GET /x")

    assert outcome.status == 1
    assert reason in outcome.out


def test_scopes_for_without_the_binding_says_that_nobody_can(asked: CommandLine) -> None:
    outcome = asked("scopes-for", "GET /reports")

    assert outcome.status == 1
    assert "scheme `key` is not bound" in outcome.out


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v2/things/1", 0),
        ("/v2/things/1?o=token", 0),
        ("/things/1", 2),
        ("/v2/things/1/", 2),
        ("/v2/a%2Fb/1", 2),
    ],
)
def test_explain_takes_a_path_as_a_client_sends_it(
    asked: CommandLine, path: str, status: int
) -> None:
    assert asked("explain", "GET", path).status == status


def test_a_path_of_the_gateway_is_never_one_of_the_document(asked: CommandLine) -> None:
    outcome = asked("explain", "GET", "/o/token", "--base-path", "/")

    assert outcome.status == 2
    assert "a path of the gateway itself" in outcome.err


def test_a_base_path_from_the_command_line_counts_everywhere(asked: CommandLine) -> None:
    moved = ("--base-path", "/v3")

    assert asked("explain", "GET", "/v3/things/1", *moved).status == 0
    assert asked("explain", "GET", "/v2/things/1", *moved).status == 2
    for command in ("matrix", "routes", "reach"):
        assert "/v3/{kind}/{id}" in asked(command, *moved).out
    assert asked("scopes-for", "PUT /v3/reports", *moved).status == 0


def test_standard_input_is_the_document_or_the_token(asked: CommandLine) -> None:
    outcome = asked("explain", "-", "GET", "/x", "--token", "-")

    assert outcome.status == 2
    assert "standard input is either the document or the token" in outcome.err


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        (["--tag", "things"], ["/v2/{kind}/{id}"]),
        (["--path", "/reports"], ["/v2/reports", "/v2/reports"]),
        (["--path", "/v2/rep*", "--method", "put"], ["/v2/reports"]),
        (["--scope", "write"], ["/v2/reports"]),
        (["--scope", "write read"], ["/v2/reports", "/v2/reports"]),
        (["--tag", "things", "--method", "put"], []),
    ],
    ids=["tag", "path", "path and method", "scope", "either scope", "nothing left"],
)
def test_routes_are_filtered(asked: CommandLine, filters: list[str], shown: list[str]) -> None:
    outcome = asked("routes", *filters, "--format", "json")

    assert [row["path"] for row in outcome.json()["operations"]] == shown


@pytest.mark.parametrize(
    ("filters", "complaint"),
    [
        (["--tag", "thing"], "no operation has the tag `thing`; did you mean `things`?"),
        (["--path", "/report"], "no path fits `/report`; did you mean `/reports`?"),
        (["--method", "PTU"], "no operation has the method `PTU`; did you mean `PUT`?"),
        (["--scope", "wrte"], "no operation names the scope `wrte`; did you mean `write`?"),
    ],
    ids=["tag", "path", "method", "scope"],
)
@pytest.mark.parametrize("command", ["routes", "matrix"])
def test_a_misspelt_filter_gets_the_nearest_name(
    asked: CommandLine, command: str, filters: list[str], complaint: str
) -> None:
    outcome = asked(command, *filters)

    assert (outcome.status, outcome.out, outcome.err) == (2, "", f"error: {complaint}\n")


def test_a_token_that_is_refused_is_not_mended_by_supposing_its_scheme(
    asked: CommandLine,
) -> None:
    any_token = ROLES.replace("oauth: [write]", "oauth: []")
    (asked.folder / "openapi.yaml").write_text(any_token, encoding="utf-8")
    (asked.folder / "a.jwt").write_text("junk", encoding="utf-8")

    supposed = asked("explain", "PUT", "/v2/reports", "--scheme", "oauth")
    refused = asked("explain", "PUT", "/v2/reports", "--scheme", "oauth", "--token", "@a.jwt")

    assert (supposed.status, refused.status) == (0, 1)
