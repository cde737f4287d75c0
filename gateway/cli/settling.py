"""Whether files changed and have come to rest: their marks compared from look to look."""

from collections.abc import Iterable, Mapping
from pathlib import Path

#: what tells one state of a file from another; None: it is not there
Mark = tuple[int, ...] | None
Marks = Mapping[str, Mark]


def marks_of(paths: Iterable[str]) -> Marks:
    """The marks of files as they are now, links followed."""
    return {path: _mark(path) for path in sorted(paths)}


def _mark(path: str) -> Mark:
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


class Settling:
    """Remembers what was dealt with, and since when nothing has moved."""

    def __init__(self, dealt_with: Marks, *, quiet_seconds: float) -> None:
        self._dealt_with = dealt_with
        self._quiet = quiet_seconds
        self._seen = dealt_with
        self._since = 0.0

    def is_due(self, marks: Marks, now: float) -> bool:
        """Whether files are other than those dealt with, and have been still for long enough."""
        if marks != self._seen:
            self._seen, self._since = marks, now
            return False
        return marks != self._dealt_with and now - self._since >= self._quiet

    def deal_with(self, marks: Marks) -> None:
        """Take these for dealt with."""
        self._dealt_with = self._seen = marks
