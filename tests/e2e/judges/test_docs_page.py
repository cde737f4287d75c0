"""`/docs` in Chromium: a login by code and PKCE, a request that passes, nothing sent elsewhere."""

import re
from collections.abc import Iterator

import pytest

from tests.e2e.judges.browser import LOOKS, Window
from tests.e2e.judges.node import Script
from tests.e2e.servers import Server

pytestmark = [pytest.mark.service("node"), pytest.mark.service("chromium")]

#: what Swagger UI draws; what is around it is ours
SWAGGER = "#swagger-ui"
LIST_SONGS = "#operations-songs-listSongs"


@pytest.fixture
def docs(browser_script: Script, demo: Server) -> Iterator[Window]:
    """The page, shown; whatever is done there stays on this machine."""
    callback = browser_script.ask("open", javascript=True)["callback"]
    window = Window(browser_script, demo.url, callback, outside=SWAGGER)
    assert window.goto("/docs") == 200
    browser_script.ask("appear", selector=LIST_SONGS)
    yield window
    window.assert_kept_to_itself()


def authorize(window: Window, server: Server, *, scope: str) -> None:
    """Log in as Bob, in the window that Authorize opens, and consent."""
    ask = window.script.ask
    ask("click", selector=".auth-wrapper .btn.authorize")
    ask("click", selector=f'label[for^="{scope}-authorizationCode-checkbox"]')
    led_to = ask("popup", selector=".modal-ux .btn.authorize")["url"]
    assert led_to.startswith(f"{server.url}/accounts/login/")
    window.sign_in("bob", server.secrets().passwords["bob"])
    assert "Scopegate docs" in window.text()
    ask("press_to_close", role="button", name="Allow")
    ask("appear", selector=".modal-ux .auth-btn-wrapper .btn.modal-btn:has-text('Logout')")
    ask("click", selector=".modal-ux .btn-done")


def execute(window: Window, operation: str) -> str:
    """Open an operation, send its request, and read the status that came back."""
    ask = window.script.ask
    ask("click", selector=f"{operation} .opblock-summary-control")
    ask("click", selector=f"{operation} .btn.execute")
    ask("appear", selector=f"{operation} .live-responses-table .response-col_status")
    return window.text_of(f"{operation} .live-responses-table tbody .response-col_status")[
        0
    ].strip()


def test_a_login_by_code_and_pkce_opens_an_operation(docs: Window, demo: Server) -> None:
    before = execute(docs, LIST_SONGS)
    docs.goto("/docs")
    authorize(docs, demo, scope="read")

    after = execute(docs, LIST_SONGS)

    assert (before, after) == ("401", "200")
    asked = docs.script.ask("seen")["requests"]
    to_authorize = [text for text in asked if text.startswith(f"{demo.url}/o/authorize/?resp")]
    assert to_authorize
    assert all("code_challenge_method=S256" in text for text in to_authorize)
    (bought,) = [text for text in asked if text.startswith(f"{demo.url}/o/token/ ")]
    assert re.search(r"[ &]code_verifier=[\w-]", bought)
    assert "client_secret" not in bought


@pytest.mark.proof
def test_a_login_that_is_denied_is_told_so(docs: Window, demo: Server) -> None:
    ask = docs.script.ask
    ask("click", selector=".auth-wrapper .btn.authorize")
    ask("click", selector='label[for^="read-authorizationCode-checkbox"]')
    ask("popup", selector=".modal-ux .btn.authorize")
    docs.sign_in("bob", demo.secrets().passwords["bob"])
    ask("press_to_close", role="button", name="Deny")
    ask("appear", selector=".modal-ux .errors")

    assert "access_denied" in docs.text_of(".modal-ux .errors")[0]


@pytest.mark.proof
def test_nothing_of_the_login_is_left_behind(docs: Window, demo: Server) -> None:
    authorize(docs, demo, scope="read")

    kept = docs.script.ask("kept")

    assert kept["storage"] == "[{},{},null]"
    assert "code=" not in docs.script.ask("address")


def test_each_operation_says_what_it_asks_for(docs: Window) -> None:
    told = docs.text_of(".access")

    assert len(told) == 21
    assert told[0] == "needs read"
    assert "needs create, or post + widget" in told
    assert "needs a signed-in session, or read" in told


@pytest.mark.proof
@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_no_page_scrolls_sideways_with_an_operation_open(
    docs: Window, scheme: str, width: int
) -> None:
    docs.script.ask("click", selector="#operations-songs-addSong .opblock-summary-control")
    docs.script.ask("appear", selector="#operations-songs-addSong .opblock-body")

    faults = docs.script.ask("look", scheme=scheme, width=width, outside=SWAGGER)

    assert faults == []


@pytest.mark.proof
def test_an_operation_is_opened_and_sent_by_the_keyboard(docs: Window) -> None:
    docs.tab_to("", "GET/songsList the songs")
    docs.press("Enter")
    docs.script.ask("appear", selector=f"{LIST_SONGS} .btn.execute")
    docs.tab_to("", "Execute")
    docs.press("Enter")

    docs.script.ask("appear", selector=f"{LIST_SONGS} .live-responses-table")


def test_an_answer_that_nobody_waits_for_is_told_so(docs: Window) -> None:
    docs.goto("/docs/oauth2-redirect?code=x&state=y")

    assert "No window waits for this answer" in docs.text()


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_without_scripts_there_is_a_way_on(browser_script: Script, demo: Server, path: str) -> None:
    callback = browser_script.ask("open", javascript=False)["callback"]
    window = Window(browser_script, demo.url, callback, has_scripts=False)

    assert window.goto(path) == 200

    assert "/openapi.yaml" in window.text()
    window.assert_kept_to_itself()


@pytest.mark.proof
def test_the_start_page_is_in_order_and_knows_who_is_signed_in(
    browser_script: Script, demo: Server
) -> None:
    callback = browser_script.ask("open", javascript=True)["callback"]
    window = Window(browser_script, demo.url, callback, outside=SWAGGER)

    window.goto("/")
    window.follow("link", "Sign in")
    led_to = window.sign_in("bob", demo.secrets().passwords["bob"])

    assert led_to == f"{demo.url}/"
    assert "Signed in as bob" in window.text()
    window.follow("link", "Documentation")
    window.assert_kept_to_itself()


@pytest.mark.proof
def test_the_documentation_says_where_signing_in_works(docs: Window, demo: Server) -> None:
    docs.script.ask("goto", url=f"http://127.0.0.1:{demo.port}/docs")
    docs.script.ask("appear", selector=LIST_SONGS)

    assert "Sign-in works at" in docs.text_of("#elsewhere")[0]
    assert docs.script.ask("value_of_link", selector="#public") == f"{demo.url}/docs"
