"""`/`, `/openapi.*` and `/docs` of a running server, for a shell and for who is known."""

import subprocess
from pathlib import Path

import pytest

from tests.e2e.servers import DEMO_DOCUMENT, REPOSITORY, SONGS, Server, serving

AUTHENTICATED = {"SCOPEGATE_DOCS": "authenticated"}


def links(server: Server) -> dict[str, str]:
    found: dict[str, str] = server.call("GET", "/").json()["links"]
    return found


def test_the_lines_for_a_shell_work_as_they_are(demo: Server) -> None:
    lines = demo.call("GET", "/").json()["try"]

    for line in lines:
        command = ["sh", "-c", f"{line} -sS"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)
        assert (done.returncode, done.stderr) == (0, "")
        assert "not-found" not in done.stdout
    assert "WWW-Authenticate".lower() in done.stdout.lower()


def test_every_link_of_the_start_page_leads_somewhere(demo: Server) -> None:
    for name, url in links(demo).items():
        status = demo.call("GET", url.removeprefix(demo.url)).status
        expected = {"applications": 303, "access": 303, "token": 405}.get(name, 200)
        assert (name, status) == (name, expected)


def test_a_token_shows_its_own_share_of_the_document(demo: Server) -> None:
    paths = demo.call("GET", "/openapi.json?mine=1", token=demo.token("groups")).json()["paths"]

    assert {path: list(item) for path, item in paths.items()} == {
        "/groups/": ["get"],
        "/groups/{groupId}/": ["get"],
    }


def test_where_one_has_to_be_known_everything_asks(tmp_path: Path) -> None:
    (tmp_path / "scopegate.toml").write_bytes((REPOSITORY / "scopegate.toml").read_bytes())
    with serving(DEMO_DOCUMENT, "--demo", folder=tmp_path, environment=AUTHENTICATED) as server:
        targets = ("/openapi.yaml", "/openapi.json", "/openapi.json?mine=1", "/docs")
        unknown = [server.call("GET", target).status for target in targets]
        token = server.token("read")
        known = [server.call("GET", target, token=token).status for target in targets]
        told = server.call("GET", "/").json()

    assert (unknown, known) == ([401] * 4, [200] * 4)
    assert "scopes" not in told
    assert "docs" not in told["links"]


def test_with_another_issuer_a_token_is_pasted(tmp_path: Path) -> None:
    trusted = ("--issuer", "https://id.example", "--audience", "api")
    with serving(SONGS, "--mock", *trusted, folder=tmp_path) as server:
        settings = server.call("GET", "/docs/settings.json").json()
        shown = server.call("GET", "/docs/document.json").json()

    assert settings["login"] is None
    (scheme,) = shown["components"]["securitySchemes"].values()
    assert scheme["description"] == "Paste an access token of https://id.example"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_client_of_the_documentation_is_made_once(tmp_path: Path, workers: str) -> None:
    for _ in range(2):
        with serving(SONGS, "--mock", "--workers", workers, folder=tmp_path) as server:
            listed = server.run("client", "list").stdout

    assert listed.count("scopegate-docs") == 1


def test_a_start_says_which_pages_give_way(tmp_path: Path) -> None:
    path = '"/docs": {"get": {"security": [], "responses": {"200": {"description": "ok"}}}}'
    info = '"openapi": "3.0.3", "info": {"title": "t", "version": "1"}'
    (tmp_path / "a.json").write_text(f'{{{info}, "paths": {{{path}}}}}', encoding="utf-8")
    with serving("a.json", "--mock", folder=tmp_path) as server:
        said = server.said

    assert "not served, for the document has an operation there: /docs\n" in said
