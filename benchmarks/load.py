"""One load on one server: wrk for some seconds, and the processor time that the server took."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import cpu_seconds, pinned

CONNECTIONS = 16
_SCRIPT = Path(__file__).with_name("wrk.lua")
_MARK = "SUMMARY "
#: how often a load is tried of which no figure comes
_TRIES = 3


class LoadError(Exception):
    """wrk is missing, or said something else than a summary."""


class NothingMeasuredError(LoadError):
    """Something else had the processor all the while: no figure comes of this load."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is sent where."""

    url: str
    method: str
    body: str
    #: a file with a token a line; None: no Authorization
    tokens: Path | None
    #: whether every answer is to be an error, and none may be one otherwise
    is_refused: bool


@dataclass(frozen=True, slots=True)
class Round:
    """What one load showed."""

    requests: int
    requests_per_second: float
    #: of the server's process tree, in microseconds
    cpu_per_request: float
    p50_ms: float
    p99_ms: float
    #: share of the wall time that the server was on a processor
    busy: float
    #: answers that should not have been, and connections that broke
    wrong: int


def find_wrk() -> str:
    """Where wrk is; LoadError says how to get it."""
    found = shutil.which("wrk")
    if found is None:
        raise LoadError("wrk is missing: `apt-get install wrk`, or `bash .ci/services bench`")
    return found


def load(target: Target, *, pid: int, seconds: int, core: int) -> Round:
    """Load a server, and again where no figure came of it."""
    for _ in range(_TRIES - 1):
        with suppress(NothingMeasuredError):
            return _load_once(target, pid=pid, seconds=seconds, core=core)
    return _load_once(target, pid=pid, seconds=seconds, core=core)


def _load_once(target: Target, *, pid: int, seconds: int, core: int) -> Round:
    """Read the clocks of the process tree before and after."""
    command = [find_wrk(), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(_SCRIPT)]
    environment = {
        **os.environ,
        "METHOD": target.method,
        "BODY": target.body,
        "TOKENS": str(target.tokens or ""),
    }
    cpu, wall = cpu_seconds(pid), time.monotonic()
    ran = subprocess.run(
        pinned(core, [*command, target.url]),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + 30,
    )
    spent, took = cpu_seconds(pid) - cpu, time.monotonic() - wall
    if ran.returncode != 0:
        raise LoadError(f"wrk failed: {ran.stderr.strip() or ran.stdout.strip()}")
    return read_round(ran.stdout, cpu=spent, wall=took, is_refused=target.is_refused)


def read_round(said: str, *, cpu: float, wall: float, is_refused: bool) -> Round:
    """Read wrk's summary; `cpu` and `wall` in seconds."""
    summary = _summary(said)
    requests = int(summary["requests"])
    if not requests:
        raise NothingMeasuredError("wrk counted no answer")
    if cpu <= 0:
        raise NothingMeasuredError("the server had less processor time than a clock can tell")
    errors = int(summary["refused"])
    return Round(
        requests=requests,
        requests_per_second=requests / float(summary["microseconds"]) * 1e6,
        cpu_per_request=cpu / requests * 1e6,
        p50_ms=float(summary["p50"]) / 1e3,
        p99_ms=float(summary["p99"]) / 1e3,
        busy=cpu / wall,
        wrong=int(summary["broken"]) + (requests - errors if is_refused else errors),
    )


def _summary(said: str) -> Mapping[str, Any]:
    for line in said.splitlines():
        if line.startswith(_MARK):
            found: Mapping[str, Any] = json.loads(line.removeprefix(_MARK))
            return found
    raise LoadError(f"wrk gave no summary: {said.strip()[:300]}")
