"""A revocation feed as tests ask it, and clocks that move when told to."""

from dataclasses import dataclass

from token_service.revocation_feed import RevocationFeed

NOW = 1_800_000_000


@dataclass
class Hands:
    """Both clocks of a feed."""

    wall: float = NOW
    monotonic: float = 1000.0

    def tell_wall(self) -> float:
        return self.wall

    def tell_monotonic(self) -> float:
        return self.monotonic

    def move(self, seconds: float) -> None:
        self.wall += seconds
        self.monotonic += seconds


def knows(feed: RevocationFeed, jti: str, *, issued_at: int = NOW) -> bool:
    """Whether the feed knows that the token with the id is revoked."""
    return feed.is_revoked(
        jti=jti, grant_id=None, client_id="c", subject="client:c", issued_at=issued_at
    )


def learns(feed: RevocationFeed, jti: str, *, issued_at: int = NOW) -> bool:
    """The same after it was asked whether it is fresh, and said yes: as a request asks it."""
    return feed.fresh and knows(feed, jti, issued_at=issued_at)
