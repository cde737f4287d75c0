"""The port `RevocationFeed`, answered by the token service that is built in."""

import asyncio
from dataclasses import dataclass
from math import isinf

from gateway.model import AccessToken
from token_service.revocation_feed import RevocationFeed


@dataclass(frozen=True, slots=True)
class OwnRevocations:
    """Which of our own tokens were taken back; starts and stops with the application."""

    feed: RevocationFeed

    @property
    def fresh(self) -> bool:
        """Whether what is known is recent enough to rule."""
        return self.feed.fresh

    @property
    def changes(self) -> int:
        """Another number after each change of what is known."""
        return self.feed.changes

    def is_revoked(self, token: AccessToken) -> bool:
        """Whether the token, its grant, its client or its subject was."""
        return self.feed.is_revoked(
            jti=token.jti,
            grant_id=token.grant_id,
            client_id=token.client_id,
            subject=token.principal.subject,
            issued_at=token.issued_at,
        )

    def staleness(self) -> str:
        """What is wrong with what is known, in a few words; nothing if it may rule."""
        if self.feed.fresh:
            return ""
        age = self.feed.age_seconds
        known = "never known" if isinf(age) else f"last known {age:.0f} seconds ago"
        return f"{known}; requests with a token of ours get 503"

    async def start(self) -> None:
        """Read what is revoked before the first request, and follow it."""
        await asyncio.to_thread(self.feed.start)

    async def stop(self) -> None:
        """Follow it no more."""
        await asyncio.to_thread(self.feed.stop)
