"""How the last reload of this process went: for its operator, never for others."""

import time
from collections.abc import Callable, Mapping


class LastReload:
    """Remembers one outcome; nothing until there is one."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._told: Mapping[str, str] | None = None

    def went_well(self) -> None:
        """Another document rules."""
        self._note("ok", "")

    def was_refused(self, why: str) -> None:
        """The old document stays."""
        self._note("refused", why)

    def told(self) -> Mapping[str, str] | None:
        """The outcome, when it was, and why; None: there was no reload yet."""
        return self._told

    def _note(self, outcome: str, why: str) -> None:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._clock()))
        self._told = {"outcome": outcome, "time": at, **({"why": why} if why else {})}
