"""Servers that a measurement starts, and that are gone after it."""

import os
import sys
from pathlib import Path

import pytest

from benchmarks.processes import (
    NotStartedError,
    cpu_seconds,
    free_port,
    resident_mib,
    running,
    tree,
    wait_for,
)

PARENT = (
    "import subprocess, sys\n"
    "child = subprocess.Popen([sys.executable, '-m', 'http.server', sys.argv[1],"
    " '--bind', '127.0.0.1', '--directory', sys.argv[2]])\n"
    "child.wait()\n"
)


def test_a_server_and_its_children_are_watched_and_ended(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-c", PARENT, str(port), str(tmp_path)]

    with running(command, {}, tmp_path / "log") as process:
        wait_for(process, f"http://127.0.0.1:{port}/", tmp_path / "log")
        family = tree(process.pid)
        spent, held = cpu_seconds(process.pid), resident_mib(process.pid)

    assert len(family) == 2
    assert spent > 0
    assert held > 1
    assert process.poll() is not None
    assert not [pid for pid in family if _runs(pid)]


def test_a_server_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no such port')"]

    with (
        running(command, {}, tmp_path / "log") as process,
        pytest.raises(NotStartedError, match="no such port"),
    ):
        wait_for(process, f"http://127.0.0.1:{free_port()}/", tmp_path / "log")


def _runs(pid: int) -> bool:
    """Whether a process is there and is more than a name that nobody collected."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return pid != os.getpid() and stat.rpartition(")")[2].split()[0] != "Z"
