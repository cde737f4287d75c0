"""Audit lines on their way to the file: held for a moment, bounded, counted if they are lost."""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from gateway.ops.append_file import AppendFile

_log = logging.getLogger("scopegate.ops")

#: what is held before it is written without waiting for `flush`
BLOCK_BYTES = 64 * 1024
#: the most that is held while nothing can be written; lines beyond are lost
MOST_HELD_BYTES = 1024 * 1024


class AuditLog:
    """Takes lines from any thread, in order. Neither raises nor waits for anything but a write.

    Lines that cannot be written are held up to a bound, tried again at each flush, and lost and
    counted beyond it: what was decided stands. stderr is told when it begins and when it ends.
    """

    def __init__(self, path: Path) -> None:
        """Open the file; raises OSError."""
        self.path = path
        #: lines that are in no file, or not whole
        self.lost = 0
        self._file = AppendFile(path)
        self._held: list[bytes] = []
        self._held_bytes = 0
        #: guards what is held; nobody waits while he has it
        self._holding = threading.Lock()
        #: had by the one who writes
        self._writing = threading.Lock()
        #: lost before writing began to fail; None: it does not fail
        self._lost_before: int | None = None

    def append(self, line: bytes) -> None:
        """Hold a line that ends in its newline, and write once there is a block of them."""
        with self._holding:
            held = self._held_bytes
            if held >= MOST_HELD_BYTES:
                self.lost += 1
                return
            self._held.append(line)
            self._held_bytes = held = held + len(line)
        if held >= BLOCK_BYTES and self._lost_before is None:
            self.flush()

    def flush(self) -> None:
        """Write what is held; returns at once if somebody else is writing."""
        if self._held and self._writing.acquire(blocking=False):
            try:
                self._write()
            finally:
                self._writing.release()

    def close(self) -> None:
        """Write what is held and close the file; what cannot be written now is lost."""
        with self._writing:
            self._write()
            left = len(self._take())
            if left:
                self.lost += left
                _log.error("%s: %d audit lines are lost", self.path, left)
            self._file.close()

    def _write(self) -> None:
        lines = self._take()
        if not lines:
            return
        lost_before = self.lost
        written = self._file.write(lines)
        self._put_back(lines[written.lines :], lost=written.lost)
        if written.error is not None or written.lost:
            self._fail(written.error, lost_before)
        elif self._lost_before is not None:
            self._recover(self._lost_before)

    def _take(self) -> Sequence[bytes]:
        with self._holding:
            lines, self._held, self._held_bytes = self._held, [], 0
        return lines

    def _put_back(self, lines: Sequence[bytes], *, lost: int) -> None:
        with self._holding:
            self._held[:0] = lines
            self._held_bytes += sum(map(len, lines))
            self.lost += lost

    def _fail(self, error: OSError | None, lost_before: int) -> None:
        if self._lost_before is None:
            self._lost_before = lost_before
            _log.error(
                "%s: audit lines cannot be written: %s; decisions stand, and up to %d KiB of lines "
                "are held until they can",
                self.path,
                error.strerror if error else "there is no room",
                MOST_HELD_BYTES // 1024,
            )

    def _recover(self, lost_before: int) -> None:
        self._lost_before = None
        lost = self.lost - lost_before
        _log.warning("%s: audit lines are written again; %d were lost", self.path, lost)
