"""The secret of an application is shown once, and a reload makes no other one."""

import re
from pathlib import Path

import pytest

from tests.edge.token_service.applications import (
    GOOD,
    HOME,
    REGISTER,
    add,
    audited,
    filled,
    hidden,
    listen,
    page_of,
    register,
    send,
    shown_secrets,
    stored,
)
from tests.edge.token_service.browser import Browser, led_to
from tests.edge.token_service.world import World, basic
from token_service.entities import ClientType


def test_a_secret_is_shown_in_the_answer_alone(world: World, browser: Browser) -> None:
    page = register(browser)
    client_id, secret = shown_secrets(page)

    later = browser.get(f"{HOME}{client_id}/")

    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "it is not shown again" in page.text
    assert later.status_code == 200
    assert secret not in later.text
    assert secret.encode() not in b"".join(_database(world))


def _database(world: World) -> list[bytes]:
    name = str(world.engine.url.database).removeprefix("file:").partition("?")[0]
    return [file.read_bytes() for file in Path(name).parent.glob("scopegate.db*")]


def test_a_reload_registers_no_second_one(world: World, browser: Browser) -> None:
    sent = [*hidden(browser, REGISTER), *GOOD]

    first, again = browser.post(REGISTER, sent), browser.post(REGISTER, sent)

    client_id = shown_secrets(first)[0]
    assert led_to(again)[0] == f"{HOME}{client_id}/"
    assert shown_secrets(again) == []
    assert len(world.service.administration.list_clients()) == 2  # with the world's own


def test_two_forms_register_two(world: World, browser: Browser) -> None:
    ids = {shown_secrets(register(browser))[0] for _ in range(2)}

    assert len(ids) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", client_id) for client_id in ids)


def test_a_form_does_not_choose_the_client_id(browser: Browser) -> None:
    wanted = [
        (name, "demo" if name == "form_id" else value) for name, value in hidden(browser, REGISTER)
    ]

    page = browser.post(REGISTER, [*wanted, *GOOD, ("client_id", "demo")])

    assert shown_secrets(page)[0] != "demo"


def test_a_public_application_has_no_secret(world: World, browser: Browser) -> None:
    made = register(browser, filled(("type", "public")))

    path, _ = led_to(made)
    client = stored(world, path.split("/")[-2])
    assert (client.type, client.secret_hash) == (ClientType.PUBLIC, None)
    assert browser.get(page_of(client, "secret/")).status_code == 404
    assert browser.post(page_of(client, "secret/"), []).status_code == 404


def test_a_new_secret_ends_the_old_one_and_no_token(
    world: World, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    client_id, old = shown_secrets(register(browser))
    page_path = f"{HOME}{client_id}/secret/"
    listen(caplog)

    page = send(browser, page_path, [])

    named, new = shown_secrets(page)
    assert (page.status_code, named) == (200, client_id)
    form = {"grant_type": "refresh_token", "refresh_token": "x"}
    assert world.token(form, headers=basic(client_id, old)).json()["error"] == "invalid_client"
    assert world.token(form, headers=basic(client_id, new)).json()["error"] == "invalid_grant"
    assert audited(caplog)[0]["event"] == "client.secret_changed"
    assert new not in caplog.text


def test_a_reload_makes_no_third_secret(world: World, browser: Browser) -> None:
    client_id, _ = shown_secrets(register(browser))
    path = f"{HOME}{client_id}/secret/"
    sent = hidden(browser, path)
    browser.post(path, sent)
    before = stored(world, client_id).secret_hash

    again = browser.post(path, sent)

    assert led_to(again)[0] == f"{HOME}{client_id}/"
    assert stored(world, client_id).secret_hash == before


def test_looking_at_the_secrets_page_changes_nothing(world: World, browser: Browser) -> None:
    client = add(world)

    assert browser.get(page_of(client, "secret/")).status_code == 200
    assert browser.get(page_of(client, "delete/")).status_code == 200
    assert stored(world, client.client_id) == client
