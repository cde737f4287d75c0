"""`scopegate lint` as it is typed: what it looks at, what it says, how it ends."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli.commands import CommandLine
from tests.unit.lint.test_renderings import check_sarif

_CLEAN = """\
openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /a:
    get:
      security: [{oauth: [read]}]
      responses: {"200": {description: ok}}
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: /o/token/, scopes: {read: see}}}
"""
_BROKEN = _CLEAN.replace("oauth: [read]", "auth: [read]")
_WARNED = _CLEAN.replace("[{oauth: [read]}]", "[{oauth: [read]}, {}]")
_SAMPLE = """\
seed-songs.yaml:39:23: error undeclared-scope: no client can ever be granted `put`; \
alternative 2 of PUT /songs is dead
   38 |         - song_auth: [update]
   39 |         - song_auth: [put, widget]
      |                       ^^^ declare it under song_auth (line 12), or name one of: post, update
seed-songs.yaml:10:9: warning implicit-flow: RFC 9700 forbids it, the token service refuses it
      = use authorizationCode; `scopegate rule implicit-flow` says why

1 document, 4 operations, 8 scopes: 1 error, 1 warning (N ms)
"""


def write(scopegate: CommandLine, **texts: str) -> None:
    for name, text in texts.items():
        file = scopegate.folder / f"{name.replace('__', '/')}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


@pytest.mark.parametrize(
    ("text", "options", "status"),
    [
        pytest.param(_CLEAN, [], 0, id="clean"),
        pytest.param(_WARNED, [], 0, id="a warning"),
        pytest.param(_WARNED, ["--fail-on", "warning"], 1, id="a warning that counts"),
        pytest.param(_CLEAN.replace("[read]", "[raed]"), [], 1, id="an error"),
        pytest.param(_CLEAN.replace("[read]", "[raed]"), ["--fail-on", "never"], 0, id="never"),
        pytest.param(_BROKEN, [], 2, id="does not load"),
        pytest.param(_BROKEN, ["--fail-on", "never"], 2, id="does not load, never"),
    ],
)
def test_the_exit_status_tells_the_worst(
    scopegate: CommandLine, text: str, options: list[str], status: int
) -> None:
    write(scopegate, a=text)

    assert scopegate("lint", "a.yaml", *options).status == status


def test_a_clean_document_is_said_to_be_clean(scopegate: CommandLine) -> None:
    write(scopegate, a=_CLEAN)

    told = scopegate("lint", "a.yaml")

    assert told.out == ""
    assert told.err == "1 document, 1 operation, 1 scope: clean\n"


def test_the_others_are_linted_beside_one_that_does_not_load(scopegate: CommandLine) -> None:
    write(scopegate, a=_BROKEN, b=_WARNED)

    told = scopegate("lint", "a.yaml", "b.yaml")

    assert [line.split(": ")[1] for line in told.out.splitlines()] == [
        "error undeclared-scheme",
        "warning optional-security",
    ]
    assert told.err.endswith("1 error, 1 warning; 1 does not load\n")
    assert told.status == 2


def test_the_others_are_linted_beside_one_that_is_not_there(scopegate: CommandLine) -> None:
    write(scopegate, a=_WARNED)

    told = scopegate("lint", "a.yaml", "b.yaml")

    assert "optional-security" in told.out
    assert "there is no file `b.yaml`" in told.err
    assert told.status == 2


def test_a_file_that_is_referred_to_is_no_document_of_its_own(scopegate: CommandLine) -> None:
    part = "get: {security: [], responses: {'200': {description: ok}}}\n"
    entry = _CLEAN.replace("paths:\n", "paths:\n  /b: {$ref: b.yaml}\n  /c: {$ref: 'c.yaml#/x'}\n")
    write(scopegate, apis__a=entry, apis__b=part, apis__c=f"{_BROKEN}x: {{{part.strip()}}}\n")

    told = scopegate("lint", "apis")
    by_glob = scopegate("lint", "apis/a.yaml", "apis/b.yaml", "apis/c.yaml")

    assert told.err.startswith("1 document, 3 operations")
    assert {line.partition(":")[0] for line in told.out.splitlines()} == {
        "apis/b.yaml",
        "apis/c.yaml",
    }
    assert (by_glob.out, by_glob.err) == (told.out, told.err)


def test_a_file_that_others_refer_to_is_told_once(scopegate: CommandLine) -> None:
    part = "get: {security: [], responses: {'200': {description: ok}}}\n"
    entry = _CLEAN.replace("paths:\n", "paths:\n  /b: {$ref: part.yaml}\n")
    write(scopegate, a=entry, b=entry, part=part)

    told = scopegate("lint", "a.yaml", "b.yaml")

    assert told.out.count("public-operation") == 1


def test_what_is_known_is_counted_and_not_shown(scopegate: CommandLine) -> None:
    written = scopegate("lint", "seed-songs.yaml", "--write-baseline")
    known = scopegate("lint", "seed-songs.yaml")
    write(scopegate, a=_CLEAN.replace("[read]", "[raed]"))
    more = scopegate("lint", "seed-songs.yaml", "a.yaml")

    assert (written.status, written.out) == (0, "")
    assert written.err == ".scopegate-baseline.json: 2 findings known from now on\n"
    assert (known.status, known.out) == (0, "")
    assert known.err.endswith("0 new errors, 0 new warnings; 2 known (.scopegate-baseline.json)\n")
    assert more.status == 1
    assert "seed-songs" not in more.out
    assert "2 new errors" in more.err


def test_a_known_finding_stays_known_when_lines_move(scopegate: CommandLine) -> None:
    scopegate("lint", "seed-songs.yaml", "--write-baseline", "--baseline", "known.json")
    document = scopegate.folder / "seed-songs.yaml"
    document.write_text("# a line more\n" + document.read_text())

    told = scopegate("lint", "seed-songs.yaml", "--baseline", "known.json")

    assert (told.status, told.out) == (0, "")
    assert "2 known (known.json)" in told.err


def test_what_is_mended_is_stale_in_the_baseline(scopegate: CommandLine) -> None:
    scopegate("lint", "seed-songs.yaml", "--write-baseline")
    document = scopegate.folder / "seed-songs.yaml"
    document.write_text(document.read_text().replace("[put, widget]", "[post, widget]"))

    told = scopegate("lint", "seed-songs.yaml")

    assert told.status == 0
    assert "1 known finding occurs no more; write it anew with --write-baseline" in told.err
    assert "  seed-songs.yaml: undeclared-scope:" in told.err


def test_a_document_that_does_not_load_never_becomes_known(scopegate: CommandLine) -> None:
    write(scopegate, a=_BROKEN)

    written = scopegate("lint", "a.yaml", "--write-baseline")

    assert written.status == 2
    assert "undeclared-scheme" in written.out
    assert scopegate("lint", "a.yaml").status == 2


def test_json_and_sarif_are_alone_on_standard_output(scopegate: CommandLine) -> None:
    as_json = scopegate("lint", "seed-songs.yaml", "--format", "json").json()
    as_sarif = scopegate("lint", "seed-songs.yaml", "--format", "sarif").json()

    assert as_json["schema"] == 1
    assert [finding["rule"] for finding in as_json["findings"]] == [
        "undeclared-scope",
        "implicit-flow",
    ]
    check_sarif(as_sarif)
    assert len(as_sarif["runs"][0]["results"]) == 2


def test_linting_creates_nothing(scopegate: CommandLine) -> None:
    before = sorted(scopegate.folder.iterdir())

    scopegate("lint", ".")
    scopegate("rule")

    assert sorted(scopegate.folder.iterdir()) == before


def test_a_terminal_shows_the_line_and_what_to_do(scopegate: CommandLine) -> None:
    leader, follower = pty.openpty()
    probe = "import sys; sys.argv[0] = 'scopegate'; from gateway.cli.main import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", probe, "lint", "seed-songs.yaml"],
        cwd=scopegate.folder,
        env={"PYTHONPATH": str(Path(__file__).parents[3]), "NO_COLOR": "1"},
        stdout=follower,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(follower)
        complaints = process.stderr.read() if process.stderr is not None else b""
        process.wait()
    shown = os.read(leader, 10_000).decode().replace("\r\n", "\n")
    os.close(leader)

    took = shown.rpartition("(")[2].partition(" ms)")[0]
    assert took.isdigit()
    assert shown.replace(f"({took} ms)", "(N ms)") == _SAMPLE
    assert (complaints, process.returncode) == (b"", 1)
