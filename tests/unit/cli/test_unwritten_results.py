"""A result that nobody could read is no result: the status says that the call failed."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.servers import SONGS

_COMMAND = [sys.executable, "-c", "from gateway.cli.main import main; main()"]
_CALLS = (
    pytest.param(["explain", str(SONGS), "GET", "/songs", "--scope", "read"], id="explain"),
    pytest.param(["lint", str(SONGS), "--fail-on", "never"], id="lint"),
    pytest.param(["matrix", str(SONGS)], id="matrix"),
)


@pytest.mark.parametrize("call", _CALLS)
def test_a_full_disk_is_told_and_ends_with_2(call: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*_COMMAND, *call], stdout=full, stderr=subprocess.PIPE, check=False)

    assert done.returncode == 2
    assert b"error: the result cannot be written: no space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("call", _CALLS)
def test_a_reader_who_left_makes_no_noise_and_no_verdict(call: list[str]) -> None:
    # the shell ends the reader before the command writes
    line = 'set -o pipefail; "$@" | true; echo ${PIPESTATUS[0]}'
    done = subprocess.run(
        ["bash", "-c", line, "bash", *_COMMAND, *call], capture_output=True, check=False
    )

    assert done.stdout.split()[-1] == b"2"
    assert b"Traceback" not in done.stderr
