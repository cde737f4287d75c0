"""Keys from the JWKS URL of the settings: bounded in time and size, never redirected."""

import asyncio
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import httpx

from gateway.errors import KeysUnavailableError, SettingsError
from gateway.settings import is_loopback_host
from gateway.tokens.key_cache import CachedKeys
from gateway.tokens.keys import RETRY_SECONDS, KeySet, key_set_from_jwks
from gateway.tokens.strict_json import read_json_object

#: for the whole exchange, from name look-up to the last octet
TIME_LIMIT_SECONDS = 5.0
SIZE_LIMIT = 256 * 1024
_REQUEST_HEADERS = {
    "accept": "application/jwk-set+json, application/json",
    # any other coding could be small on the wire and huge in memory
    "accept-encoding": "identity",
}


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
    target = _trusted_url(url)
    allowed = tuple(algorithms)

    async def fetch() -> KeySet:
        raw = await _fetch(target, transport=transport, time_limit=time_limit)
        try:
            jwks = read_json_object(raw)
        except ValueError as error:
            raise _unavailable(url, f"is not strict JSON: {error}") from error
        return key_set_from_jwks(jwks, allowed)

    return CachedKeys(fetch, clock=clock)


def _trusted_url(url: str) -> httpx.URL:
    """The URL, if nobody on the way can change what it answers."""
    try:
        target = httpx.URL(url)
        parts = urlsplit(url)
        is_trusted = target.scheme == "https" or (
            target.scheme == "http" and is_loopback_host(target.host)
        )
    except (httpx.InvalidURL, ValueError) as error:
        raise SettingsError("the JWKS URL is not a URL; write https://host/path") from error
    if not is_trusted or not target.host:
        raise SettingsError(f"the JWKS URL `{url}` is neither https nor loopback; use https")
    if "@" in parts.netloc or parts.fragment:
        raise SettingsError("the JWKS URL holds a user or a fragment; leave them out")
    return target


async def _fetch(
    url: httpx.URL, *, transport: httpx.AsyncBaseTransport | None, time_limit: float
) -> bytes:
    """The octets of a plain 200; a client of its own, since minutes pass between two fetches."""
    try:
        async with (
            asyncio.timeout(time_limit),
            httpx.AsyncClient(
                transport=transport,
                follow_redirects=False,
                timeout=time_limit,
                trust_env=url.scheme == "https",
            ) as client,
            client.stream("GET", url, headers=_REQUEST_HEADERS) as response,
        ):
            return await _body(response)
    except TimeoutError as error:
        raise _unavailable(url, f"took longer than {time_limit:g} s") from error
    except (httpx.HTTPError, OSError) as error:
        raise _unavailable(url, f"cannot be read ({type(error).__name__})") from error


async def _body(response: httpx.Response) -> bytes:
    if response.status_code != httpx.codes.OK:
        raise _unavailable(response.url, f"answered {response.status_code}")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _unavailable(response.url, "answered in a content coding nobody asked for")
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > SIZE_LIMIT:
            raise _unavailable(response.url, f"answered more than {SIZE_LIMIT // 1024} KiB")
    return bytes(body)


def _unavailable(url: httpx.URL | str, what: str) -> KeysUnavailableError:
    return KeysUnavailableError(f"the key set at `{url}` {what}", retry_after=RETRY_SECONDS)
