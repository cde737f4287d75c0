"""The device flow at its endpoints: asking, polling, what is bought, and once."""

import re
from functools import partial

import pytest

from tests.edge.token_service.code_flow import (
    ALLOW,
    DENY,
    DEVICE_GRANT,
    add_client,
    consent_form,
    live_grants,
    race,
    signed_in,
)
from tests.edge.token_service.device_flow import (
    PENDING,
    SLOW_DOWN,
    add_tv,
    answer,
    approve,
    ask,
    enter,
    poll,
    post,
)
from tests.edge.token_service.world import AUDIENCE, ISSUER, World, basic, outcome
from token_service.entities import ClientType

BAD = (400, "invalid_grant")


@pytest.fixture
def tv(world: World) -> World:
    """A world with a public client called Tv that may use devices."""
    add_tv(world)
    return world


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_device_is_given_what_it_needs(tv: World, slash: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    path = f"/o/device-authorization{slash}"

    response = tv.send("POST", path, headers=headers, content=b"client_id=tv&scope=read")

    told = response.json()
    assert sorted(told) == [
        "device_code",
        "expires_in",
        "interval",
        "user_code",
        "verification_uri",
        "verification_uri_complete",
    ]
    assert re.fullmatch(r"[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}", told["user_code"])
    assert (told["expires_in"], told["interval"]) == (600, 5)
    assert told["verification_uri"] == f"{ISSUER}/device/"
    assert told["verification_uri_complete"] == f"{ISSUER}/device/?user_code={told['user_code']}"
    assert len(told["device_code"]) == 43
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"client_id": "nobody"}, (401, "invalid_client")),
        ({}, (401, "invalid_client")),
        ({"client_id": "radio"}, (400, "unauthorized_client")),
        ({"client_id": "tv", "scope": "undeclared"}, (400, "invalid_scope")),
        ({"client_id": "tv", "scope": "read  post"}, (400, "invalid_scope")),
        ({"client_id": "tv", "resource": "https://other.example"}, (400, "invalid_target")),
        ({"client_id": "tv", "client_secret": "made-up-secret"}, (401, "invalid_client")),
        ({"client_id": "tv", "grant_type": "refresh_token"}, (200, None)),
        ({"client_id": "tv", "foo": "bar"}, (200, None)),
    ],
    ids=str,
)
def test_a_device_that_may_not_ask_is_refused(
    tv: World, form: dict[str, str], expected: tuple[int, str | None]
) -> None:
    add_client(tv)

    assert outcome(post(tv, form)) == expected


@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS"])
def test_only_post_asks(tv: World, method: str) -> None:
    response = tv.send(method, "/o/device-authorization/")

    assert (response.status_code, response.headers["allow"]) == (405, "POST")


def test_a_disabled_client_asks_for_nothing(tv: World) -> None:
    tv.service.administration.set_client_active("tv", active=False)

    for form in ({"client_id": "tv"}, {"client_id": "tv", "grant_type": "refresh_token"}):
        assert outcome(post(tv, form)) == (401, "invalid_client")


def test_a_confidential_client_has_to_prove_itself(world: World) -> None:
    created = add_client(world, "tv", type=ClientType.CONFIDENTIAL, grants=(DEVICE_GRANT,))
    secret = str(created.secret)

    assert outcome(post(world, {"client_id": "tv"})) == (401, "invalid_client")
    assert post(world, {}, headers=basic("tv", secret)).status_code == 200


def test_an_approved_device_gets_a_token(tv: World) -> None:
    device = ask(tv, scope="read post")
    approve(tv, device)

    response = poll(tv, device["device_code"])

    assert response.json()["scope"] == "read post"
    assert str(tv.claims(response)["sub"]).startswith("user:")
    refresh = {"grant_type": "refresh_token", "refresh_token": response.json()["refresh_token"]}
    assert tv.token({**refresh, "client_id": "tv"}, headers={}).status_code == 200


def test_a_user_may_grant_a_part(tv: World) -> None:
    device, browser = ask(tv, scope="read post create"), signed_in(tv)
    form = consent_form(enter(browser, device["user_code"]))

    browser.submit(form.ticking("post", "widget"), button=ALLOW)

    assert poll(tv, device["device_code"]).json()["scope"] == "post"


