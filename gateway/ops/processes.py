"""What the kernel tells of a server's processes, all of them together."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
#: places in /proc/PID/stat behind the name of the program, which may hold anything (proc(5))
_OWN_TIMES = slice(11, 13)
_REAPED_TIMES = slice(13, 15)
_STARTED = 19


@dataclass(frozen=True, slots=True)
class Usage:
    """What processes have used and use."""

    #: Unix seconds at which the first of them started
    started: float
    #: user and system together, of those that ended too
    cpu_seconds: float
    resident_bytes: int
    open_descriptors: int


def usage_of(main: int) -> Usage | None:
    """Of a process and its children; None where there is no /proc."""
    try:
        ticks, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
        told = _stat(main)
        reaped = sum(map(int, told[_REAPED_TIMES]))
        times, pages, descriptors = 0, 0, 0
        for process in (main, *_children(main)):
            used = _used(process)
            times, pages, descriptors = times + used[0], pages + used[1], descriptors + used[2]
        return Usage(
            started=_booted() + int(told[_STARTED]) / ticks,
            cpu_seconds=(times + reaped) / ticks,
            resident_bytes=pages * page,
            open_descriptors=descriptors,
        )
    except (OSError, ValueError):
        return None


def _used(process: int) -> tuple[int, int, int]:
    """Ticks, pages and descriptors; nothing of a process that has just ended."""
    folder = _PROC / str(process)
    try:
        ticks = sum(map(int, _stat(process)[_OWN_TIMES]))
        pages = int((folder / "statm").read_text().split()[1])
        return ticks, pages, len(os.listdir(folder / "fd"))  # noqa: PTH208 -- cheaper than Paths
    except OSError:
        return 0, 0, 0


def _stat(process: int) -> Sequence[str]:
    return (_PROC / str(process) / "stat").read_text().rpartition(")")[2].split()


def _children(process: int) -> Sequence[int]:
    file = _PROC / str(process) / "task" / str(process) / "children"
    try:
        return [int(child) for child in file.read_text().split()]
    except OSError:
        return []


def _booted() -> float:
    lines = (_PROC / "stat").read_text().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("btime ")))
