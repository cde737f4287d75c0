"""The device page: a code is entered, a question answered, and guesses are slowed down."""

import json
import logging
from urllib.parse import urlencode, urlsplit

import pytest

from tests.edge.token_service.browser import Browser, PageForm, forms_of
from tests.edge.token_service.code_flow import ALLOW, DENY, consent_form, signed_in
from tests.edge.token_service.device_flow import (
    PENDING,
    SLOW_DOWN,
    add_tv,
    answer,
    ask,
    enter,
    poll,
    post,
)
from tests.edge.token_service.world import PASSWORD, World, outcome
from token_service.throttle import ADDRESS_WAITS, WAITS


@pytest.fixture
def tv(world: World) -> World:
    """A world with a public client called Tv that may use devices."""
    add_tv(world)
    return world


def test_the_page_asks_who_it_is_first_and_tells_nothing_of_the_code(tv: World) -> None:
    browser, device = Browser(tv), ask(tv)

    response = browser.get(urlsplit(device["verification_uri_complete"])._replace(
        scheme="", netloc="").geturl())  # fmt: skip
    login = browser.get(response.headers["location"])
    form = consent_form(login).filled(username="alice", password=PASSWORD)
    back = browser.submit(form).headers["location"]

    assert "A device</bdi></strong> wants to use Songs" in login.text
    assert "Tv" not in login.text
    assert back == f"/o/device/?user_code={device['user_code']}"


def test_a_code_in_the_address_is_only_filled_in(tv: World) -> None:
    browser, device = signed_in(tv), ask(tv)

    page = browser.get(f"/o/device/?user_code={device['user_code'].lower()}")

    form = consent_form(page)
    assert ("user_code", device["user_code"]) in form.fields
    assert "Tv" not in page.text
    assert outcome(poll(tv, device["device_code"])) == PENDING
    assert "Tv</bdi> wants to use" in browser.submit(form).text
    assert outcome(poll(tv, device["device_code"])) == SLOW_DOWN


@pytest.mark.parametrize("text", ['"><script>', "BCDF", "AAAA-AAAA", "x" * 3000])
def test_an_address_with_something_else_fills_nothing_in(tv: World, text: str) -> None:
    page = signed_in(tv).get(f"/o/device/?{urlencode({'user_code': text})}")

    assert ("user_code", "") in consent_form(page).fields


def test_the_question_shows_the_code_and_the_warning(tv: World) -> None:
    device = ask(tv)

    page = enter(signed_in(tv), f" {device['user_code'].replace('-', '').lower()} ")

    assert f"<code>{device['user_code']}</code>" in page.text
    assert "Allow only if you started this on a device in your hand." in page.text
    assert page.headers["content-security-policy"].count("form-action 'self';") == 1


@pytest.mark.parametrize("button", [ALLOW, DENY])
def test_a_code_that_was_answered_is_unknown(tv: World, button: tuple[str, str]) -> None:
    browser, device = signed_in(tv), ask(tv)
    answer(browser, device["user_code"], button)

    page = enter(browser, device["user_code"])

    assert page.status_code == 400
    assert "No device waits with this code" in page.text


def test_the_first_answer_stands_when_two_lie_open(tv: World) -> None:
    browser, device = signed_in(tv), ask(tv)
    form = consent_form(enter(browser, device["user_code"]))
    browser.submit(form, button=DENY)

    assert browser.submit(form, button=ALLOW).status_code == 400
    assert outcome(poll(tv, device["device_code"])) == (400, "access_denied")


def test_a_code_works_for_ten_minutes(tv: World) -> None:
    browser, device = signed_in(tv), ask(tv)
    form = consent_form(enter(browser, device["user_code"]))
    tv.clock.now += 600

    assert browser.submit(form, button=ALLOW).status_code == 400


def test_a_device_whose_client_may_not_any_more_is_unknown(tv: World) -> None:
    device = ask(tv)
    tv.service.administration.set_client_active("tv", active=False)

    assert enter(signed_in(tv), device["user_code"]).status_code == 400


