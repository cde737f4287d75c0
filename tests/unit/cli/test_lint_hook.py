"""The pre-commit hook and the recipes for review do what the pages say."""

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.cli.commands import CommandLine

_ROOT = Path(__file__).parents[3]
_PAGE = (_ROOT / "docs" / "how-to" / "lint-in-review.md").read_text(encoding="utf-8")


def hook() -> dict[str, Any]:
    hooks = yaml.safe_load((_ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (found,) = [hook for hook in hooks if hook["id"] == "scopegate-lint"]
    return dict(found)


def repository(scopegate: CommandLine) -> None:
    """Make the folder a git repository with all its files staged."""
    for arguments in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *arguments], cwd=scopegate.folder, check=True)


def run_hook(scopegate: CommandLine) -> int:
    """Run the hook as pre-commit does: at the root, if a staged file is one of its kind."""
    wanted = hook()
    staged = subprocess.run(
        ["git", "diff", "--cached", "--name-only"],
        cwd=scopegate.folder,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.splitlines()
    if not any(re.search(wanted["files"], name) for name in staged):
        return 0
    arguments: list[str] = list(wanted["args"])
    arguments += staged if wanted["pass_filenames"] else []
    command, *first = shlex.split(wanted["entry"])
    assert command == "scopegate"
    return scopegate(*first, *arguments).status


def test_the_hook_is_one_that_pre_commit_can_install() -> None:
    wanted = hook()

    assert wanted["language"] == "python"
    assert {"id", "name", "entry", "language", "files"} <= set(wanted)


def test_the_hook_stops_a_commit_with_an_error(scopegate: CommandLine) -> None:
    repository(scopegate)

    assert run_hook(scopegate) == 1


def test_the_hook_lets_a_commit_pass_that_is_known_or_mended(scopegate: CommandLine) -> None:
    (scopegate.folder / "kinds.yaml").unlink()
    document = scopegate.folder / "seed-songs.yaml"
    document.write_text(document.read_text().replace("[put, widget]", "[post, widget]"))
    repository(scopegate)

    assert run_hook(scopegate) == 0


def test_the_hook_does_not_run_for_other_files(scopegate: CommandLine) -> None:
    for document in scopegate.folder.glob("*.yaml"):
        document.unlink()
    (scopegate.folder / "notes.txt").write_text("openapi: 3.0.3\n")
    repository(scopegate)

    assert run_hook(scopegate) == 0


@pytest.mark.parametrize("line", sorted(set(re.findall(r"scopegate lint [^\n>]+", _PAGE))))
def test_a_command_of_the_page_runs(scopegate: CommandLine, line: str) -> None:
    apis = scopegate.folder / "apis"
    apis.mkdir()
    for document in scopegate.folder.glob("*.yaml"):
        document.rename(apis / document.name)
    (scopegate.folder / "openapi.yaml").write_text((apis / "seed-songs.yaml").read_text())

    told = scopegate(*shlex.split(line.strip())[1:])

    assert told.status in {0, 1}
    assert "error:" not in told.err


def test_the_page_names_the_hook_that_there_is() -> None:
    assert f"- id: {hook()['id']}\n" in _PAGE
