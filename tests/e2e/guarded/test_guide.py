"""The guide to guarding an application works as written, for a new user in an empty folder."""

import os
import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.e2e.documented import Command, SavedFile, page_at, shows
from tests.e2e.guarded.uvicorn import running
from tests.e2e.servers import REPOSITORY, SCOPEGATE, surroundings

GUIDE = page_at(REPOSITORY / "docs" / "how-to" / "guard-an-application-you-have.md")
_ASSIGNED = re.compile(r"([A-Z]+)=\$\((.*)\)")


class Reader:
    """Does what the guide says: saves files, serves in one terminal, asks in another."""

    def __init__(self, folder: Path, servers: ExitStack) -> None:
        self._folder = folder
        self._servers = servers
        self._variables: dict[str, str] = {}
        #: where the guide says, and where it is on this machine
        self._ports: dict[str, int] = {}
        self.asked = 0

    def take(self, step: SavedFile | Command) -> None:
        if isinstance(step, SavedFile):
            (self._folder / step.name).write_text(step.text, "utf-8")
        elif step.line.startswith("uvicorn "):
            self._serve(shlex.split(step.line))
        elif found := _ASSIGNED.fullmatch(step.line):
            self._variables[found[1]] = self._run(found[2]).strip()
        else:
            self.asked += 1
            answer = self._run(step.line)
            assert shows(step.output or "", answer), f"{step.line}\n{answer}"

    def _serve(self, words: Sequence[str]) -> None:
        _, application, _, port = words
        served = running(application, self._folder, python_path=self._folder)
        self._ports[port] = self._servers.enter_context(served).port

    def _run(self, line: str) -> str:
        for port, own in self._ports.items():
            line = line.replace(f"localhost:{port}", f"localhost:{own}")
        environment: Mapping[str, str] = {
            "PATH": f"{SCOPEGATE.parent}{os.pathsep}{os.environ['PATH']}",
            **self._variables,
        }
        ran = subprocess.run(
            ["bash", "-c", line],
            cwd=self._folder,
            env=surroundings(environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, f"{line}\n{ran.stderr}"
        return ran.stdout


def test_a_new_user_guards_both_applications(tmp_path: Path) -> None:
    with ExitStack() as servers:
        reader = Reader(tmp_path, servers)
        for step in GUIDE:
            reader.take(step)

    assert reader.asked == 9
