"""Applications on pages: whose they are, listed, shown, deleted."""

import re
from html import unescape

import pytest

from tests.edge.token_service.applications import (
    CALLBACK,
    HOME,
    REGISTER,
    add,
    alice,
    audited,
    filled,
    hidden,
    listen,
    page_of,
    person,
    register,
    send,
    shown_secrets,
    stored,
)
from tests.edge.token_service.browser import Browser, led_to
from tests.edge.token_service.world import World, basic
from token_service.entities import ClientType, GrantType

STRANGE_NAMES = [
    pytest.param("<script>alert(1)</script>", id="script"),
    pytest.param('"><img src=x onerror=alert(1)>', id="attribute"),
    pytest.param("{{ 7 * 7 }}", id="template"),
    pytest.param("רדיו (FM) 99", id="right-to-left"),
    pytest.param("W" * 150, id="long"),
]


def test_an_application_is_registered_and_gets_tokens_with_the_secret_shown(
    world: World, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    listen(caplog)

    page = register(browser)
    client_id, secret = shown_secrets(page)

    client = stored(world, client_id)
    assert (client.name, client.type, client.owner) == (
        "Radio",
        ClientType.CONFIDENTIAL,
        alice(world).id,
    )
    assert client.grants == {GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN}
    assert (str(client.ceiling), client.redirect_uris) == ("read", (CALLBACK,))
    refused = world.token(
        {"grant_type": "refresh_token", "refresh_token": "x"}, headers=basic(client_id, secret)
    )
    assert refused.json()["error"] == "invalid_grant"
    line = audited(caplog)[0]
    assert (line["event"], line["client_id"], line["subject"], line["scope"]) == (
        "client.registered",
        client_id,
        alice(world).subject,
        "read",
    )
    assert secret not in caplog.text


@pytest.mark.parametrize("action", ["", "edit/", "delete/", "secret/"])
def test_another_users_application_is_not_there(world: World, action: str) -> None:
    client = add(world)
    other, staff = person(world, "bob"), person(world, "sam", staff=True)
    mark = hidden(other, REGISTER)[:1]

    assert other.get(page_of(client, action)).status_code == 404
    assert other.get(f"{HOME}unknown/{action}").status_code == 404
    assert other.get(page_of(client, action)).text == other.get(f"{HOME}unknown/{action}").text
    assert staff.get(page_of(client, action)).status_code == 200
    if action:
        sent = [*mark, ("name", client.name)]
        assert other.post(page_of(client, action), sent).status_code == 404
        assert stored(world, client.client_id) == client


def test_an_operators_application_is_for_staff_alone(world: World, browser: Browser) -> None:
    assert browser.get(f"{HOME}{world.client_id}/").status_code == 404
    assert person(world, "sam", staff=True).get(f"{HOME}{world.client_id}/").status_code == 200


@pytest.mark.parametrize("client_id", ["%00", "a%20b", "%22%3E%3Cimg", "%ff", "x" * 151])
def test_a_path_that_names_nothing_is_404(browser: Browser, client_id: str) -> None:
    assert browser.get(f"{HOME}{client_id}/").status_code == 404


@pytest.mark.parametrize("path", ["", "register", "c", "c/edit", "c/delete", "c/secret"])
def test_who_is_not_signed_in_is_asked_to(world: World, path: str) -> None:
    for address in (f"{HOME}{path}", f"{HOME}{path}/") if path else (HOME, HOME.rstrip("/")):
        assert led_to(Browser(world).get(address)) == ("/accounts/login/", {"next": address})


def test_a_post_without_a_session_changes_nothing(world: World) -> None:
    client = add(world)

    answer = Browser(world).post(page_of(client, "delete/"), [("name", client.name)])

    assert led_to(answer)[0] == "/accounts/login/"
    assert stored(world, client.client_id) == client


@pytest.mark.parametrize("action", ["register/", "c/edit/", "c/delete/", "c/secret/"])
@pytest.mark.parametrize("fault", ["no-token", "another-token", "foreign-origin", "null-origin"])
def test_a_form_that_no_page_of_ours_showed_changes_nothing(
    world: World, browser: Browser, action: str, fault: str
) -> None:
    client = add(world, client_id="c")
    sent = hidden(browser, HOME + action)
    if fault.endswith("origin"):
        browser.origin = "null" if fault == "null-origin" else "https://evil.example"
    else:
        token = [] if fault == "no-token" else [("csrf_token", "0" * 64)]
        sent = [*token, *((name, value) for name, value in sent if name != "csrf_token")]
    good = filled(("name", client.name)) if action != "c/edit/" else filled(("name", "Other"))

    answer = browser.post(HOME + action, [*sent, *good])

    assert answer.status_code == 403
    assert stored(world, "c") == client
    assert len(world.service.administration.list_clients()) == 2


@pytest.mark.parametrize("typed", ["", "radio", "Radio x"])
def test_an_application_is_not_deleted_without_its_name(
    world: World, browser: Browser, typed: str
) -> None:
    client = add(world)

    answer = send(browser, page_of(client, "delete/"), [("name", typed)])

    assert answer.status_code == 400
    assert f'value="{typed}"' in answer.text
    assert stored(world, client.client_id) == client


@pytest.mark.parametrize("name", STRANGE_NAMES)
def test_an_application_is_deleted_by_its_name(
    world: World, browser: Browser, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    client = add(world, name)
    listen(caplog)

    answer = send(browser, page_of(client, "delete/"), [("name", name)])

    assert led_to(answer)[0] == HOME
    assert world.service.administration.find_client(client.client_id) is None
    assert [line["event"] for line in audited(caplog)] == ["client.deleted"]
    assert browser.get(page_of(client)).status_code == 404


@pytest.mark.parametrize("name", STRANGE_NAMES)
def test_a_name_is_text_and_nothing_else_on_every_page(
    world: World, browser: Browser, name: str
) -> None:
    client = add(world, name)

    for path in (
        HOME,
        *(page_of(client, action) for action in ("", "edit/", "delete/", "secret/")),
    ):
        page = browser.get(path)
        assert page.status_code == 200
        assert name in unescape(page.text)
        assert "<script" not in page.text
        assert "<img" not in page.text


def test_the_list_shows_ones_own_the_newest_first(world: World, browser: Browser) -> None:
    add(world, "First")
    used = add(world, "Second", grants=["password", "refresh_token"])
    other = person(world, "bob")

    page = browser.get(HOME)

    names = re.findall(r"<bdi>(\w+)</bdi></a>", page.text)
    assert names == ["Second", "First"]
    assert page.text.count("Never used") == 2
    assert "takes users" in page.text
    assert "There is none yet" in other.get(HOME).text
    assert used.client_id not in other.get(HOME).text


def test_staff_see_all_and_whose_they_are(world: World) -> None:
    add(world)

    page = person(world, "sam", staff=True).get(HOME)

    assert "registered by <bdi>alice</bdi>" in page.text
    assert "made by an operator" in page.text


def test_two_hundred_stand_on_a_page_and_the_rest_on_the_next(
    world: World, browser: Browser
) -> None:
    for number in range(201):
        add(world, f"Application {number}", type=ClientType.PUBLIC)

    first, second = browser.get(HOME), browser.get(f"{HOME}?page=2")

    assert first.text.count("<bdi>Application") == 200
    assert 'href="/o/applications/?page=2"' in first.text
    assert re.findall("<bdi>([^<]*)</bdi></a>", second.text) == ["Application 0"]
    assert "?page=3" not in second.text


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "1" * 400, "\uff12", "99999"])
def test_a_page_number_is_never_a_fault(browser: Browser, page: str) -> None:
    assert browser.get(f"{HOME}?page={page}").status_code == 200


def test_the_pages_run_no_script_and_are_not_framed_or_kept(world: World, browser: Browser) -> None:
    client = add(world)

    for path in (HOME, REGISTER, page_of(client), page_of(client, "delete/")):
        headers = browser.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "script-src" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
