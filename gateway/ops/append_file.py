"""Whole lines appended to a file, a pipe or a device that may be renamed, full or closed."""

import contextlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

#: what a pipe takes whole or not at all (POSIX PIPE_BUF, as Linux has it)
_PIPE_BYTES = 4096
#: the most in one write
_BLOCK_BYTES = 1024 * 1024
_MODE = 0o600
#: how often an end that is no newline is looked at before nobody seems to be writing it
_LOOKS = 100


@dataclass(frozen=True, slots=True)
class Written:
    """How a write went."""

    #: lines that are dealt with: in the file, or lost
    lines: int
    #: those of them of which only a part is in the file
    lost: int = 0
    #: what kept the others out
    error: OSError | None = None


class AppendFile:
    """Opened anew whenever its path leads elsewhere. For one thread at a time; never waits.

    INVARIANT: what one write takes are whole lines, appended with O_APPEND, so that several
    processes never tear one another's. Of a line for which there was room only in part, the part
    stays behind as a line of its own.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, for its owner alone where it is made; raises OSError."""
        self.path = path
        self._descriptor: int | None = _opened(path)
        #: the last line is unfinished, as far as is known: by a write of ours, or found so
        self._is_torn = _ends_within_a_line(self._descriptor)

    def write(self, lines: Sequence[bytes]) -> Written:
        """Append lines that end in their newline, as many as there is room for."""
        done = lost = 0
        try:
            descriptor, is_file = self._ready()
            while done < len(lines):
                block = _block(lines, done, _BLOCK_BYTES if is_file else _PIPE_BYTES)
                whole = self._append(descriptor, block)
                lost += self._is_torn
                done += whole + self._is_torn
        except OSError as error:
            if not isinstance(error, BlockingIOError):
                self.close()
            return Written(done, lost, error)
        return Written(done, lost)

    def close(self) -> None:
        """Close it; a later write opens it anew."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None

    def _ready(self) -> tuple[int, bool]:
        """A descriptor of what the path leads to now, and whether that is a regular file."""
        if self._descriptor is not None and not _leads_to(self.path, self._descriptor):
            self.close()
        if self._descriptor is None:
            self._descriptor = _opened(self.path)
            self._is_torn = _ends_within_a_line(self._descriptor)
        return self._descriptor, _is_file(self._descriptor)

    def _append(self, descriptor: int, lines: Sequence[bytes]) -> int:
        """Write lines at once; how many are whole. Raises OSError if there is room for nothing."""
        mends = self._is_torn
        octets = b"\n" * mends + b"".join(lines)
        written = octets[: os.write(descriptor, octets)]
        self._is_torn = not written.endswith(b"\n")
        return written.count(b"\n") - mends


def _block(lines: Sequence[bytes], start: int, most: int) -> Sequence[bytes]:
    """The lines from a place on that are at most so many octets together; one line at least."""
    size = 0
    for place in range(start, len(lines)):
        size += len(lines[place])
        if size > most:
            return lines[start : max(place, start + 1)]
    return lines[start:]


def _opened(path: Path) -> int:
    """Open for appending without waiting for a reader; only a file of our making is private."""
    access = os.O_RDWR if _may_be_a_file(path) else os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY
    descriptor = os.open(path, access | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _MODE)
    if access == os.O_RDWR:
        os.fchmod(descriptor, _MODE)
    return descriptor


def _may_be_a_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return True


def _leads_to(path: Path, descriptor: int) -> bool:
    """Whether a path still leads to what was opened; a file renamed away is no longer there."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def _is_file(descriptor: int) -> bool:
    return stat.S_ISREG(os.fstat(descriptor).st_mode)


def _ends_within_a_line(descriptor: int) -> bool:
    """Whether somebody, perhaps a process that was killed, left the last line unfinished.

    One who is still writing is not meant: while he does, the end moves.
    """
    if not _is_file(descriptor):
        return False
    size = -1
    for _ in range(_LOOKS):
        before, size = size, os.fstat(descriptor).st_size
        if size == 0 or os.pread(descriptor, 1, size - 1) == b"\n":
            return False
        if before not in {-1, size}:
            return False
    return True
