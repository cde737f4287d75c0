"""What is told to those who look on: the console, the audit, the metrics."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from gateway.model import Decision

_F = TypeVar("_F", bound=Callable[..., Any])
_DEAF = "says_nothing"


def says_nothing(method: _F) -> _F:
    """Mark a method of a watch that may as well not be called."""
    setattr(method, _DEAF, True)
    return method


def heard_of(watch: type[Any]) -> tuple[bool, bool]:
    """Whether watches of a type have anything to say of decisions, and of answers."""
    decided, answered = getattr(watch, "decided", None), getattr(watch, "answered", None)
    return not getattr(decided, _DEAF, False), not getattr(answered, _DEAF, False)


class Watched(Protocol):
    """A request as one who looks on sees it: nothing of it is a secret."""

    @property
    def request_id(self) -> str:
        """Its id, as its problem has it: `urn:uuid:...`."""
        ...

    @property
    def address(self) -> str:
        """Where it comes from; "" if nobody knows."""
        ...


class Watch(Protocol):
    """Told of requests that have one decision in common. Must neither raise nor wait."""

    def decided(self, request: Watched) -> None:
        """A request was decided so; told before anything of it but its head is read."""
        ...

    def answered(self, request: Watched, status: int, seconds: float) -> None:
        """Its answer was begun so long after the request came; told once, if at all."""
        ...


class Sink(Protocol):
    """One who looks on."""

    def watch(self, decision: Decision) -> Watch:
        """What is told of requests with this decision.

        Decisions are values, and one may be kept for many requests: whatever can be settled by
        the decision alone, such as its names in a line, is settled here, once.
        """
        ...

    def unrouted(self, request: Watched, status: int) -> None:
        """A request was answered with this status for want of an operation (404, 405, 204)."""
        ...


Sinks = Sequence[Sink]


class _Silent:
    """Says nothing of any request."""

    @says_nothing
    def decided(self, _request: Watched) -> None:
        """Nothing is said."""

    @says_nothing
    def answered(self, _request: Watched, _status: int, _seconds: float) -> None:
        """Nothing is said."""


#: what a sink gives that has nothing to say of a decision: whoever calls it may as well not
SILENT: Watch = _Silent()


class TokenCounter(Protocol):
    """Told of each bearer token that is presented. Must neither raise nor wait."""

    def hit(self) -> None:
        """A token was known from before, whatever it is worth."""
        ...

    def miss(self) -> None:
        """A token was not known and has to be verified."""
        ...


class _Uncounted:
    """Counts nothing."""

    def hit(self) -> None:
        """Nothing is counted."""

    def miss(self) -> None:
        """Nothing is counted."""


#: where nobody counts
UNCOUNTED: TokenCounter = _Uncounted()
