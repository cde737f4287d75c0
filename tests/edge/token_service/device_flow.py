"""The steps of the device flow, for tests that change one of them."""

from urllib.parse import urlencode

import httpx

from tests.edge.token_service.browser import Browser, forms_of
from tests.edge.token_service.code_flow import (
    ALLOW,
    DEVICE_GRANT,
    add_client,
    consent_form,
    signed_in,
)
from tests.edge.token_service.world import World

PENDING = (400, "authorization_pending")
SLOW_DOWN = (400, "slow_down")


def add_tv(world: World) -> None:
    add_client(world, "tv", grants=(DEVICE_GRANT, "refresh_token"), uris=())


def post(
    world: World, form: dict[str, str], *, headers: dict[str, str] | None = None, peer: str = "::1"
) -> httpx.Response:
    sent = {**(headers or {}), "Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode(form).encode()
    return world.send("POST", "/o/device-authorization/", headers=sent, content=body, peer=peer)


def ask(world: World, **more: str) -> dict[str, str]:
    response = post(world, {"client_id": "tv", **more})
    assert response.status_code == 200, response.text
    answer: dict[str, str] = response.json()
    return answer


def poll(world: World, device_code: str, client_id: str = "tv", **more: str) -> httpx.Response:
    form = {"grant_type": DEVICE_GRANT, "device_code": device_code, "client_id": client_id}
    return world.token({**form, **more}, headers={})


def enter(browser: Browser, user_code: str) -> httpx.Response:
    form = forms_of(browser.get("/o/device/"))[-1]
    return browser.submit(form.filled(user_code=user_code))


def answer(browser: Browser, user_code: str, button: tuple[str, str] = ALLOW) -> httpx.Response:
    return browser.submit(consent_form(enter(browser, user_code)), button=button)


def approve(world: World, device: dict[str, str]) -> None:
    response = answer(signed_in(world), device["user_code"])
    assert response.headers["location"] == "/o/device/allowed/"
