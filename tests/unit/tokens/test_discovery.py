"""Keys of an issuer by its URL alone: found where its own metadata says, and nowhere else."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from gateway.errors import KeysUnavailableError, SettingsError
from gateway.tokens.discovery import discovered_keys, metadata_urls
from gateway.tokens.key_cache import CachedKeys
from gateway.tokens.keys import Kid
from tests.unit.tokens.minting import ALGORITHMS, public_jwk

ISSUER = "https://kc.example/realms/shop"
FIRST, SECOND = metadata_urls(ISSUER)
JWKS = "https://keys.example/shop"
KEYS = {"keys": [public_jwk("EdDSA")]}
GOOD = {"issuer": ISSUER, "jwks_uri": JWKS}


class Web:
    """Answers by URL, and remembers what was asked; anything else is 404."""

    def __init__(self, **pages: Any) -> None:
        self.pages: dict[str, Any] = {JWKS: KEYS, **pages}
        self.asked: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        page = self.pages.get(str(request.url))
        if isinstance(page, httpx.Response):
            return page
        return httpx.Response(404) if page is None else httpx.Response(200, json=page)

    def keys(self, issuer: str = ISSUER, clock: Callable[[], float] = lambda: 0.0) -> CachedKeys:
        transport = httpx.MockTransport(self.answer)
        return discovered_keys(issuer, ALGORITHMS, clock=clock, transport=transport)


def kid_found(web: Web, issuer: str = ISSUER) -> str | None:
    key = asyncio.run(web.keys(issuer).key(Kid("EdDSA"), "EdDSA"))
    return key.kid if key is not None else None


@pytest.mark.parametrize(
    ("issuer", "first", "second"),
    [
        (
            "https://a.example",
            "https://a.example/.well-known/oauth-authorization-server",
            "https://a.example/.well-known/openid-configuration",
        ),
        (
            "https://a.example/",
            "https://a.example/.well-known/oauth-authorization-server",
            "https://a.example/.well-known/openid-configuration",
        ),
        (
            "https://a.example:8443/x/y",
            "https://a.example:8443/.well-known/oauth-authorization-server/x/y",
            "https://a.example:8443/x/y/.well-known/openid-configuration",
        ),
    ],
)
def test_the_two_places_of_metadata(issuer: str, first: str, second: str) -> None:
    assert metadata_urls(issuer) == (first, second)


def test_the_metadata_of_oauth_comes_first_and_openid_is_not_asked_then() -> None:
    web = Web(**{FIRST: GOOD})

    assert kid_found(web) == "EdDSA"
    assert web.asked == [FIRST, JWKS]


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(None, id="not there"),
        pytest.param(httpx.Response(500), id="failing"),
        pytest.param(httpx.Response(200, text="<html>"), id="a page"),
        pytest.param({**GOOD, "issuer": "https://kc.example"}, id="of another issuer"),
    ],
)
def test_where_the_first_place_does_not_speak_for_the_issuer_the_second_may(first: Any) -> None:
    web = Web(**{FIRST: first, SECOND: GOOD})

    assert kid_found(web) == "EdDSA"
    assert web.asked == [FIRST, SECOND, JWKS]


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param({**GOOD, "issuer": f"{ISSUER}/"}, id="issuer with a slash"),
        pytest.param({**GOOD, "issuer": ISSUER.upper()}, id="issuer in capitals"),
        pytest.param({"jwks_uri": JWKS}, id="no issuer"),
        pytest.param({"issuer": ISSUER}, id="no keys"),
        pytest.param({**GOOD, "jwks_uri": [JWKS]}, id="keys in a list"),
        pytest.param({**GOOD, "jwks_uri": "http://keys.example/shop"}, id="keys in clear"),
        pytest.param({**GOOD, "jwks_uri": "file:///etc/keys"}, id="keys in a file"),
        pytest.param({**GOOD, "jwks_uri": "http://127.0.0.1/keys"}, id="keys on our loopback"),
        pytest.param({**GOOD, "jwks_uri": "https://u:p@keys.example/"}, id="keys with a user"),
        pytest.param([GOOD], id="no object"),
        pytest.param(httpx.Response(302, headers={"location": JWKS}), id="redirect"),
        pytest.param(
            httpx.Response(200, text=json.dumps(GOOD) + " " * 300_000), id="larger than may be"
        ),
    ],
)
def test_metadata_that_is_not_the_issuers_own_gives_no_keys(metadata: Any) -> None:
    web = Web(**{FIRST: metadata, SECOND: metadata})

    with pytest.raises(KeysUnavailableError):
        kid_found(web)

    assert web.asked == [FIRST, SECOND]


def test_an_issuer_on_loopback_may_have_its_keys_there() -> None:
    issuer, keys = "http://localhost:18080", "http://localhost:18080/jwks"
    web = Web(**{metadata_urls(issuer)[0]: {"issuer": issuer, "jwks_uri": keys}, keys: KEYS})

    assert kid_found(web, issuer) == "EdDSA"


def test_the_metadata_is_read_anew_with_the_keys_and_no_more_often() -> None:
    now = [0.0]
    web = Web(**{FIRST: GOOD})
    keys = web.keys(clock=lambda: now[0])

    async def ask() -> None:
        for now[0] in (0.0, 200.0, 301.0):
            await keys.key(Kid("EdDSA"), "EdDSA")

    asyncio.run(ask())

    assert web.asked == [FIRST, JWKS] * 2


def test_why_there_are_no_keys_is_told_with_both_places() -> None:
    keys = Web().keys()

    asyncio.run(keys.read())

    assert keys.key_set is None
    assert keys.problem == (
        f"the issuer `{ISSUER}` has no metadata: `{FIRST}` answered 404; `{SECOND}` answered 404"
    )


def test_keys_that_were_read_once_are_kept_and_the_problem_is_over() -> None:
    web, now = Web(), [0.0]
    keys = web.keys(clock=lambda: now[0])

    async def ask() -> None:
        await keys.read()
        web.pages[FIRST], now[0] = GOOD, 11.0
        await keys.read()

    asyncio.run(ask())

    assert keys.key_set is not None
    assert keys.problem is None


@pytest.mark.parametrize("issuer", ["http://kc.example", "kc.example", "https://u@kc.example"])
def test_an_issuer_that_somebody_could_answer_for_is_refused(issuer: str) -> None:
    with pytest.raises(SettingsError, match="issuer's URL"):
        discovered_keys(issuer, ALGORITHMS, clock=lambda: 0.0)
