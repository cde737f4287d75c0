"""What the token service asks of whoever builds it: what a document declares, and the time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

#: Unix seconds; the roof passes `time.time`
Clock = Callable[[], float]


class DeclaredScopes(Protocol):
    """The scopes that may be granted at all; asked at each request, so a reload counts at once."""

    def for_grant(self, grant: str) -> frozenset[str]:
        """The scopes a grant may give, by its `grant_type` (RFC 6749) or its OAS flow name."""
        ...


@dataclass(frozen=True, slots=True)
class OpenedOperation:
    """An operation that a scope opens, alone or together with others."""

    #: upper case
    method: str
    #: the path template with the base path
    path: str
    summary: str
    #: the scopes that are needed besides
    together_with: tuple[str, ...] = ()

    @property
    def changes_something(self) -> bool:
        """Whether its method is not safe (RFC 9110 s9.2.1)."""
        return self.method not in {"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"}


class OperationsOpenedBy(Protocol):
    """What scopes mean, in the document's words; asked at each request."""

    @property
    def title(self) -> str:
        """The title of the API."""
        ...

    def description(self, scope: str) -> str:
        """The document's words for a scope; "" if it has none."""
        ...

    def opened_by(self, scopes: frozenset[str]) -> Mapping[str, Sequence[OpenedOperation]]:
        """For each of the scopes, the operations that it has a part in opening, held all together.

        In the document's order; a scope that opens nothing has an empty list.
        """
        ...
