"""Processes that a measurement starts: pinned to a core, watched, ended by their own number."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_START_SECONDS = 120.0
_END_SECONDS = 10.0


class NotStartedError(Exception):
    """A server ended, or did not answer in time; the message holds its last words."""


@dataclass(frozen=True, slots=True)
class Cores:
    """The core that servers run on, and the one that load comes from."""

    server: int
    load: int


def cores() -> Cores:
    """The first and the last core that this process may use."""
    usable = sorted(os.sched_getaffinity(0))
    return Cores(usable[0], usable[-1])


def pinned(core: int, command: Sequence[str]) -> list[str]:
    """The command, kept on a core where `taskset` is there."""
    if shutil.which("taskset") is None:
        return list(command)
    return ["taskset", "-c", str(core), *command]


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a session of its own; whatever happens, it and its children end."""
    with log.open("wb") as words:
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the session that we started, and nothing else.

    Its number stays its own until its first process is waited for, and that is done last.
    """
    _signal(process.pid, signal.SIGTERM)
    if not _ends_within(process.pid, _END_SECONDS):
        _signal(process.pid, signal.SIGKILL)
        _ends_within(process.pid, _END_SECONDS)
    _signal(process.pid, signal.SIGKILL)  # children that outlived it
    process.wait(_END_SECONDS)
    deadline = time.monotonic() + 1
    while _signal(process.pid, 0) and time.monotonic() < deadline:
        time.sleep(0.005)


def _signal(session: int, number: int) -> bool:
    """Signal a session of ours; whether anything of it was there."""
    try:
        os.killpg(session, number)
    except ProcessLookupError:
        return False
    return True


def _ends_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if _has_ended(pid):
            return True
        time.sleep(0.005)
    return False


def _has_ended(pid: int) -> bool:
    """Whether a child of ours has ended; it is not collected, so its number stays its own."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None


def wait_for(process: subprocess.Popen[bytes], url: str, log: Path, *, token: str = "") -> float:
    """Wait until a URL answers anything but a fault; the seconds since this was called."""
    begun = time.monotonic()
    while time.monotonic() - begun < _START_SECONDS:
        if _has_ended(process.pid):
            break
        with suppress(OSError):
            if _answers(url, token):
                return time.monotonic() - begun
        time.sleep(0.01)
    words = log.read_text(encoding="utf-8", errors="replace")[-800:]
    raise NotStartedError(f"nothing answers at {url}: {words.strip()}")


def _answers(url: str, token: str) -> bool:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        return not token and error.code < 500


def tree(pid: int) -> list[int]:
    """A process and those below it."""
    found = [pid]
    for one in found:
        with suppress(OSError):
            children = Path(f"/proc/{one}/task/{one}/children").read_text(encoding="ascii")
            found += [int(child) for child in children.split()]
    return found


def cpu_seconds(pid: int) -> float:
    """Processor time of a process tree, in user and in system mode, of all its threads."""
    ticks = 0
    for one in tree(pid):
        with suppress(OSError):
            stat = Path(f"/proc/{one}/stat").read_text(encoding="utf-8", errors="replace")
            fields = stat.rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICKS


def resident_mib(pid: int) -> float:
    """Resident memory of a process tree, what its processes share counted for each."""
    kib = 0
    for one in tree(pid):
        with suppress(OSError):
            status = Path(f"/proc/{one}/status").read_text(encoding="utf-8", errors="replace")
            kib += sum(int(line.split()[1]) for line in status.splitlines() if "VmRSS" in line)
    return kib / 1024


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
