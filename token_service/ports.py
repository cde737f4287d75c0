"""What the token service asks of whoever builds it: the scopes a document declares, the time."""

from collections.abc import Callable
from typing import Protocol

#: Unix seconds; the roof passes `time.time`
Clock = Callable[[], float]


class DeclaredScopes(Protocol):
    """The scopes that may be granted at all; asked at each request, so a reload counts at once."""

    def for_grant(self, grant: str) -> frozenset[str]:
        """The scopes a grant may give, by its `grant_type` (RFC 6749) or its OAS flow name."""
        ...
