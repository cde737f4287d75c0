"""Every file in tests/snapshots is a command and, literally, what it prints.

With SNAPSHOTS=write in the environment the files are written anew, to be read before a commit.
"""

import os
import shlex
from pathlib import Path

import pytest

from tests.unit.cli.commands import CommandLine, Outcome

SNAPSHOTS = Path(__file__).parents[2] / "snapshots"
FILES = sorted(SNAPSHOTS.rglob("*.txt"))
WRITES = os.environ.get("SNAPSHOTS") == "write"


@pytest.mark.parametrize("file", FILES, ids=[str(f.relative_to(SNAPSHOTS)) for f in FILES])
def test_command_prints_what_its_snapshot_shows(scopegate: CommandLine, file: Path) -> None:
    prompt, _, shown = file.read_text(encoding="utf-8").partition("\n")
    command, _, source = prompt.removeprefix("$ scopegate ").partition(" < ")
    stdin = (scopegate.folder / source).read_text(encoding="utf-8") if source else ""

    told = rendered(scopegate(*shlex.split(command), stdin=stdin))

    if WRITES:
        file.write_text(f"{prompt}\n{told}", encoding="utf-8")
    else:
        assert told == shown


def test_document_commands_create_nothing(scopegate: CommandLine) -> None:
    before = sorted(scopegate.folder.iterdir())

    scopegate("explain", "seed-songs.yaml", "GET", "/songs", "--scope", "read")
    scopegate("routes", "seed-songs.yaml")
    scopegate("explain", "seed-songs.yaml", "GET", "/songs", "--token", "-", stdin="junk\n")
    scopegate("settings")

    assert sorted(scopegate.folder.iterdir()) == before


def rendered(outcome: Outcome) -> str:
    """An outcome as a snapshot shows it: stdout, then stderr behind `! `, then the status."""
    complaints = "".join(f"! {line}\n" for line in outcome.err.splitlines())
    return f"{outcome.out}{complaints}[exit {outcome.status}]\n"
