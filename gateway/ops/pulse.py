"""What is done a few times a second beside the requests, in a thread of its own."""

import logging
import threading
from collections.abc import Callable, Sequence

_log = logging.getLogger("scopegate.ops")

#: seconds between two beats: so long a line may be held, and a number be old
BEAT_SECONDS = 0.2


class Pulse:
    """Calls what it was given over and over, from `start` to `stop`, and once more at the end."""

    def __init__(
        self, tasks: Sequence[Callable[[], None]], *, seconds: float = BEAT_SECONDS
    ) -> None:
        self._tasks = tasks
        self._seconds = seconds
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to beat."""
        if self._thread is None:
            self._stopping = threading.Event()
            self._thread = threading.Thread(target=self._beat, name="scopegate-pulse", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Beat once more, then no more."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        self._thread = None

    def _beat(self) -> None:
        is_last = False
        while not is_last:
            is_last = self._stopping.wait(self._seconds)
            for task in self._tasks:
                try:
                    task()
                except Exception:  # whatever it is, the thread lives to beat again
                    _log.exception("something beside the requests failed")
