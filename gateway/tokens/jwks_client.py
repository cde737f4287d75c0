"""Keys from a JWKS URL, read as strictly as a token."""

from collections.abc import Callable, Iterable

import httpx

from gateway.errors import KeysUnavailableError
from gateway.tokens.exchange import (
    SIZE_LIMIT,
    TIME_LIMIT_SECONDS,
    Failure,
    get,
    trusted_url,
)
from gateway.tokens.key_cache import CachedKeys
from gateway.tokens.keys import RETRY_SECONDS, KeySet, key_set_from_jwks
from gateway.tokens.strict_json import read_json_object

__all__ = ["SIZE_LIMIT", "TIME_LIMIT_SECONDS", "fetch_keys", "jwks_url_keys"]

_ACCEPT = "application/jwk-set+json, application/json"


def jwks_url_keys(
    url: str,
    algorithms: Iterable[str],
    *,
    clock: Callable[[], float],
    transport: httpx.AsyncBaseTransport | None = None,
    time_limit: float = TIME_LIMIT_SECONDS,
) -> CachedKeys:
    """A KeySource over a JWKS URL; raises SettingsError for a URL that cannot be trusted.

    A set lives 300 s; unknown `kid`s and failures cause at most one fetch in 10 s.
    """
    target = trusted_url(url, what="JWKS")
    allowed = tuple(algorithms)

    async def fetch() -> KeySet:
        return await fetch_keys(target, allowed, transport=transport, time_limit=time_limit)

    return CachedKeys(fetch, clock=clock)


async def fetch_keys(
    url: httpx.URL,
    algorithms: Iterable[str],
    *,
    transport: httpx.AsyncBaseTransport | None,
    time_limit: float,
) -> KeySet:
    """The keys at a URL that is trusted; raises KeysUnavailableError."""
    answer = await get(url, accept=_ACCEPT, transport=transport, time_limit=time_limit)
    if isinstance(answer, Failure):
        raise _unavailable(url, answer.why)
    try:
        jwks = read_json_object(answer.body)
    except ValueError as error:
        raise _unavailable(url, f"is not strict JSON: {error}") from error
    return key_set_from_jwks(jwks, algorithms)


def _unavailable(url: httpx.URL, what: str) -> KeysUnavailableError:
    return KeysUnavailableError(f"the key set at `{url}` {what}", retry_after=RETRY_SECONDS)
