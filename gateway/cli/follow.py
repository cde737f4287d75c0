"""How a worker takes over each document that its main process hands on."""

import threading
import time
from collections.abc import Callable

from gateway.app.reloading import Reloading
from gateway.cli.handing import Handing
from gateway.cli.reload_words import reason
from gateway.errors import ScopegateError
from gateway.load import LoadedDocument
from gateway.spec.snapshot import Snapshot

_POLL_SECONDS = 0.05
Load = Callable[[Snapshot], LoadedDocument]


def follow(handing: Handing, number: int, reloading: Reloading, load: Load) -> None:
    """Begin to follow, having built the snapshot of this number."""
    handing.answer(number)
    told = handing.refusal_mark()
    followed = _Followed(handing, number, reloading, load, told)
    threading.Thread(target=followed.run, name="reload", daemon=True).start()


class _Followed:
    def __init__(
        self,
        handing: Handing,
        number: int,
        reloading: Reloading,
        load: Load,
        refusal: tuple[int, int],
    ) -> None:
        self._handing = handing
        self._number = number
        self._reloading = reloading
        self._load = load
        self._ruling: tuple[int, int] = (0, 0)
        self._refusal = refusal

    def run(self) -> None:
        """Look again and again, for as long as the process lives."""
        while True:
            self.look()
            time.sleep(_POLL_SECONDS)

    def look(self) -> None:
        """Take over what was handed on since the last look."""
        ruling, refusal = self._handing.ruling_mark(), self._handing.refusal_mark()
        if ruling not in {self._ruling, (0, 0)}:
            self._ruling = ruling
            self._take()
        if refusal not in {self._refusal, (0, 0)}:
            self._refusal = refusal
            self._reloading.refuse(self._handing.refusal())

    def _take(self) -> None:
        handed = self._handing.ruling()
        if handed.number <= self._number:
            return
        self._number = handed.number
        try:
            served = self._reloading.build(self._load(handed.snapshot))
        except ScopegateError as error:
            self._refuse(reason(error))
        except Exception as error:  # the edge of a thread: the old document rules on
            self._refuse(f"unforeseen {type(error).__name__}")
        else:
            self._reloading.swap(served)
            self._handing.answer(handed.number)

    def _refuse(self, why: str) -> None:
        self._reloading.refuse(why)
        self._handing.answer(self._number, why)
