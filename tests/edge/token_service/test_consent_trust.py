"""The consent page believes only the forms it showed, and only as long as they hold."""

import pytest

from tests.edge.token_service.browser import led_to
from tests.edge.token_service.code_flow import (
    ALLOW,
    DENY,
    URI,
    add_client,
    address,
    consent_form,
    exchange,
    signed_in,
)
from tests.edge.token_service.world import World


@pytest.fixture(autouse=True)
def radio(world: World) -> None:
    """A public client called Radio."""
    add_client(world)


def set_own_scopes(world: World, scopes: str) -> None:
    world.service.administration.set_group_scopes("everyone", scopes)


@pytest.mark.parametrize("case", ["no token", "wrong token", "foreign origin", "no session"])
def test_t57_a_form_that_our_page_did_not_show_grants_nothing(world: World, case: str) -> None:
    browser = signed_in(world)
    form = consent_form(browser.get(address()))
    match case:
        case "no token":
            form = form.filled(csrf_token="")
        case "wrong token":
            form = form.filled(csrf_token="0" * 64)
        case "foreign origin":
            browser.origin = "https://evil.example"
        case _:
            browser.cookies.clear()

    response = browser.submit(form, button=ALLOW)

    if case == "no session":
        assert response.headers["location"].startswith("/accounts/login/")
    else:
        assert response.status_code == 403
        assert "location" not in response.headers


def test_t57_the_token_of_another_session_is_not_believed(world: World) -> None:
    mine, other = signed_in(world), signed_in(world)
    form = consent_form(mine.get(address()))

    assert other.submit(form, button=ALLOW).status_code == 403
    assert mine.submit(form, button=ALLOW).status_code == 303


def test_a_form_is_judged_by_its_address_alone(world: World) -> None:
    browser = signed_in(world)
    form = consent_form(browser.get(address(scope="read")))
    smuggled = form.filled(
        redirect_uri="https://evil.example/", client_id="other", code_challenge="x", state="other"
    )

    where, answer = led_to(browser.submit(smuggled, button=ALLOW))

    assert (where, answer["state"]) == (URI, "x y&z")
    assert exchange(world, answer["code"]).json()["scope"] == "read"


def test_t55_the_page_is_framed_by_nobody_and_leads_to_the_client_alone(world: World) -> None:
    headers = signed_in(world).get(address()).headers

    policy = dict(
        directive.strip().split(" ", 1)
        for directive in headers["content-security-policy"].split(";")
    )
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self' https://radio.example"
    assert policy["default-src"] == "'none'"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("button", [ALLOW, DENY])
def test_t56_the_answer_is_led_on_by_get(world: World, button: tuple[str, str]) -> None:
    browser = signed_in(world)

    response = browser.submit(consent_form(browser.get(address())), button=button)

    assert response.status_code == 303
    assert response.headers["referrer-policy"] == "same-origin"


def test_a_page_that_lay_open_grants_what_can_be_granted_now(world: World) -> None:
    browser = signed_in(world)
    form = consent_form(browser.get(address(scope="read post")))
    set_own_scopes(world, "post")

    _, answer = led_to(browser.submit(form, button=ALLOW))

    assert exchange(world, answer["code"]).json()["scope"] == "post"


def test_a_session_that_ended_meanwhile_grants_nothing(world: World) -> None:
    browser = signed_in(world)
    form = consent_form(browser.get(address()))
    world.clock.now += 12 * 3600

    response = browser.submit(form, button=ALLOW)

    assert response.headers["location"].startswith("/accounts/login/?next=")


def test_looking_at_the_page_stores_nothing(world: World) -> None:
    browser = signed_in(world)

    for method in ("GET", "HEAD"):
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        response = world.send(method, address(), headers={"Cookie": cookie})
        assert response.status_code == 200
        assert "code=" not in response.headers.get("location", "")
