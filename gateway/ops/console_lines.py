"""Lines for people: so many a second and no more; how many were left out is told instead."""

import sys
import threading
import time
from collections.abc import Callable

#: nobody reads more, and a flood of denials must not become one of lines
MOST_A_SECOND = 100


class ConsoleLines:
    """Writes to stderr, each line after its time; a console that is gone is no reason to fail."""

    def __init__(
        self, clock: Callable[[], float] = time.time, *, most_a_second: int = MOST_A_SECOND
    ) -> None:
        self._clock = clock
        self._most = most_a_second
        self._lock = threading.Lock()
        self._second = -1
        #: how the time is written, what may still be told in this second, and what was not
        self._at, self._room, self._untold = "", 0, 0

    def write(self, line: str) -> None:
        """Write a line, or count it."""
        with self._lock:
            self._turn()
            if self._room:
                self._room -= 1
                _write(f"{self._at}  {line}\n")
            else:
                self._untold += 1

    def flush(self) -> None:
        """Tell how many lines a second had no room for, once it is over."""
        with self._lock:
            self._turn()

    def _turn(self) -> None:
        second = int(self._clock())
        if second == self._second:
            return
        if self._untold:
            _write(f"{self._at}  {self._untold} more lines like these in this second\n")
        self._second, self._room, self._untold = second, self._most, 0
        self._at = time.strftime("%H:%M:%S", time.localtime(second))


def _write(text: str) -> None:
    try:
        sys.stderr.write(text)
    except (OSError, ValueError):
        return
