"""A word on the terminal about work that takes over a second."""

import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

_PATIENCE_SECONDS = 1.0
_BEAT_SECONDS = 0.2
_CLEAR = "\r\x1b[K"


class _Work:
    """What is being done; another thread tells it."""

    def __init__(self) -> None:
        self.doing = ""
        self.is_done = threading.Event()
        self.is_told = False
        self._lock = threading.Lock()

    def tell(self) -> None:
        """Show what is being done, once it takes long, until it is done."""
        wait = _PATIENCE_SECONDS
        while not self.is_done.wait(wait):
            with self._lock:
                sys.stderr.write(f"{_CLEAR}{self.doing}")
                sys.stderr.flush()
                self.is_told, wait = True, _BEAT_SECONDS

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Keep the line free while a part of the result is written."""
        with self._lock:
            if self.is_told:
                sys.stderr.write(_CLEAR)
                sys.stderr.flush()
                self.is_told = False
            yield
            sys.stdout.flush()


@contextmanager
def progress() -> Iterator["Tell"]:
    """Give a function that is told what comes next; where nobody looks on, nothing is shown."""
    work = _Work()
    if not sys.stderr.isatty():
        yield Tell(work)
        return
    teller = threading.Thread(target=work.tell, daemon=True)
    teller.start()
    try:
        yield Tell(work)
    finally:
        work.is_done.set()
        teller.join()
        if work.is_told:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()


class Tell:
    """Takes what is done next."""

    def __init__(self, work: _Work) -> None:
        self._work = work

    def __call__(self, doing: str) -> None:
        """Say what is done next."""
        self._work.doing = doing

    def aside(self) -> AbstractContextManager[None]:
        """Make way for a part of the result."""
        return self._work.aside()
