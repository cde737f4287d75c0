"""`scopegate suggest` from the outside."""

import json

import pytest

from tests.unit.cli.commands import CommandLine

DOCUMENT = """\
openapi: 3.0.3
info: {title: t, version: "1"}
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: /t, scopes: {orders:read: r, orders:write: w, "on": o}}}
paths:
  /orders:
    get: {security: [{oauth: [orders:read]}], responses: {"200": {description: ok}}}
  /ping:
    get: {responses: {"200": {description: ok}}}
"""


def _line(operation: str, *scopes: str, client: str | None = "batch-7", **changes: object) -> str:
    told = {
        "event": "decision", "time": "2026-11-28T21:59:03.120Z", "operation": operation,
        "effect": "permit", "reason": "matched", "matched": 1, "client": client,
        "issuer": "http://localhost:8000/o" if client else None, "scopes": scopes, "policy": "p",
        **changes,
    }  # fmt: skip
    return json.dumps(told) + "\n"


LOG = (
    _line("GET /orders", "orders:read", "orders:write")
    + _line(
        "GET /ping", "orders:read", "on", effect="deny", reason="undeclared_security", matched=None
    )
    + _line("GET /ping", client=None, effect="deny", reason="undeclared_security", matched=None)
    + '{"event": "token.issued", "time": 1764366138.9}\n'
    + '{"event": "decision", "ti\n'
)


@pytest.fixture
def folder(scopegate: CommandLine) -> CommandLine:
    (scopegate.folder / "orders.yaml").write_text(DOCUMENT, "utf-8")
    (scopegate.folder / "audit.log").write_text(LOG, "utf-8")
    return scopegate


def test_clients_and_operations_are_told_with_what_it_rests_on(folder: CommandLine) -> None:
    told = folder("suggest", "audit.log", "orders.yaml")

    assert told.status == 0
    assert told.out == (
        "clients: what they used of the scopes they held\n"
        "  batch-7   used: orders:read   never used: on orders:write\n"
        "    2 requests, 2026-11-28T21:59:03.120Z to 2026-11-28T21:59:03.120Z; 1 permitted\n"
        "    refused: GET /ping 1 time\n"
        "operations that declare no security\n"
        '  GET /ping (orders.yaml:12)   security: [{oauth: ["on", orders:read]}]\n'
        "    2 requests, 2026-11-28T21:59:03.120Z to 2026-11-28T21:59:03.120Z; "
        "would let in 1 of batch-7\n"
        "    would keep out 1 without a valid token of that kind\n"
        "\n"
        "3 decisions, 3 by other policies, 1 other line, 1 bad line; "
        "1 of 1 client could do with less, 1 of 1 operation without security could have some\n"
    )
    assert told.err == "audit.log:5: is not JSON; left out\n"


def test_the_same_comes_as_json(folder: CommandLine) -> None:
    told = folder("suggest", "audit.log", "orders.yaml", "--format", "json").json()

    assert told["schema"] == 1
    assert told["bad_lines"] == [{"line": 5, "fault": "is not JSON"}]
    assert told["clients"][0]["unused"] == ["on", "orders:write"]
    [ping] = told["operations"]
    assert ping["security"] == [{"oauth": ["on", "orders:read"]}]
    assert (ping["let_in"], ping["kept_out"], ping["origin"]) == (1, 1, "orders.yaml:12:5")


def test_what_is_suggested_can_be_pasted_and_passes_for_who_was_seen(folder: CommandLine) -> None:
    told = folder("suggest", "audit.log", "orders.yaml").out
    security = told.partition("security: ")[2].partition("\n")[0]
    declared = DOCUMENT.replace("get: {responses", f"get: {{security: {security}, responses")
    (folder.folder / "declared.yaml").write_text(declared, "utf-8")

    seen = folder("explain", "declared.yaml", "GET", "/ping", "--scope", "on orders:read")
    less = folder("explain", "declared.yaml", "GET", "/ping", "--scope", "orders:read")
    nobody = folder("explain", "declared.yaml", "GET", "/ping")

    assert (seen.status, less.status, nobody.status) == (0, 1, 1)


def test_a_log_comes_by_standard_input_too(folder: CommandLine) -> None:
    assert folder("suggest", "-", "orders.yaml", stdin=LOG).status == 0


def test_many_bad_lines_are_counted(folder: CommandLine) -> None:
    told = folder("suggest", "-", "orders.yaml", stdin="x\n" * 9)

    assert told.status == 0
    assert told.err.count("is not JSON") == 5
    assert "4 more lines cannot be read" in told.err
    assert "0 decisions, 9 bad lines" in told.out


def test_a_log_that_is_not_there_is_one_line(folder: CommandLine) -> None:
    told = folder("suggest", "gone.log", "orders.yaml")

    assert (told.status, told.out) == (2, "")
    assert "gone.log: no such file or directory" in told.err


def test_names_in_a_log_never_reach_a_terminal_as_they_are(folder: CommandLine) -> None:
    evil = _line("GET /orders", "orders:read\x1b[2J", client="\x1b]0;x\x07\nfake")

    told = folder("suggest", "-", "orders.yaml", stdin=evil)

    assert "\x1b" not in told.out
    assert "\\x1b" in told.out
    assert "\nfake" not in told.out
