"""A git repository that a test writes: commits, clones, and what a command says in it."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.unit.cli.commands import CommandLine, Outcome

#: nothing of whoever runs the tests, and no moment of time
_OWN = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "somebody",
    "GIT_AUTHOR_EMAIL": "somebody@example.com",
    "GIT_COMMITTER_NAME": "somebody",
    "GIT_COMMITTER_EMAIL": "somebody@example.com",
}


@dataclass(frozen=True, slots=True)
class Repository:
    """A folder under git, on the branch `main`."""

    folder: Path
    command_line: CommandLine

    def git(self, *arguments: str, **environment: str) -> str:
        """Run git in the folder; what it printed."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        ran = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env={**kept, **_OWN, **environment},
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stdout.strip()

    def write(self, files: Mapping[str, str]) -> None:
        """Write files, and the folders they are in."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def commit(
        self, files: Mapping[str, str], message: str = "a commit", *, date: str = ""
    ) -> None:
        """Write files and commit all there is."""
        self.write(files)
        self.git("add", "--all")
        dated = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else {}
        self.git("commit", "--quiet", "--allow-empty", "--message", message, **dated)

    def diff(
        self, *arguments: str, below: str = "", stdin: str = "", **environment: str
    ) -> Outcome:
        """Run `scopegate diff` in the folder, or in one below it."""
        return self._run(below)("diff", *arguments, stdin=stdin, **environment)

    def log(self, *arguments: str, below: str = "", **environment: str) -> Outcome:
        """Run `scopegate log` in the folder, or in one below it."""
        return self._run(below)("log", *arguments, **environment)

    def _run(self, below: str) -> CommandLine:
        return CommandLine(
            self.folder / below, self.command_line.monkeypatch, self.command_line.capsys
        )


def new_repository(folder: Path, command_line: CommandLine) -> Repository:
    """Make an empty repository."""
    folder.mkdir(exist_ok=True)
    repository = Repository(folder, command_line)
    repository.git("init", "--quiet", "--initial-branch=main")
    return repository
