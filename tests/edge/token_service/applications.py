"""What tests of the applications' pages share: people with browsers, and a form filled in."""

import json
import logging
import re
from html import unescape

import httpx
import pytest

from tests.edge.token_service.browser import Browser, Fields, forms_of
from tests.edge.token_service.world import PASSWORD, World
from token_service.entities import Client, User

HOME = "/o/applications/"
REGISTER = f"{HOME}register/"
CALLBACK = "https://radio.example/callback"
GOOD: Fields = [
    ("name", "Radio"),
    ("type", "confidential"),
    ("grant", "authorization_code"),
    ("grant", "refresh_token"),
    ("redirect_uris", CALLBACK),
    ("scope", "read"),
]


def browser_of(world: World, user: User) -> Browser:
    """A browser in which the user is signed in."""
    cookie = world.service.session_cookie
    return Browser(world, cookies={cookie: world.service.sessions.open(user)})


def person(world: World, name: str, *, staff: bool = False) -> Browser:
    """A new user, signed in."""
    return browser_of(world, world.service.administration.create_user(name, PASSWORD, staff=staff))


def alice(world: World) -> User:
    found = world.service.administration.find_user_by_name("alice")
    assert found is not None
    return found


def filled(*instead: tuple[str, str]) -> Fields:
    """The good form with other values in the fields named; "" takes a field out."""
    names = {name for name, _ in instead}
    kept = [(name, value) for name, value in GOOD if name not in names]
    return [*kept, *((name, value) for name, value in instead if value)]


def hidden(browser: Browser, path: str) -> Fields:
    """The hidden fields of the form on a page."""
    page = browser.get(path)
    assert page.status_code == 200, page.text
    known = {"csrf_token", "form_id", "replaces"}
    return [(name, value) for name, value in forms_of(page)[-1].fields if name in known]


def register(browser: Browser, fields: Fields = GOOD) -> httpx.Response:
    """Open the form, fill it in and send it."""
    return browser.post(REGISTER, [*hidden(browser, REGISTER), *fields])


def send(browser: Browser, path: str, fields: Fields) -> httpx.Response:
    """Open another form, fill it in and send it."""
    return browser.post(path, [*hidden(browser, path), *fields])


def shown_secrets(page: httpx.Response) -> list[str]:
    """The client_id and the secret, where they are shown."""
    return [unescape(text) for text in re.findall(r'<code class="secret">([^<]*)<', page.text)]


def listen(caplog: pytest.LogCaptureFixture) -> None:
    """Hear audit lines from now on, and none of before."""
    caplog.set_level(logging.INFO, logger="scopegate.audit")
    caplog.clear()


def audited(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    """The audit lines since `listen`."""
    return [
        json.loads(record.getMessage())
        for record in caplog.records
        if record.name == "scopegate.audit"
    ]


def stored(world: World, client_id: str) -> Client:
    client = world.service.administration.find_client(client_id)
    assert client is not None
    return client


def add(world: World, name: str = "Radio", **more: object) -> Client:
    """An application of alice's, made without the page."""
    values: dict[str, object] = {
        "owner": alice(world),
        "scopes": ["read"],
        "redirect_uris": [CALLBACK],
    }
    created = world.service.administration.create_client(name, **{**values, **more})  # type: ignore[arg-type] # table
    return created.client


def page_of(client: Client, action: str = "") -> str:
    return f"{HOME}{client.client_id}/{action}"
