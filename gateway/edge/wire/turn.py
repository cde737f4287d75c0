"""How long the requests of one connection are answered before others have their turn."""

from time import perf_counter

_SECONDS = 0.002


class Turn:
    """Asked between requests that came together; costs nothing where one came alone."""

    __slots__ = ("ends_at",)

    def __init__(self) -> None:
        #: 0: it has not been asked yet
        self.ends_at = 0.0

    @property
    def is_over(self) -> bool:
        """Whether others are to be next; begins with the first time it is asked."""
        now = perf_counter()
        self.ends_at = self.ends_at or now + _SECONDS
        return now >= self.ends_at
