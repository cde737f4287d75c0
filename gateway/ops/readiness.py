"""Whether requests should be sent here: begun, not ending, and nothing that a check speaks of."""

from collections.abc import Callable, Mapping


class Readiness:
    """Not ready until `begin`, and from `end` on."""

    def __init__(self, checks: Mapping[str, Callable[[], str]]) -> None:
        """Each check tells in a few words what is wrong, nothing if all is well. Must not wait."""
        self._checks = checks
        self._state = "starting"

    def begin(self) -> None:
        """The start is done."""
        self._state = ""

    def end(self) -> None:
        """The end has begun."""
        self._state = "ending"

    def faults(self) -> Mapping[str, str]:
        """What speaks against sending requests here; empty: it is ready."""
        found = {name: check() for name, check in self._checks.items()} | {"server": self._state}
        return {name: fault for name, fault in found.items() if fault}
