"""A real login session at a real server: IsAuthenticatedOrTokenHasScope, and writes by cookie."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from gateway.app.composition import Composition
from gateway.settings import load_settings
from tests.corpus.server import DocumentServer, HttpAnswer, serve_document
from token_service.entities import User
from token_service.sessions import csrf_token

DOCUMENT = """\
openapi: 3.0.3
info: {title: Notes, version: '1'}
paths:
  /me:
    get:
      security: [{cookie: []}, {oauth: [read]}]
      responses: {'200': {description: who it is}}
    post:
      security: [{cookie: []}, {oauth: [write]}]
      responses: {'200': {description: changed}}
  /editors:
    get:
      security: [{cookie: [editors]}]
      responses: {'200': {description: for editors}}
components:
  securitySchemes:
    cookie: {type: apiKey, in: cookie, name: notes_session}
    oauth:
      type: oauth2
      flows:
        password: {tokenUrl: /o/token/, scopes: {read: to read, write: to write}}
"""
FILE = {"schemes": {"cookie": {"session": True}}}
OWN = "http://localhost:8000"


@dataclass(frozen=True, slots=True)
class Browser:
    """A server, and a user with a session at it."""

    server: DocumentServer
    user: User
    cookie: str

    def ask(self, method: str, path: str, **headers: str) -> HttpAnswer:
        sent = [(name.replace("_", "-"), value) for name, value in headers.items()]
        return self.server.send(method, path, [("Cookie", f"notes_session={self.cookie}"), *sent])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DocumentServer]:
    folder = tmp_path_factory.mktemp("session")
    document = folder / "openapi.yaml"
    document.write_text(DOCUMENT)
    settings = load_settings(flags={"home": str(folder / "home")}, environment={}, file=FILE)
    with serve_document(document, settings, Composition(mocks=True)) as (served, _):
        yield served


@pytest.fixture(scope="module")
def browser(server: DocumentServer) -> Browser:
    tokens = server.application.tokens
    tokens.administration.create_group("editors")
    user = tokens.administration.create_user("alice", "a-password")
    return Browser(server, user, tokens.sessions.open(user))


def bearer(server: DocumentServer, user: User, scope: str) -> str:
    return "Bearer " + server.application.tokens.mint(
        user.subject, scope.split(), client_id="c", ttl=60
    )


def test_a_session_or_a_scope_opens_the_operation(browser: Browser) -> None:
    token = bearer(browser.server, browser.user, "read")

    assert browser.ask("GET", "/me").status == 200
    assert browser.server.send("GET", "/me", [("Authorization", token)]).status == 200
    assert browser.server.send("GET", "/me", []).status == 401


def test_a_stale_cookie_counts_as_absent(browser: Browser) -> None:
    stale = [("Cookie", "notes_session=stale")]
    token = [("Authorization", bearer(browser.server, browser.user, "read"))]

    assert browser.server.send("GET", "/me", stale).status == 401
    assert browser.server.send("GET", "/me", stale + token).status == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 403, id="nothing-but-the-cookie"),
        pytest.param({"X_CSRF_Token": "0" * 64}, 403, id="another-token"),
        pytest.param({"X_CSRF_Token": "own"}, 200, id="the-token"),
        pytest.param({"X_CSRF_Token": "own", "Origin": OWN}, 200, id="our-origin"),
        pytest.param({"X_CSRF_Token": "own", "Origin": "null"}, 403, id="null-origin"),
        pytest.param(
            {"X_CSRF_Token": "own", "Origin": "https://evil.example"}, 403, id="another-origin"
        ),
    ],
)
def test_a_write_by_cookie_needs_the_csrf_token(
    browser: Browser, headers: dict[str, str], status: int
) -> None:
    own = {
        name: csrf_token(browser.cookie) if value == "own" else value
        for name, value in headers.items()
    }

    answer = browser.ask("POST", "/me", **own)

    assert answer.status == status
    if status == 403:
        assert b'"/-/problems/csrf"' in answer.body


def test_a_token_beside_the_cookie_needs_no_csrf_token(browser: Browser) -> None:
    token = bearer(browser.server, browser.user, "write")

    assert browser.ask("POST", "/me", Authorization=token).status == 200


def test_the_groups_of_a_session_are_its_roles(browser: Browser) -> None:
    tokens = browser.server.application.tokens
    editor = tokens.administration.create_user("erin", "a-password", groups=["editors"])
    cookie = f"notes_session={tokens.sessions.open(editor)}"

    assert browser.ask("GET", "/editors").status == 403
    assert browser.server.send("GET", "/editors", [("Cookie", cookie)]).status == 200


def test_signing_in_sets_the_cookie_that_the_document_names(server: DocumentServer) -> None:
    page = server.send("GET", "/accounts/login/", [])

    assert page.status == 200
    cookies = [value for name, value in page.headers if name == "set-cookie"]
    assert [cookie.partition("=")[0] for cookie in cookies] == ["scopegate_visit"]
    assert server.application.tokens.session_cookie == "notes_session"
