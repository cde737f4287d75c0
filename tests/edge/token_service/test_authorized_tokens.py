"""What a user allowed: listed by application, revoked one by one or all at once, by him alone."""

import re
from html import unescape

import httpx
import pytest

from tests.edge.token_service.applications import alice, audited, browser_of, listen, person
from tests.edge.token_service.browser import Browser, Fields, PageForm, forms_of, led_to
from tests.edge.token_service.world import World, outcome
from token_service.entities import RevocationKind
from token_service.store.revocations import is_revoked

HOME = "/o/authorized_tokens/"


def buttons(page: httpx.Response) -> list[PageForm]:
    """The forms that revoke, in the order of the page."""
    return [form for form in forms_of(page) if form.action.endswith("/revoke/")]


def token_of(browser: Browser) -> Fields:
    """A CSRF token of this browser's, from a page that always has one."""
    fields = forms_of(browser.get("/o/applications/register/"))[-1].fields
    return [(name, value) for name, value in fields if name == "csrf_token"]


def has_ended(world: World, answer: httpx.Response) -> bool:
    """Whether neither the refresh token nor the access token of an answer works any more."""
    claims = world.claims(answer)
    wanted = [(RevocationKind.GRANT, str(claims["grant_id"]), int(claims["iat"]))]
    refreshed = world.refresh(answer.json()["refresh_token"])
    return outcome(refreshed) == (400, "invalid_grant") and is_revoked(world.engine, wanted)


def test_what_an_application_may_do_is_told_in_the_words_of_the_document(
    world: World, browser: Browser
) -> None:
    world.password(scope="read create")
    world.clock.now += 3600
    world.password(scope="read")

    page = browser.get(HOME)

    told = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.text))
    assert page.text.count("<h2>") == 1
    assert "walk-through" in told
    assert "the words for create create the words for read read" in told
    assert "Since 2027-01-15 08:00 UTC, last used 2027-01-15 09:00 UTC" in told
    assert "You signed in 2 times" in told


def test_revoking_ends_refresh_and_access_tokens(
    world: World, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    granted = world.password(scope="read")
    listen(caplog)

    answer = browser.submit(buttons(browser.get(HOME))[0])

    assert led_to(answer) == (HOME, {})
    line = audited(caplog)[0]
    assert (line["event"], line["client_id"], line["subject"]) == (
        "grant.revoked",
        world.client_id,
        alice(world).subject,
    )
    assert has_ended(world, granted)
    assert "You gave no application access" in browser.get(HOME).text


def test_one_of_several_grants_is_revoked_alone(
    world: World, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    first = world.password(scope="read")
    world.clock.now += 60
    second = world.password(scope="create")
    of_all, newest, oldest = buttons(browser.get(HOME))
    assert of_all.action == f"{HOME}applications/{world.client_id}/revoke/"

    listen(caplog)

    browser.submit(oldest)

    assert [line["grant_id"] for line in audited(caplog)] == [world.claims(first)["grant_id"]]
    assert has_ended(world, first)
    assert not has_ended(world, second)
    assert world.claims(second)["grant_id"] in newest.action


def test_all_grants_of_an_application_are_revoked_at_once(world: World, browser: Browser) -> None:
    granted = [world.password(scope=scope) for scope in ("read", "create")]

    browser.submit(buttons(browser.get(HOME))[0])

    assert all(has_ended(world, each) for each in granted)


@pytest.mark.parametrize("is_staff", [False, True])
def test_nobody_sees_or_revokes_what_another_user_gave(world: World, is_staff: bool) -> None:
    granted = world.password(scope="read")
    other = person(world, "bob", staff=is_staff)
    grant_id = world.claims(granted)["grant_id"]

    for what in (grant_id, f"applications/{world.client_id}"):
        answer = other.post(f"{HOME}{what}/revoke/", token_of(other))
        unknown = other.post(f"{HOME}unknown/revoke/", token_of(other))
        assert (answer.status_code, answer.text) == (404, unknown.text)

    assert "walk-through" not in other.get(HOME).text
    assert not has_ended(world, granted)


def test_what_was_revoked_is_not_revoked_again(world: World, browser: Browser) -> None:
    world.password(scope="read")
    form = buttons(browser.get(HOME))[0]
    browser.submit(form)

    assert browser.submit(form).status_code == 404


@pytest.mark.parametrize("path", ["%00", "%ff", "applications/%00", "x" * 300, "' OR 1=1 --"])
def test_a_path_that_names_nothing_revokes_nothing(
    world: World, browser: Browser, path: str
) -> None:
    granted = world.password(scope="read")

    answer = browser.post(f"{HOME}{path}/revoke/", token_of(browser))

    assert answer.status_code == 404
    assert not has_ended(world, granted)


@pytest.mark.parametrize("fault", ["no-token", "another-token", "foreign-origin"])
def test_a_form_that_no_page_of_ours_showed_revokes_nothing(
    world: World, browser: Browser, fault: str
) -> None:
    granted = world.password(scope="read")
    form = buttons(browser.get(HOME))[0]
    if fault == "foreign-origin":
        browser.origin = "https://evil.example"
    else:
        form = PageForm(form.action, [] if fault == "no-token" else [("csrf_token", "0" * 64)])

    assert browser.submit(form).status_code == 403
    assert not has_ended(world, granted)


def test_who_is_not_signed_in_is_asked_to(world: World) -> None:
    nobody = Browser(world)

    for path in (HOME, HOME.rstrip("/")):
        assert led_to(nobody.get(path)) == ("/accounts/login/", {"next": path})
    # a form is not sent again after signing in, so one comes to the list
    for path in (f"{HOME}x/revoke/", f"{HOME}applications/x/revoke"):
        assert led_to(nobody.post(path, [])) == ("/accounts/login/", {"next": HOME})


def test_revoking_by_a_link_is_not_possible(world: World, browser: Browser) -> None:
    granted = world.password(scope="read")

    answer = browser.get(buttons(browser.get(HOME))[0].action)

    assert answer.status_code == 405
    assert not has_ended(world, granted)


def test_what_has_expired_is_not_listed(world: World, browser: Browser) -> None:
    world.password(scope="read")
    world.clock.now += 30 * 86_400

    later = browser_of(world, alice(world)).get(HOME)

    assert "You gave no application access" in later.text


def test_a_name_is_text_and_nothing_else(world: World, browser: Browser) -> None:
    name = '"><img src=x onerror=alert(1)><script>1</script> רדיו'
    made = world.service.administration.create_client(
        name, grants=["password", "refresh_token"], client_id="strange"
    )
    world.client_id, world.client_secret = "strange", made.secret or ""
    for _ in range(2):
        world.password(scope="read")

    page = browser.get(HOME)

    assert unescape(page.text).count(name) == 5
    assert "<script" not in page.text
    assert "<img" not in page.text


def test_two_hundred_sign_ins_stand_on_the_page(world: World, browser: Browser) -> None:
    for _ in range(200):
        world.password(scope="read")

    page = browser.get(HOME)

    assert "You signed in 200 times" in page.text
    assert len(buttons(page)) == 201
