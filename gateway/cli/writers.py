"""Whether anybody still has a file open for writing, as far as the kernel can say."""

import errno
import fcntl
import os
import re
import signal
import stat
from collections.abc import Iterable
from enum import Enum, auto
from pathlib import Path

#: Linux alone has leases; the signal is one that does nothing, for the usual one ends the process
_SET_LEASE: int | None = getattr(fcntl, "F_SETLEASE", None)
_SET_SIGNAL: int | None = getattr(fcntl, "F_SETSIG", None)
_MOUNTS = Path("/proc/self/mountinfo")
_ESCAPED = re.compile(r"\\([0-7]{3})")
#: on all others a writer may be on another machine, unknown to this kernel
_OF_THIS_KERNEL = frozenset(
    {"bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "ramfs", "tmpfs", "xfs", "zfs"}
)


class Writing(Enum):
    """What is known of the writers of a file."""

    OPEN = auto()
    CLOSED = auto()
    UNKNOWN = auto()


def first_open(paths: Iterable[str]) -> str | None:
    """The first file that somebody has open for writing; None: nobody is known to."""
    return next((path for path in sorted(paths) if writing_of(path) is Writing.OPEN), None)


def writing_of(path: str) -> Writing:
    """Whether anybody has a file open for writing, or mapped; what is no file nobody writes.

    A lease for reading is given while nobody has, to whoever owns the file or may take leases
    (fcntl(2)), and is given back at once. An open for writing in between waits for a moment.
    """
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            return Writing.CLOSED
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return Writing.CLOSED
    except (OSError, ValueError):
        return Writing.UNKNOWN
    try:
        return _ask(file) if _kind_of_file_system(path) in _OF_THIS_KERNEL else Writing.UNKNOWN
    finally:
        os.close(file)


def _ask(file: int) -> Writing:
    if _SET_LEASE is None or _SET_SIGNAL is None:
        return Writing.UNKNOWN
    try:
        fcntl.fcntl(file, _SET_SIGNAL, signal.SIGURG)
        fcntl.fcntl(file, _SET_LEASE, fcntl.F_RDLCK)
        fcntl.fcntl(file, _SET_LEASE, fcntl.F_UNLCK)
    except OSError as error:
        return Writing.OPEN if error.errno == errno.EAGAIN else Writing.UNKNOWN
    return Writing.CLOSED


def _kind_of_file_system(path: str) -> str:
    """The kind of the mount that a file is on, as proc(5) names it; nothing: it is not told."""
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        real = Path(path).resolve()
    except (OSError, RuntimeError):
        return ""
    kinds = dict(_folder_and_kind(line) for line in mounts)
    return next((kinds[str(at)] for at in (real, *real.parents) if str(at) in kinds), "")


def _folder_and_kind(line: str) -> tuple[str, str]:
    mount, _, source = line.partition(" - ")
    folder = _ESCAPED.sub(lambda found: chr(int(found[1], 8)), mount.split(" ")[4])
    return folder, source.split(" ")[0]