def test_no_scope_asked_offers_what_the_user_can_give(tv: World) -> None:
    tv.service.administration.set_group_scopes("everyone", "read post")

    page = enter(signed_in(tv), ask(tv)["user_code"])

    assert consent_form(page).boxes == ["post", "read"]


def test_t32_polls_are_told_to_wait_to_slow_down_and_of_the_end(tv: World) -> None:
    device = ask(tv)
    outcomes = []
    for seconds in (0, 5, 4, 9, 15, 600):
        tv.clock.now += seconds
        outcomes.append(outcome(poll(tv, device["device_code"])))

    assert outcomes == [
        PENDING,
        PENDING,
        SLOW_DOWN,  # a second too early: 10 from now on
        SLOW_DOWN,  # a second too early again: 15
        PENDING,
        (400, "expired_token"),
    ]


def test_t32_a_refusal_is_told(tv: World) -> None:
    device = ask(tv)

    response = answer(signed_in(tv), device["user_code"], DENY)

    assert response.headers["location"] == "/o/device/denied/"
    assert outcome(poll(tv, device["device_code"])) == (400, "access_denied")


def test_an_approval_does_not_make_a_device_wait(tv: World) -> None:
    device = ask(tv)
    poll(tv, device["device_code"])
    approve(tv, device)

    assert poll(tv, device["device_code"]).status_code == 200


@pytest.mark.parametrize("code", ["made-up", "ü", "x" * 5000])
def test_an_unknown_device_code_is_invalid_grant(tv: World, code: str) -> None:
    assert outcome(poll(tv, code)) == BAD


def test_another_client_can_neither_use_nor_end_a_device_code(tv: World) -> None:
    add_client(tv, "other", grants=(DEVICE_GRANT,))
    device = ask(tv)
    approve(tv, device)

    assert outcome(poll(tv, device["device_code"], "other")) == BAD
    bought = poll(tv, device["device_code"])
    assert outcome(poll(tv, device["device_code"], "other")) == BAD
    assert bought.status_code == 200
    assert live_grants(tv) == 1


def test_a_device_code_that_comes_again_ends_what_it_bought(tv: World) -> None:
    device = ask(tv)
    approve(tv, device)
    poll(tv, device["device_code"])
    assert live_grants(tv) == 1

    assert outcome(poll(tv, device["device_code"])) == BAD
    assert live_grants(tv) == 0


def test_an_approval_that_could_give_nothing_any_more_gives_nothing(tv: World) -> None:
    device = ask(tv, scope="read")
    approve(tv, device)

    tv.service.administration.set_group_scopes("everyone", "post")

    assert outcome(poll(tv, device["device_code"])) == BAD


@pytest.mark.parametrize(
    ("at_first", "at_poll", "passes"),
    [("", "", True), ("", "own", True), ("", "library", False), ("library", "library", True),
     ("library", "", True), ("library", "own", False)],
)  # fmt: skip
def test_t52_a_poll_may_repeat_the_resource_and_no_more(
    tv: World, at_first: str, at_poll: str, passes: bool
) -> None:
    library = "https://library.example"
    add_client(tv, "library", type=ClientType.CONFIDENTIAL, resource=library)
    named = {"": "", "own": AUDIENCE, "library": library}
    device = ask(tv, resource=named[at_first])
    approve(tv, device)

    response = poll(tv, device["device_code"], resource=named[at_poll])

    assert outcome(response) == ((200, None) if passes else (400, "invalid_target"))


def check_race(world: World) -> None:
    add_tv(world)
    for _ in range(3):
        device = ask(world)
        approve(world, device)

        outcomes = race(partial(_poll_outcome, world, device["device_code"]))

        assert outcomes == {(200, None): 1, BAD: 7}
        assert live_grants(world) == 0


def _poll_outcome(world: World, device_code: str) -> tuple[int, str | None]:
    return outcome(poll(world, device_code))


def test_eight_concurrent_polls_have_one_winner(world: World) -> None:
    check_race(world)


@pytest.mark.service("postgresql")
def test_eight_concurrent_polls_have_one_winner_on_postgresql(postgresql_world: World) -> None:
    check_race(postgresql_world)
