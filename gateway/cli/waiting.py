"""When to tell that something is waited for: once, after a while."""


class Waiting:
    """Remembers since when something is waited for, and tells once that it takes long."""

    def __init__(self, *, quiet_seconds: float) -> None:
        self._quiet = quiet_seconds
        self._since: float | None = None
        self._was_told = False

    def is_news(self, now: float) -> bool:
        """Whether it is time to tell somebody that it still is waited for."""
        if self._since is None:
            self._since = now
        if self._was_told or now - self._since < self._quiet:
            return False
        self._was_told = True
        return True

    def end(self) -> None:
        """Nothing is waited for any more."""
        self._since, self._was_told = None, False
