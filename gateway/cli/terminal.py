"""Whether the terminal that a server was started from is still there."""

import os
from dataclasses import dataclass

#: standard input, output and error
_STREAMS = (0, 1, 2)


@dataclass(frozen=True, slots=True)
class Terminal:
    """The stream that was a terminal at the start, if one was."""

    stream: int | None

    @property
    def is_gone(self) -> bool:
        """Whether it has hung up; never where there was none."""
        if self.stream is None:
            return False
        try:
            os.tcgetpgrp(self.stream)
        except OSError:
            return True
        return False


def terminal_here() -> Terminal:
    """The terminal that this process was started from."""
    return Terminal(next((stream for stream in _STREAMS if os.isatty(stream)), None))
