"""A person in Chromium: registers an application, signs in, consents, and takes it back."""

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest

from tests.e2e.judges.browser import Window, answer_in
from tests.e2e.judges.live import DEVICE_GRANT
from tests.e2e.servers import Server

pytestmark = [
    pytest.mark.proof,
    pytest.mark.service("node"),
    pytest.mark.service("chromium"),
]

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:43]
#: within which a revocation must count
_SECONDS = 2.0


def register(server: Server, name: str) -> str:
    """A public application that an operator registered; its client_id."""
    grants = ("authorization_code", "refresh_token", DEVICE_GRANT)
    created = server.run(
        "client", "create", "--name", name, "--type", "public", "--scope", "*",
        *(part for grant in grants for part in ("--grant", grant)),
        *("--redirect-uri", "http://127.0.0.1/callback", "--format", "json"),
    )  # fmt: skip
    client_id: str = json.loads(created.stdout)["client_id"]
    return client_id


def authorize(client_id: str, window: Window, *, scope: str) -> str:
    """Where an application sends its user."""
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": window.callback,
        "scope": scope,
        "state": "xyz",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return f"/o/authorize/?{urlencode(query)}"


def exchange(server: Server, client_id: str, window: Window, led_to: str) -> Mapping[str, str]:
    """What the code buys that a browser carried back to the application."""
    assert led_to.startswith(f"{window.callback}?")
    answer = answer_in(led_to)
    assert (answer["state"], answer["iss"]) == ("xyz", f"{server.url}/o")
    form = {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "redirect_uri": window.callback,
        "client_id": client_id,
        "code_verifier": VERIFIER,
    }
    bought = server.call("POST", "/o/token/", form=form)
    assert bought.status == 200, bought.body
    told: Mapping[str, str] = bought.json()
    return told


def status(server: Server, path: str, token: str) -> int:
    return server.call("GET", path, token=token).status


def test_register_consent_to_a_part_call_revoke(window: Window, demo: Server) -> None:
    name = f"Radio {time.monotonic_ns()}"
    bob = demo.secrets().passwords["bob"]

    window.goto("/o/applications/register/")
    window.sign_in("bob", bob)
    window.fill("Name", name)
    window.tick("#type-public")
    window.tick("#grant-authorization_code")
    window.fill("Redirect URIs", "http://127.0.0.1/callback")
    for scope in ("read", "groups"):
        window.tick(f"input[name=scope][value={scope}]")
    client_id = window.follow("button", "Register application").rstrip("/").rpartition("/")[2]
    window.goto(authorize(client_id, window, scope="read groups"))
    assert name in window.text()
    window.tick("input[name=scope][value=groups]", ticked=False)
    bought = exchange(demo, client_id, window, window.follow("button", "Allow"))
    token = bought["access_token"]

    assert bought["scope"] == "read"
    assert (status(demo, "/songs", token), status(demo, "/groups/", token)) == (200, 403)

    window.goto("/o/authorized_tokens/")
    window.follow("button", "Revoke", row=name)
    revoked = time.monotonic()
    while status(demo, "/songs", token) != 401:
        assert time.monotonic() < revoked + _SECONDS
    assert name not in window.text()


def test_login_and_consent_need_no_mouse(window: Window, demo: Server) -> None:
    client_id = register(demo, "Keys alone")

    window.goto(authorize(client_id, window, scope="read groups"))
    window.tab_to("username")
    window.type("bob")
    window.tab_to("password")
    window.type(demo.secrets().passwords["bob"])
    window.press_and_follow("Enter")
    window.tab_to("scope", "groups")
    window.press("Space")
    window.tab_to("decision", "allow")
    bought = exchange(demo, client_id, window, window.press_and_follow("Enter"))

    assert bought["scope"] == "read"


