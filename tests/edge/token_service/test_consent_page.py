"""The consent page: what it says, and what a part of it grants."""

import pytest

from tests.edge.token_service.browser import Browser, forms_of, led_to
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
from tests.edge.token_service.world import ISSUER, World
from token_service.entities import ClientType
from token_service.ports import OpenedOperation


@pytest.fixture(autouse=True)
def radio(world: World) -> None:
    """A public client called Radio."""
    add_client(world)


def set_own_scopes(world: World, scopes: str) -> None:
    world.service.administration.set_group_scopes("everyone", scopes)


def test_each_scope_is_told_in_the_words_of_the_document(world: World) -> None:
    page = signed_in(world).get(address(scope="read post"))

    form = consent_form(page)
    assert form.boxes == ["read", "post"]
    assert [value for name, value in form.fields if name == "scope"] == ["read", "post"]
    assert "the words for read" in page.text
    assert [button for button in form.buttons if button[1] != "keep"] == [ALLOW, DENY]


def test_nothing_asked_offers_all_that_the_user_can_give(world: World) -> None:
    set_own_scopes(world, "read post")

    page = signed_in(world).get(address())

    assert consent_form(page).boxes == ["post", "read"]
    assert "You cannot give" not in page.text


def test_the_operations_are_named_dangerous_ones_first_and_in_words(world: World) -> None:
    world.words.operations = {
        "read": [OpenedOperation("GET", "/songs", "List songs")],
        "post": [
            OpenedOperation("GET", "/a", ""),
            OpenedOperation("POST", "/b", ""),
            OpenedOperation("DELETE", "/c/{id}/", "Delete <all>", ("widget", "x")),
        ],
        "create": [OpenedOperation("PUT", "/d", "")],
    }

    page = signed_in(world).get(address(scope="read create post widget"))

    assert consent_form(page).boxes == ["post", "create", "read", "widget"]
    text = page.text
    paths = ["DELETE /c/{id}/", "POST /b", "GET /a", "PUT /d", "GET /songs"]
    assert sorted(paths, key=text.index) == paths
    assert "can change and delete" in text
    assert "Delete &lt;all&gt;" in text
    assert "with <code>widget</code> and <code>x</code>" in " ".join(text.split())
    assert "Opens no operation at present" in text


def test_the_page_says_who_asks_and_where_it_leads(world: World) -> None:
    admin = world.service.administration
    alice = admin.find_user_by_name("alice")
    add_client(
        world,
        "homemade",
        owner=alice,
        type=ClientType.CONFIDENTIAL,
        uris=("https://home.example/",),
    )
    browser = signed_in(world)

    ours = browser.get(address()).text
    hers = browser.get(address(client_id="homemade", redirect_uri="")).text

    assert "those who run Songs" in ours
    assert "radio.example" in ours
    assert "cannot prove who it is" in ours
    assert "<bdi>alice</bdi>, a user like you" in hers
    assert "home.example" in hers
    assert "2027-01-15" in hers


def test_names_are_escaped(world: World) -> None:
    world.service.administration.create_client(
        "<script>alert(1)</script>",
        client_id="evil",
        type=ClientType.PUBLIC,
        redirect_uris=["https://evil.example/"],
    )
    request = address(client_id="evil", redirect_uri="", state='"><script>x')

    assert "<script" not in signed_in(world).get(request).text
    login = Browser(world).get(request).headers["location"]
    assert "<script" not in Browser(world).get(login).text


def test_a_part_is_granted(world: World) -> None:
    browser = signed_in(world)
    form = consent_form(browser.get(address(scope="read post create")))

    _, answer = led_to(browser.submit(form.ticking("create", "read"), button=ALLOW))

    assert exchange(world, answer["code"]).json()["scope"] == "read create"


def test_what_was_not_offered_cannot_be_ticked(world: World) -> None:
    set_own_scopes(world, "read post")
    browser = signed_in(world)
    form = consent_form(browser.get(address(scope="read create")))

    ticked = form.ticking("read", "post", "create", "widget", "undeclared", "*")
    _, answer = led_to(browser.submit(ticked, button=ALLOW))

    assert exchange(world, answer["code"]).json()["scope"] == "read"


def test_what_is_not_the_users_to_give_is_shown_and_not_offered(world: World) -> None:
    set_own_scopes(world, "read")

    page = signed_in(world).get(address(scope="read post"))

    assert consent_form(page).boxes == ["read"]
    assert "You cannot give this" in page.text
    assert "the words for post" in page.text


def test_a_user_who_can_give_nothing_of_it_can_only_say_no(world: World) -> None:
    set_own_scopes(world, "read")
    browser = signed_in(world)

    form = consent_form(browser.get(address(scope="post")))
    forced = browser.submit(form.ticking("post"), button=ALLOW)
    _, answer = led_to(browser.submit(form, button=DENY))

    assert ALLOW not in form.buttons
    assert forced.status_code == 400
    assert answer["error"] == "access_denied"


def test_nothing_ticked_is_no_answer(world: World) -> None:
    browser = signed_in(world)
    form = consent_form(browser.get(address(scope="read post")))

    page = browser.submit(form.ticking(), button=ALLOW)

    assert page.status_code == 400
    assert "Nothing is ticked" in page.text
    again = forms_of(page)[-1]
    assert again.boxes == ["read", "post"]
    assert led_to(browser.submit(again.ticking("post"), button=ALLOW))[0] == URI


@pytest.mark.parametrize("decision", ["keep", "", "ALLOW", "yes"])
def test_neither_yes_nor_no_shows_the_page_again_as_it_was(world: World, decision: str) -> None:
    browser = signed_in(world)
    form = consent_form(browser.get(address(scope="read post")))

    page = browser.submit(form.ticking("post"), button=("decision", decision))

    ticked = [value for name, value in consent_form(page).fields if name == "scope"]
    assert ticked == ["post"]


def test_two_decisions_are_none(world: World) -> None:
    browser = signed_in(world)
    form = consent_form(browser.get(address()))

    assert browser.submit(form.filled(decision="deny"), button=ALLOW).status_code == 200


def test_no_is_told_to_the_client(world: World) -> None:
    browser = signed_in(world)

    response = browser.submit(consent_form(browser.get(address())), button=DENY)

    where, answer = led_to(response)
    assert where == URI
    assert (answer["error"], answer["state"], answer["iss"]) == ("access_denied", "x y&z", ISSUER)
    assert "code" not in answer


def test_what_was_allowed_before_is_marked(world: World) -> None:
    browser = signed_in(world)
    first = browser.get(address(scope="read"))
    _, answer = led_to(browser.submit(consent_form(first), button=ALLOW))
    exchange(world, answer["code"])

    page = browser.get(address(scope="read post"))

    assert "you allowed this before" not in first.text
    assert page.text.count("you allowed this before") == 1
