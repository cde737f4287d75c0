"""Runs a command in this process, as `scopegate` does, and keeps what it said."""

import io
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.cli.main import run


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """Standard output as JSON."""
        return orjson.loads(self.out)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A shell in a folder of its own: no settings from outside, no terminal."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str, stdin: str = "", **environment: str) -> Outcome:
        """Run a command; keywords are variables of its environment."""
        self.capsys.readouterr()
        with self.monkeypatch.context() as patched:
            self._prepare(patched, stdin, environment)
            status = run(arguments)
        said = self.capsys.readouterr()
        return Outcome(status, said.out, said.err)

    def _prepare(
        self, patched: pytest.MonkeyPatch, stdin: str, environment: Mapping[str, str]
    ) -> None:
        patched.chdir(self.folder)
        patched.setattr(sys, "path", [*sys.path])
        patched.setattr(sys, "argv", ["scopegate"])
        patched.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        for name in [name for name in os.environ if name.startswith("SCOPEGATE_")]:
            patched.delenv(name)
        for name, value in {"NO_COLOR": "1", "COLUMNS": "80", **environment}.items():
            patched.setenv(name, value)
