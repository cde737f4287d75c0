"""Verification keys kept between requests: one fetch at a time, and none for junk.

State: the last good set, when it came, when a fetch was last tried, and how that ended. A fetch is
tried when there is no set, when the set is older than its time to live, or when a `kid` is not in
it; never twice within the cool-down, however many requests ask.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from gateway.errors import KeysUnavailableError
from gateway.tokens.keys import KeySet, Kid, VerificationKey, key_set_from_jwks

_LOG = logging.getLogger(__name__)


class CachedKeys:
    """A KeySource over a fetch; for one event loop, as an application has it."""

    def __init__(
        self,
        fetch: Callable[[], Awaitable[KeySet]],
        *,
        clock: Callable[[], float],
        ttl_seconds: float = 300.0,
        cooldown_seconds: float = 10.0,
    ) -> None:
        """`fetch` raises KeysUnavailableError, nothing else; `clock` never goes back."""
        self._fetch = fetch
        self._clock = clock
        self._ttl = ttl_seconds
        self._cooldown = cooldown_seconds
        self._keys: KeySet | None = None
        self._fetched_at = -math.inf
        self._tried_at = -math.inf
        self._has_failed = False
        self._problem: str | None = None
        self._flight: asyncio.Task[None] | None = None

    @property
    def key_set(self) -> KeySet | None:
        """The last good set, however old; None before the first."""
        return self._keys

    @property
    def problem(self) -> str | None:
        """Why the last fetch failed; None if it did not, or there was none."""
        return self._problem

    async def read(self) -> KeySet | None:
        """The key set, fetched first unless it is fresh; None while there is none."""
        if self._is_stale():
            flight = self._join_flight()
            if flight is not None:
                await asyncio.shield(flight)
        return self._keys

    def cached(self, kid: Kid, alg: str) -> VerificationKey | None:
        """The key, if the set is fresh and has it."""
        if self._keys is None or self._is_stale():
            return None
        return self._keys.find(kid, alg)

    def current(self) -> KeySet | None:
        """The key set while it is fresh."""
        return self._keys if self._clock() < self._fetched_at + self._ttl else None

    async def key(self, kid: Kid, alg: str) -> VerificationKey | None:
        """The key, fetching the set if need be.

        While fetches fail the last good set answers, without waiting for the next try; a `kid`
        that is not in it is then not unknown but uncheckable: KeysUnavailableError.
        """
        if self._is_stale() or not self._has(kid):
            flight = self._join_flight()
            if flight is not None and not (self._has_failed and self._has(kid)):
                await asyncio.shield(flight)
        if self._keys is not None and (self._has(kid) or not self._has_failed):
            return self._keys.find(kid, alg)
        raise KeysUnavailableError(
            "the issuer's keys cannot be had now", retry_after=self._seconds_to_next_try()
        )

    def _has(self, kid: Kid) -> bool:
        return self._keys is not None and kid in self._keys.keys

    def _is_stale(self) -> bool:
        return self._clock() >= self._fetched_at + self._ttl

    def _seconds_to_next_try(self) -> int:
        return max(1, math.ceil(self._tried_at + self._cooldown - self._clock()))

    def _join_flight(self) -> asyncio.Task[None] | None:
        """The fetch under way, else a new one, else None: it is too early for another."""
        if self._flight is not None and not self._flight.done():
            return self._flight
        if self._clock() < self._tried_at + self._cooldown:
            return None
        self._tried_at = self._clock()
        self._flight = asyncio.create_task(self._refresh())
        return self._flight

    async def _refresh(self) -> None:
        has_failed = True
        try:
            self._keys = await self._fetch()
            self._fetched_at = self._clock()
            has_failed = False
            self._problem = None
        except KeysUnavailableError as unavailable:
            self._problem = str(unavailable)
            _LOG.warning("verification keys stay as they are: %s", unavailable)
        finally:
            self._has_failed = has_failed


def embedded_keys(
    read_jwks: Callable[[], Mapping[str, Any]],
    algorithms: Iterable[str],
    *,
    clock: Callable[[], float],
) -> CachedKeys:
    """A KeySource over a keyring at hand, asked again every second and for each unknown `kid`.

    `read_jwks` must be quick, for it runs in the event loop; it raises KeysUnavailableError if it
    cannot read. As long as it answers the very same object nothing is built anew. Since unknown
    kids do not wait, a token of a key made a moment ago is never refused; since the set lives for
    a second, a token of a retired key soon is.
    """
    source = _EmbeddedJwks(read_jwks, tuple(algorithms))
    return CachedKeys(source.fetch, clock=clock, ttl_seconds=1.0, cooldown_seconds=0.0)


class _EmbeddedJwks:
    """The key set of a JWKS, built when the JWKS is another one than before."""

    def __init__(
        self, read_jwks: Callable[[], Mapping[str, Any]], algorithms: tuple[str, ...]
    ) -> None:
        self._read_jwks = read_jwks
        self._algorithms = algorithms
        self._built: tuple[Mapping[str, Any], KeySet] | None = None

    async def fetch(self) -> KeySet:
        jwks = self._read_jwks()
        if self._built is None or self._built[0] is not jwks:
            self._built = (jwks, key_set_from_jwks(jwks, self._algorithms))
        return self._built[1]