def test_nothing_ticked_is_no_answer(tv: World) -> None:
    browser, device = signed_in(tv), ask(tv)
    form = consent_form(enter(browser, device["user_code"]))

    page = browser.submit(form.ticking(), button=ALLOW)

    assert page.status_code == 400
    assert "Nothing is ticked" in page.text
    assert outcome(poll(tv, device["device_code"])) == PENDING


@pytest.mark.parametrize("case", ["no token", "foreign origin", "another session"])
def test_t57_a_form_that_our_page_did_not_show_answers_nothing(tv: World, case: str) -> None:
    browser, device = signed_in(tv), ask(tv)
    form = consent_form(enter(browser, device["user_code"]))
    if case == "no token":
        form = form.filled(csrf_token="")
    elif case == "foreign origin":
        browser.origin = "https://evil.example"
    else:
        browser = signed_in(tv)

    assert browser.submit(form, button=ALLOW).status_code == 403
    assert outcome(poll(tv, device["device_code"])) == PENDING


def guess(browser: Browser, form: PageForm, times: int) -> list[int]:
    return [browser.submit(form.filled(user_code="BCDF-GHJK")).status_code for _ in range(times)]


def test_guesses_of_a_user_are_slowed_down_and_a_right_one_does_not_make_up_for_them(
    tv: World,
) -> None:
    free, device = WAITS.count(0), ask(tv)
    tv.service.administration.create_user("bob", PASSWORD)
    browser, bob = signed_in(tv), signed_in(tv, "bob")
    form = forms_of(browser.get("/o/device/"))[-1]

    assert guess(browser, form, free) == [400] * free
    assert enter(browser, device["user_code"]).status_code == 200
    assert guess(browser, form, 2) == [400, 429]

    blocked = enter(browser, device["user_code"])
    assert (blocked.status_code, blocked.headers["retry-after"]) == (429, "1")
    assert enter(bob, device["user_code"]).status_code == 200


def test_guesses_from_one_address_are_slowed_down_whoever_makes_them(tv: World) -> None:
    free, admin = ADDRESS_WAITS.count(0), tv.service.administration
    for number in range(12):
        admin.create_user(f"bob{number}", PASSWORD)
        browser = signed_in(tv, f"bob{number}")
        form = forms_of(browser.get("/o/device/"))[-1]
        statuses = guess(browser, form, 9)

    assert free < 9 * 12
    assert statuses[-1] == 429
    browser.peer = "192.0.2.77"
    assert guess(browser, form, 1) == [400]


def test_what_is_no_code_at_all_is_no_guess(tv: World) -> None:
    browser = signed_in(tv)
    form = forms_of(browser.get("/o/device/"))[-1]

    statuses = {browser.submit(form.filled(user_code="hello")).status_code for _ in range(15)}

    assert statuses == {400}


def test_a_public_client_that_asks_without_end_is_slowed_down_at_its_address(tv: World) -> None:
    free = ADDRESS_WAITS.count(0)
    statuses = [post(tv, {"client_id": "tv"}, peer="::1").status_code for _ in range(free + 2)]

    assert statuses == [200] * (free + 1) + [429]
    assert post(tv, {"client_id": "tv"}, peer="::2").status_code == 200


def test_what_happens_is_audited_without_codes(tv: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    first, second = ask(tv, scope="read"), ask(tv)
    browser = signed_in(tv)

    answer(browser, first["user_code"])
    answer(browser, second["user_code"], DENY)
    post(tv, {"client_id": "tv", "scope": "undeclared"})

    lines = [
        json.loads(record.getMessage())
        for record in caplog.records
        if record.name == "scopegate.audit"
    ]
    told = [(line["event"], line.get("error"), line.get("scope")) for line in lines]
    assert [each for each in told if "device" in each[0] or each[1]] == [
        ("device.asked", None, None),
        ("device.asked", None, None),
        ("device.approved", None, "read"),
        ("device.denied", None, None),
        ("token.refused", "invalid_scope", None),
    ]
    for device in (first, second):
        assert device["device_code"] not in caplog.text
        assert device["user_code"] not in caplog.text
