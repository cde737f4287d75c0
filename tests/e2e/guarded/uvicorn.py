"""uvicorn with an application of this folder, as anybody would run it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.servers import REPOSITORY, surroundings

_SECONDS = 30.0
_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Uvicorn:
    """A server that runs."""

    port: int
    log: Path


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    application: str,
    folder: Path,
    *options: str,
    environment: Mapping[str, str] | None = None,
    python_path: Path = REPOSITORY,
) -> Iterator[Uvicorn]:
    """`uvicorn APPLICATION` in a folder until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", application, "--port", str(port), *options]
    log = folder / f"uvicorn-{port}.log"
    own = {"PYTHONPATH": str(python_path), **(environment or {})}
    with log.open("wb") as to_log:
        process = subprocess.Popen(
            command, cwd=folder, env=surroundings(own), stdout=to_log, stderr=to_log
        )
    try:
        _wait_until_ready(process, port, log)
        yield Uvicorn(port, log)
    finally:
        process.terminate()
        process.wait(_SECONDS)


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            try:
                process.wait(_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        else:
            return
    raise AssertionError(f"uvicorn did not start{os.linesep}{log.read_text()}")
