"""The forms of an application: what may be chosen, what is told of a mistake."""

import re
from html import unescape

import pytest

from tests.edge.token_service.applications import (
    CALLBACK,
    GOOD,
    REGISTER,
    add,
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


@pytest.mark.parametrize(
    ("instead", "field", "message"),
    [
        pytest.param([("name", "")], "name", "Give it a name", id="no-name"),
        pytest.param([("name", "x" * 151)], "name", "longer than 150", id="name-too-long"),
        pytest.param([("name", "a\u202eb")], "name", "turns text around", id="bidi-override"),
        pytest.param([("name", "a\nb")], "name", "control character", id="control-character"),
        pytest.param([("type", "secretive")], "type", "Choose one of the two", id="type"),
        pytest.param([("type", "")], "type", "Choose one of the two", id="no-type"),
        pytest.param([("grant", "")], "grant", "Choose a way", id="no-grant"),
        pytest.param([("grant", "refresh_token")], "grant", "Choose a way", id="refresh-alone"),
        pytest.param([("grant", "password")], "grant", "what is offered", id="password"),
        pytest.param([("grant", "implicit")], "grant", "what is offered", id="unknown-grant"),
        pytest.param(
            [("grant", "client_credentials")], "grant", "what is offered", id="for-staff-alone"
        ),
        pytest.param([("redirect_uris", "")], "redirect_uris", "at least one", id="no-uri"),
        pytest.param(
            [("redirect_uris", "http://radio.example/cb")],
            "redirect_uris",
            "plain http to another machine",
            id="http",
        ),
        pytest.param(
            [("redirect_uris", f"{CALLBACK}\r\njavascript:alert(1)")],
            "redirect_uris",
            "“javascript:alert(1)” is not an absolute URI",
            id="second-uri",
        ),
        pytest.param([("scope", "")], "scope", "Tick at least one", id="no-scope"),
        pytest.param([("scope", "admin")], "scope", "listed here", id="undeclared-scope"),
        pytest.param([("scope", "*")], "scope", "listed here", id="star-as-a-scope"),
        pytest.param([("everything", "*")], "scope", "Only staff", id="everything"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_nothing_is_saved(
    world: World, browser: Browser, instead: list[tuple[str, str]], field: str, message: str
) -> None:
    page = register(browser, filled(*instead))

    text = unescape(page.text)
    assert page.status_code == 400
    assert re.search(rf'<span class="error" id="{field}-error">[^<]*{re.escape(message)}', text)
    summary = text.partition('class="summary"')[2].partition("</div>")[0]
    anchor = re.search(r'href="#([\w-]+)"', summary)
    assert anchor is not None
    assert message in summary
    assert f'id="{anchor[1]}"' in text.replace(summary, "")
    assert len(world.service.administration.list_clients()) == 1


def test_what_was_typed_stays(browser: Browser) -> None:
    typed = filled(("name", 'My "app" <b>'), ("redirect_uris", "nonsense\nmore"))

    page = register(browser, [*typed, ("scope", "widget")])

    text = unescape(page.text)
    assert 'value="My "app" <b>"' in text
    assert "\nnonsense\nmore</textarea>" in text
    assert re.search(r'value="widget" checked', text)
    assert not re.search(r'value="create" checked', text)


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:9999/cb",
        "http://127.0.0.1/cb",
        "http://[::1]:80/cb",
        "com.example.app:/cb",
        "https://radio.example/cb?x=1&y=2",
    ],
)
def test_a_redirect_uri_may_be_https_loopback_or_of_the_applications_own(
    world: World, browser: Browser, uri: str
) -> None:
    page = register(browser, filled(("redirect_uris", f"  {uri}\n\n{uri}\n")))

    assert stored(world, shown_secrets(page)[0]).redirect_uris == (uri,)


def test_staff_give_what_no_user_is_asked_about(world: World) -> None:
    staff = person(world, "sam", staff=True)

    page = register(
        staff,
        [
            ("name", "Night job"),
            ("type", "confidential"),
            ("grant", "client_credentials"),
            ("everything", "*"),
        ],
    )

    client_id, secret = shown_secrets(page)
    answer = world.token({"grant_type": "client_credentials"}, headers=basic(client_id, secret))
    assert answer.json()["scope"] == "create post read widget"


def test_a_public_application_cannot_act_for_itself(world: World) -> None:
    staff = person(world, "sam", staff=True)

    page = register(staff, filled(("type", "public"), ("grant", "client_credentials")))

    assert page.status_code == 400
    assert "cannot act for itself" in page.text


def test_users_are_told_why_only_staff_give_client_credentials(
    world: World, browser: Browser
) -> None:
    own, of_staff = browser.get(REGISTER), person(world, "sam", staff=True).get(REGISTER)

    assert 'value="client_credentials"' not in own.text
    assert "no user would be asked" in own.text
    assert 'value="client_credentials"' in of_staff.text
    assert 'value="password"' not in of_staff.text


def test_the_form_speaks_of_scopes_in_the_words_of_the_document(
    world: World, browser: Browser
) -> None:
    world.document.by_grant = {
        "authorization_code": frozenset({"read", "*"}),
        GrantType.DEVICE_CODE.value: frozenset({"widget"}),
    }

    page = browser.get(REGISTER)

    assert re.findall(r'name="scope" value="([^"]*)"', page.text) == ["read", "widget"]
    assert "the words for read" in page.text


def test_a_document_without_scopes_offers_none(world: World, browser: Browser) -> None:
    world.document.scopes = frozenset()

    page = register(browser)

    assert page.status_code == 400
    assert "declares no scopes" in page.text
    assert 'href="#scopes"' in page.text
    assert 'id="scopes"' in page.text


def test_an_application_is_changed_by_its_owner(
    world: World, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    client = add(world)
    listen(caplog)

    answer = send(
        browser,
        page_of(client, "edit/"),
        filled(("name", "Television"), ("scope", "widget"), ("type", "public")),
    )

    assert led_to(answer)[0] == page_of(client)
    changed = stored(world, client.client_id)
    assert (changed.name, str(changed.ceiling)) == ("Television", "widget")
    assert changed.type is ClientType.CONFIDENTIAL
    assert changed.secret_hash == client.secret_hash
    assert [line["event"] for line in audited(caplog)] == ["client.changed"]


def test_the_form_shows_an_application_as_it_is(world: World, browser: Browser) -> None:
    client = add(world, scopes=["read", "gone"], redirect_uris=[CALLBACK, "https://b.example/"])

    page = browser.get(page_of(client, "edit/"))

    assert f"\n{CALLBACK}\nhttps://b.example/</textarea>" in page.text
    assert re.findall(r'name="scope" value="(\w+)" checked', page.text) == ["gone", "read"]
    assert "not declared at present" in page.text
    assert 'name="type"' not in page.text


def test_what_staff_gave_stays_and_is_not_widened_by_the_owner(
    world: World, browser: Browser
) -> None:
    client = add(world, grants=["client_credentials", "authorization_code"], scopes=["read"])

    wider = send(browser, page_of(client, "edit/"), filled(("scope", "create")))
    kept = send(browser, page_of(client, "edit/"), filled(("grant", "")))

    assert wider.status_code == 400
    assert led_to(kept)[0] == page_of(client)
    after = stored(world, client.client_id)
    assert after.grants == {GrantType.CLIENT_CREDENTIALS}
    assert str(after.ceiling) == "read"


def test_an_owner_may_keep_all_scopes_or_narrow_them(world: World, browser: Browser) -> None:
    client = add(world, scopes="*")

    kept = send(browser, page_of(client, "edit/"), [*filled(("scope", "")), ("everything", "*")])
    assert kept.status_code == 303
    assert stored(world, client.client_id).ceiling.everything
    narrowed = send(browser, page_of(client, "edit/"), GOOD)
    again = browser.post(
        page_of(client, "edit/"),
        [*hidden(browser, page_of(client, "edit/")), *filled(("scope", "")), ("everything", "*")],
    )

    assert narrowed.status_code == 303
    assert again.status_code == 400
    assert str(stored(world, client.client_id).ceiling) == "read"
