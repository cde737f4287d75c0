"""Keys of an issuer that the settings name by its URL alone: its metadata says where they are."""

import asyncio
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit, urlunsplit

import httpx

from gateway.errors import KeysUnavailableError, SettingsError
from gateway.settings import is_loopback_url
from gateway.tokens.exchange import TIME_LIMIT_SECONDS, Failure, get, trusted_url
from gateway.tokens.jwks_client import fetch_keys
from gateway.tokens.key_cache import CachedKeys
from gateway.tokens.keys import RETRY_SECONDS, KeySet
from gateway.tokens.strict_json import read_json_object

_WELL_KNOWN = "/.well-known"


def discovered_keys(
    issuer: str,
    algorithms: Iterable[str],
    *,
    clock: Callable[[], float],
    transport: httpx.AsyncBaseTransport | None = None,
    time_limit: float = TIME_LIMIT_SECONDS,
) -> CachedKeys:
    """A KeySource of an issuer; raises SettingsError for a URL that cannot be trusted.

    The metadata is read anew with each set of keys, and both within the one time limit: an issuer
    may move its keys. A set lives 300 s; unknown `kid`s and failures cause at most one try in 10 s.
    """
    trusted_url(issuer, what="issuer's")
    allowed = tuple(algorithms)

    async def fetch() -> KeySet:
        try:
            async with asyncio.timeout(time_limit):
                url = await _find_keys(issuer, transport=transport, time_limit=time_limit)
                return await fetch_keys(url, allowed, transport=transport, time_limit=time_limit)
        except TimeoutError as error:
            raise _unavailable(issuer, f"took longer than {time_limit:g} s") from error

    return CachedKeys(fetch, clock=clock)


def metadata_urls(issuer: str) -> tuple[str, str]:
    """Where the metadata may be: RFC 8414 s3.1, then OpenID Connect Discovery s4."""
    parts = urlsplit(issuer)
    path = parts.path.rstrip("/")
    inserted = f"{_WELL_KNOWN}/oauth-authorization-server{path}"
    appended = f"{path}{_WELL_KNOWN}/openid-configuration"
    return (
        urlunsplit((parts.scheme, parts.netloc, inserted, "", "")),
        urlunsplit((parts.scheme, parts.netloc, appended, "", "")),
    )


async def _find_keys(
    issuer: str, *, transport: httpx.AsyncBaseTransport | None, time_limit: float
) -> httpx.URL:
    """The `jwks_uri` of the first metadata that is the issuer's own."""
    reasons = []
    for url in metadata_urls(issuer):
        answer = await get(
            httpx.URL(url), accept="application/json", transport=transport, time_limit=time_limit
        )
        found = (
            Failure(answer.why) if isinstance(answer, Failure) else _keys_of(answer.body, issuer)
        )
        if isinstance(found, httpx.URL):
            return found
        reasons.append(f"`{url}` {found.why}")
    raise _unavailable(issuer, f"has no metadata: {'; '.join(reasons)}")


def _keys_of(body: bytes, issuer: str) -> httpx.URL | Failure:
    """The `jwks_uri` of metadata, if it speaks for this issuer (RFC 8414 s3.3)."""
    try:
        metadata = read_json_object(body)
    except ValueError as error:
        return Failure(f"is not strict JSON: {error}")
    if metadata.get("issuer") != issuer:
        return Failure("speaks for another issuer; write the issuer as it does")
    jwks_uri = metadata.get("jwks_uri")
    if not isinstance(jwks_uri, str):
        return Failure("names no `jwks_uri`")
    try:
        url = trusted_url(jwks_uri, what="JWKS")
    except SettingsError as error:
        return Failure(f"names keys that cannot be trusted: {error}")
    if url.scheme != "https" and not is_loopback_url(issuer):
        return Failure("names keys on this machine's loopback, which the issuer is not on")
    return url


def _unavailable(issuer: str, what: str) -> KeysUnavailableError:
    return KeysUnavailableError(f"the issuer `{issuer}` {what}", retry_after=RETRY_SECONDS)
