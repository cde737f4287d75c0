"""The sign-in link of the demo, and the lines that an application's page gives to paste."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.people import PersonAtBrowser
from tests.e2e.servers import Server, serving_demo, surroundings

GRANTS = (
    "authorization_code",
    "urn:ietf:params:oauth:grant-type:device_code",
    "refresh_token",
    "client_credentials",
)
_LINK = re.compile(r"   sign in once as alice: (http://localhost:\d+/accounts/once/[\w-]+/)$", re.M)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`serve --demo`, with a link that nobody has spent."""
    with serving_demo(tmp_path_factory.mktemp("page")) as running:
        yield running


@pytest.fixture(scope="module")
def alice(server: Server) -> PersonAtBrowser:
    """The demo's administrator, signed in by a link."""
    person = PersonAtBrowser(server.url)
    person.sign_in_once(server.run("login-link", "alice").stdout)
    return person


@pytest.fixture(scope="module")
def lines(alice: PersonAtBrowser) -> Mapping[str, str]:
    """The commands of an application's page by a word that each of them holds, and its address."""
    client_id, secret = alice.register_application(
        'Radio\'s "own"', "http://localhost:9999/cb?a=b", scopes=("read",), grants=GRANTS
    )
    page = alice.browser.get(f"/o/applications/{client_id}/").text
    commands = [unescape(text) for text in re.findall(r"<pre[^>]*><code>([^<]*)<", page)]
    found = {
        word: next(command for command in commands if word in command)
        for word in ("=CODE", "DEVICE_CODE", "device-authorization", "REFRESH_TOKEN")
    }
    found["client_credentials"] = next(c for c in commands if "=client_credentials" in c)
    found["ACCESS_TOKEN"] = next(c for c in commands if "ACCESS_TOKEN" in c)
    found["address"] = unescape(re.findall(r'class="address"><a href="([^"]*)"', page)[0])
    return {word: line.replace("CLIENT_SECRET", secret) for word, line in found.items()}


def run(command: str, **words: str) -> Any:
    """Run a command of the page, with words in capitals filled in; its answer as JSON."""
    for word, value in words.items():
        command = command.replace(word, value)
    ran = subprocess.run(
        ["bash", "-c", command.replace("curl", "curl --silent --show-error", 1)],
        env=surroundings(),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return json.loads(ran.stdout)


def test_the_demo_prints_a_link_that_signs_its_administrator_in_once(server: Server) -> None:
    found = _LINK.search(server.said)
    assert found, server.story()
    person = PersonAtBrowser(server.url)

    person.sign_in_once(found[1])

    assert "Sign out alice" in person.browser.get("/o/applications/").text
    path = found[1].removeprefix(server.url)
    again = PersonAtBrowser(server.url).browser.get(path)
    assert again.status_code == 410


def test_no_link_is_stored_or_logged(server: Server) -> None:
    link = server.run("login-link", "bob").stdout.strip().split("/")[-2].encode()

    for file in Path(server.home).rglob("*"):
        assert not file.is_file() or link not in file.read_bytes()


def test_the_lines_for_a_code_buy_a_token_that_the_api_takes(
    alice: PersonAtBrowser, lines: Mapping[str, str]
) -> None:
    code = alice.allow(lines["address"])["code"]

    bought = run(lines["=CODE"], CODE=code)
    listed = run(lines["ACCESS_TOKEN"], ACCESS_TOKEN=bought["access_token"])
    refreshed = run(lines["REFRESH_TOKEN"], REFRESH_TOKEN=bought["refresh_token"])

    assert bought["scope"] == refreshed["scope"] == "read"
    assert isinstance(listed, list)


def test_the_lines_for_a_device_buy_a_token(
    alice: PersonAtBrowser, lines: Mapping[str, str]
) -> None:
    asked = run(lines["device-authorization"])
    alice.enter_user_code(asked["user_code"])

    bought = run(lines["DEVICE_CODE"], DEVICE_CODE=asked["device_code"])

    assert bought["scope"] == "read"


def test_the_line_for_a_client_of_its_own_buys_a_token(lines: Mapping[str, str]) -> None:
    assert run(lines["client_credentials"])["scope"] == "read"
