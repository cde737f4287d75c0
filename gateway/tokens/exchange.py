"""One exchange with a server that the settings name: bounded in time and size, never redirected."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from gateway.errors import SettingsError
from gateway.settings import is_loopback_host

#: for the whole exchange, from name look-up to the last octet
TIME_LIMIT_SECONDS = 5.0
SIZE_LIMIT = 256 * 1024
#: any other coding could be small on the wire and huge in memory
IDENTITY = {"accept-encoding": "identity"}


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """A plain 200."""

    body: bytes
    #: the media type, in lower case, without parameters
    media_type: str


@dataclass(frozen=True, slots=True)
class Failure:
    """There is no answer to use; `why` continues a sentence that begins with the URL."""

    why: str


def trusted_url(url: str, *, what: str) -> httpx.URL:
    """The URL, if nobody on the way can change what it answers; raises SettingsError."""
    try:
        target = httpx.URL(url)
        parts = urlsplit(url)
        is_trusted = target.scheme == "https" or (
            target.scheme == "http" and is_loopback_host(target.host)
        )
    except (httpx.InvalidURL, ValueError) as error:
        raise SettingsError(f"the {what} URL is not a URL; write https://host/path") from error
    if not is_trusted or not target.host:
        raise SettingsError(f"the {what} URL `{url}` is neither https nor loopback; use https")
    if "@" in parts.netloc or parts.fragment:
        raise SettingsError(f"the {what} URL holds a user or a fragment; leave them out")
    return target


def new_client(
    url: httpx.URL, *, transport: httpx.AsyncBaseTransport | None, time_limit: float
) -> httpx.AsyncClient:
    """A client for one server; a proxy of the environment is used for https alone."""
    return httpx.AsyncClient(
        transport=transport,
        follow_redirects=False,
        timeout=time_limit,
        trust_env=url.scheme == "https",
    )


async def exchange(
    client: httpx.AsyncClient, request: httpx.Request, *, time_limit: float
) -> Answer | Failure:
    """Send a request and read a plain 200."""
    try:
        async with asyncio.timeout(time_limit):
            response = await client.send(request, stream=True)
            try:
                return await _read(response)
            finally:
                await response.aclose()
    except TimeoutError:
        return Failure(f"took longer than {time_limit:g} s")
    except (httpx.HTTPError, OSError) as error:
        return Failure(f"cannot be read ({type(error).__name__})")


async def get(
    url: httpx.URL, *, accept: str, transport: httpx.AsyncBaseTransport | None, time_limit: float
) -> Answer | Failure:
    """Read a URL; with a client of its own, since minutes pass between two reads."""
    async with new_client(url, transport=transport, time_limit=time_limit) as client:
        request = client.build_request("GET", url, headers={"accept": accept, **IDENTITY})
        return await exchange(client, request, time_limit=time_limit)


async def _read(response: httpx.Response) -> Answer | Failure:
    if response.status_code != httpx.codes.OK:
        return Failure(f"answered {response.status_code}")
    if response.headers.get("content-encoding", "identity") != "identity":
        return Failure("answered in a content coding nobody asked for")
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > SIZE_LIMIT:
            return Failure(f"answered more than {SIZE_LIMIT // 1024} KiB")
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Answer(bytes(body), media_type)
