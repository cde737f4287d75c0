"""The steps of the authorization code flow, for tests that change one of them."""

import base64
import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import httpx

from tests.edge.token_service.browser import Browser, PageForm, forms_of, led_to
from tests.edge.token_service.world import PASSWORD, World
from token_service.admin import CreatedClient
from token_service.entities import ClientType, GrantType, User
from token_service.store.grants import list_grants_of

URI = "https://radio.example/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
)
ALLOW = ("decision", "allow")
DENY = ("decision", "deny")
DEVICE_GRANT = GrantType.DEVICE_CODE.value


def add_client(
    world: World,
    client_id: str = "radio",
    *,
    type: ClientType = ClientType.PUBLIC,
    uris: tuple[str, ...] = (URI,),
    grants: tuple[str, ...] = ("authorization_code", "refresh_token"),
    scopes: str = "*",
    resource: str | None = None,
    owner: User | None = None,
) -> CreatedClient:
    """A client named like its id, with the first letter in upper case."""
    return world.service.administration.create_client(
        client_id.capitalize(),
        client_id=client_id,
        type=type,
        grants=grants,
        scopes=scopes,
        redirect_uris=uris,
        resource=resource,
        owner=owner,
    )


def address(**changes: str) -> str:
    """A good authorization request with some parameters changed; "" leaves one out."""
    good = {
        "response_type": "code",
        "client_id": "radio",
        "redirect_uri": URI,
        "state": "x y&z",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    sent = {name: value for name, value in {**good, **changes}.items() if value}
    return f"/o/authorize/?{urlencode(sent)}"


def signed_in(world: World, username: str = "alice") -> Browser:
    browser = Browser(world)
    assert browser.sign_in(username, PASSWORD).status_code == 303
    return browser


def consent_form(page: httpx.Response) -> PageForm:
    assert page.status_code == 200, page.text
    return forms_of(page)[-1]


def get_code(world: World, browser: Browser | None = None, **changes: str) -> str:
    """A code for all that is asked."""
    browser = browser or signed_in(world)
    form = consent_form(browser.get(address(**changes)))
    _, answer = led_to(browser.submit(form, button=ALLOW))
    return answer["code"]


def exchange(
    world: World, code: str, /, *, headers: Mapping[str, str] | None = None, **changes: str
) -> httpx.Response:
    """The token request for a code, as a public client if no headers are given."""
    good = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": URI,
        "code_verifier": VERIFIER,
        "client_id": "radio" if headers is None else "",
    }
    sent = {name: value for name, value in {**good, **changes}.items() if value}
    return world.token(sent, headers=headers or {})


def alice(world: World) -> User:
    found = world.service.administration.find_user_by_name("alice")
    assert found is not None
    return found


def refresh(world: World, response: httpx.Response, **more: str) -> httpx.Response:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": response.json()["refresh_token"],
        "client_id": "radio",
    }
    return world.token({**form, **more}, headers={})


def live_grants(world: World) -> int:
    return len(list_grants_of(world.engine, alice(world).id, now=int(world.clock.now)))


def race(attempt: Callable[[], tuple[int, str | None]]) -> Counter[tuple[int, str | None]]:
    """How often each outcome comes of eight attempts at the same moment."""
    barrier = threading.Barrier(8)

    def run(_: int) -> tuple[int, str | None]:
        barrier.wait(timeout=10)
        return attempt()

    with ThreadPoolExecutor(8) as pool:
        return Counter(pool.map(run, range(8), timeout=60))