def test_deny_leads_back_with_access_denied(window: Window, demo: Server) -> None:
    window.goto(authorize(register(demo, "Unwanted"), window, scope="read delete"))
    window.sign_in("bob", demo.secrets().passwords["bob"])

    answer = answer_in(window.follow("button", "Deny"))

    assert (answer["error"], answer["state"]) == ("access_denied", "xyz")
    assert "code" not in answer


def test_a_device_gets_what_its_user_leaves_ticked(window: Window, demo: Server) -> None:
    client_id = register(demo, "Television")
    form = {"client_id": client_id, "scope": "read groups"}
    asked = demo.call("POST", "/o/device-authorization/", form=form).json()
    poll = {
        "grant_type": DEVICE_GRANT,
        "client_id": client_id,
        "device_code": asked["device_code"],
    }

    window.goto(asked["verification_uri"])
    window.sign_in("bob", demo.secrets().passwords["bob"])
    window.fill("Code", "BCDF GHJK")
    window.follow("button", "Continue")
    assert "No device waits with this code" in window.text()
    window.fill("Code", asked["user_code"].lower().replace("-", " "))
    window.follow("button", "Continue")
    assert asked["user_code"] in window.text()
    window.tick("input[name=scope][value=groups]", ticked=False)
    window.follow("button", "Allow")

    assert "connected" in window.title()
    bought = demo.call("POST", "/o/token/", form=poll)
    assert (bought.status, bought.json()["scope"]) == (200, "read")


def test_a_sign_in_link_works_once(window: Window, demo: Server) -> None:
    link = demo.run("login-link", "alice").stdout.split()[-1]

    window.goto(link)
    window.follow("button", "Sign in")
    assert "Sign out alice" in window.text()
    window.follow("button", "Sign out alice")

    assert window.goto(link) == 410
    assert "does not work any more" in window.text()


def test_a_wrong_password_keeps_the_name_and_says_nothing_of_the_user(
    window: Window, demo: Server
) -> None:
    window.goto("/accounts/login/")
    said = []
    for username in ("bob", "nobody"):
        window.sign_in(username, "wrong password")
        said.append(window.text_of("[role=alert]"))

    assert said[0] == said[1] != []


def test_a_confidential_application_is_shown_its_secret_once_changed_and_deleted(
    window: Window, demo: Server
) -> None:
    name = f"Server {time.monotonic_ns()}"

    window.goto("/o/applications/register/")
    window.sign_in("bob", demo.secrets().passwords["bob"])
    window.fill("Name", name)
    window.tick("#type-confidential")
    window.tick("#grant-authorization_code")
    window.follow("button", "Register application")
    assert "Nothing was saved" in window.text()
    window.fill("Redirect URIs", "https://radio.example/callback")
    window.tick("input[name=scope][value=read]")
    window.follow("button", "Register application")
    client_id, secret = window.text_of("code.secret")
    shown = window.follow("link", "I have copied it")

    assert shown.endswith(f"/o/applications/{client_id}/")
    assert secret not in window.text()
    for page in ("edit/", "secret/", "delete/"):
        assert window.goto(f"/o/applications/{client_id}/{page}") == 200
    window.fill("Its name", name)
    window.follow("button", "Delete application")
    assert name not in window.text()
    assert window.goto(f"/o/applications/{client_id}/") == 404


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/o/applications/", 200, id="applications"),
        pytest.param("/o/authorized_tokens/", 200, id="access given"),
        pytest.param("/accounts/logout/", 200, id="sign out"),
        pytest.param("/o/device/", 200, id="device"),
        pytest.param("/o/authorize/?client_id=nobody", 400, id="unusable request"),
    ],
)
def test_a_page_is_in_order(window: Window, demo: Server, path: str, expected: int) -> None:
    window.goto("/accounts/login/")
    window.sign_in("alice", demo.secrets().passwords["alice"])

    assert window.goto(path) == expected


def test_a_page_that_is_not_in_order_is_found(window: Window) -> None:
    """The application's own page says nothing of its language, among other things."""
    if window.has_scripts:
        window.goto(window.callback)

        assert any("html-has-lang" in fault for fault in window.faults())
