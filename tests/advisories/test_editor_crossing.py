"""The editor against other sites: cross-origin requests, DNS rebinding, forms, a proxy between."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.app.compose import compose
from gateway.app.composition import Composition, Edited
from gateway.app.tokens import open_database
from gateway.edge.editor.disk import read_disk
from gateway.edge.editor.key import EditorKey
from gateway.load import load_document
from gateway.ops.audit import AUDIT_LOGGER
from gateway.spec.read import read_description
from tests.advisories.octets import CLOSE, SEED, Answer, talk
from tests.corpus.server import DocumentServer
from tests.edge.staff import PASSWORD
from tests.unit.app.homes import settings_in
from token_service.sessions import csrf_token

KEY = "the-key-of-this-run"


class World:
    """A gateway on a real socket whose document can be edited, and its people."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "songs.yaml"
        self.file.write_bytes(SEED.read_bytes())
        settings = replace(
            settings_in(folder / "home", docs="public"), cors_origins=("http://partner.example",)
        )
        document = load_document(read_description(str(self.file)), settings)
        self.engine = open_database(settings)
        chosen = Composition(mocks=True, edited=Edited(str(self.file), EditorKey(KEY)))
        self.application = compose(document, settings, self.engine, composition=chosen)
        self.server = DocumentServer.start(self.application)

    def session(self, name: str, *, is_staff: bool) -> str:
        """The cookie of somebody who is signed in."""
        tokens = self.application.tokens
        user = tokens.administration.create_user(name, PASSWORD, staff=is_staff)
        return tokens.sessions.open(user)

    def send(self, method: str, path: str, *lines: str, body: bytes = b"") -> Answer:
        head = "".join(f"{line}\r\n" for line in lines).encode()
        length = f"Content-Length: {len(body)}\r\n".encode()
        sent = f"{method} {path} HTTP/1.1\r\n".encode() + head + length + CLOSE + b"\r\n" + body
        (answer,) = talk(self.server.port, sent).answers
        return answer

    def attempt(self, *lines: str) -> Answer:
        return self.send("POST", "/-/editor/try", *lines, body=self.file.read_bytes())

    @property
    def host(self) -> str:
        return f"localhost:{self.server.port}"

    @property
    def own(self) -> dict[str, str]:
        """What our own page sends."""
        return {
            "host": f"Host: {self.host}",
            "origin": f"Origin: http://{self.host}",
            "key": f"X-Editor-Key: {KEY}",
            "type": "Content-Type: application/yaml",
        }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("editor"))
    yield made
    made.server.stop()
    made.engine.dispose()


def test_our_own_page_is_served(world: World) -> None:
    assert world.attempt(*world.own.values()).status == 200


@pytest.mark.parametrize(
    "origin",
    [
        *("http://evil.example", "null", "https://localhost:{port}", "http://localhost"),
        *("http://127.0.0.1:{port}", "http://localhost:{port}.evil.example", "http://x@{host}"),
        *("http://partner.example", "file://", ""),
    ],
)
def test_another_site_changes_nothing_even_with_the_key(world: World, origin: str) -> None:
    told = origin.format(port=world.server.port, host=world.host)

    answer = world.attempt(*{**world.own, "origin": f"Origin: {told}"}.values())

    assert answer.status == 403
    assert "access-control-allow-credentials" not in dict(answer.headers)


@pytest.mark.parametrize("path", ["/editor", "/-/editor/document", "/-/editor/state"])
@pytest.mark.parametrize("origin", ["http://evil.example", "http://partner.example", "null"])
def test_another_site_reads_nothing(world: World, path: str, origin: str) -> None:
    assert world.send("GET", path, f"Host: {world.host}").status == 200
    assert world.send("GET", path, f"Host: {world.host}", f"Origin: {origin}").status == 404


@pytest.mark.parametrize("name", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io"])
def test_a_name_that_leads_here_finds_nothing(world: World, name: str) -> None:
    """DNS rebinding: the browser takes the page of another name for one of the same origin."""
    host = f"{name}:{world.server.port}"
    lines = {**world.own, "host": f"Host: {host}", "origin": f"Origin: http://{host}"}

    assert world.attempt(*lines.values()).status == 404
    assert world.send("GET", "/editor", f"Host: {host}").status == 404
    assert world.send("GET", "/-/editor/document", f"Host: {host}").status == 404


@pytest.mark.parametrize(
    "line", ["X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1", "Via: 1.1 proxy"]
)
def test_behind_a_proxy_there_is_no_editor(world: World, line: str) -> None:
    assert world.attempt(*world.own.values(), line).status == 404
    assert world.send("GET", "/editor", f"Host: {world.host}", line).status == 404


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_what_a_form_can_send_is_refused(world: World, kind: str) -> None:
    assert world.attempt(*{**world.own, "type": f"Content-Type: {kind}"}.values()).status == 403


def test_a_staff_session_needs_its_csrf_token(world: World) -> None:
    cookie = world.session("sue", is_staff=True)
    name = world.application.tokens.session_cookie
    lines = {**world.own, "key": f"Cookie: {name}={cookie}"}

    alone = world.attempt(*lines.values())
    other = world.attempt(*lines.values(), f"X-CSRF-Token: {csrf_token('another')}")
    both = world.attempt(*lines.values(), f"X-CSRF-Token: {csrf_token(cookie)}")

    assert [alone.status, other.status, both.status] == [403, 403, 200]


def test_a_save_with_a_session_is_noted_with_whose_it_is_and_nothing_that_opens(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    cookie = world.session("ada", is_staff=True)
    shown = f"X-CSRF-Token: {csrf_token(cookie)}"
    lines = {**world.own, "key": f"Cookie: {world.application.tokens.session_cookie}={cookie}"}
    etag = f"If-Match: {read_disk(str(world.file)).etag}"

    with caplog.at_level(logging.INFO, logger=AUDIT_LOGGER):
        answer = world.send(
            "PUT", "/-/editor/document", *lines.values(), shown, etag, body=SEED.read_bytes()
        )

    [line] = [one.getMessage() for one in caplog.records if "document.saved" in one.getMessage()]
    ada = world.application.tokens.administration.find_user_by_name("ada")
    assert answer.status == 200
    assert ada is not None
    assert json.loads(line)["subject"] == ada.subject
    assert not [secret for secret in (cookie, csrf_token(cookie), KEY) if secret in caplog.text]


def test_a_session_of_somebody_else_is_not_enough(world: World) -> None:
    cookie = world.session("una", is_staff=False)
    name = world.application.tokens.session_cookie
    lines = {**world.own, "key": f"Cookie: {name}={cookie}"}

    answer = world.attempt(*lines.values(), f"X-CSRF-Token: {csrf_token(cookie)}")

    assert answer.status == 403


def referring_to(target: str) -> bytes:
    """The document with an operation whose answer is in another file."""
    told = f"  /kept: {{get: {{security: [], responses: {{'200': {{$ref: {target}}}}}}}}}\n"
    return SEED.read_bytes() + told.encode()


@pytest.mark.parametrize("pattern", ["home/keys/*.pem", "home/keys/keyring.json", "home/*.db"])
def test_no_reference_reads_what_the_server_keeps(world: World, pattern: str) -> None:
    """Whoever may edit is not one who may read keys, and the home may be beside the document."""
    folder = world.file.parent
    (kept, *_) = folder.glob(pattern)
    link = folder / "link.yaml"
    link.unlink(missing_ok=True)
    link.symlink_to(kept)

    for target in (kept.relative_to(folder).as_posix(), "link.yaml"):
        body = referring_to(target)
        told = world.send("POST", "/-/editor/try", *world.own.values(), body=body).json()

        assert (told["loads"], told["others"]) == (False, [])
        assert any("there is no file" in found["message"] for found in told["findings"])


def test_of_a_file_that_holds_no_document_the_name_is_told(world: World) -> None:
    (world.file.parent / "scopegate.toml").write_text("client_secret = 'hush'", "utf-8")

    answer = world.send(
        "POST", "/-/editor/try", *world.own.values(), body=referring_to("scopegate.toml")
    )

    assert not answer.json()["loads"]
    assert b"hush" not in answer.body


def test_a_text_announced_as_too_long_is_refused_before_it_comes(world: World) -> None:
    head = "".join(f"{line}\r\n" for line in world.own.values())
    sent = f"PUT /-/editor/document HTTP/1.1\r\n{head}Content-Length: 99999999999\r\n\r\n"

    said = talk(world.server.port, sent.encode())

    assert said.statuses == [413]
    assert said.seconds < 5


def test_a_preflight_of_a_partner_opens_nothing(world: World) -> None:
    """CORS for the API lets a partner's page ask, and the editor refuses what it then sends."""
    origin = "Origin: http://partner.example"
    world.send(
        "OPTIONS", "/-/editor/document", world.own["host"], origin,
        "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: x-editor-key",
    )  # fmt: skip
    before = world.file.read_bytes()

    saved = world.send(
        "PUT", "/-/editor/document", *{**world.own, "origin": origin}.values(), 'If-Match: "x"',
        body=b"{}",
    )  # fmt: skip

    assert saved.status == 403
    assert world.file.read_bytes() == before


def test_without_an_editor_its_paths_are_unknown_ones(world: World, tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "home")
    document = load_document(read_description(str(world.file)), settings)
    engine = open_database(settings)
    server = DocumentServer.start(compose(document, settings, engine))
    host = f"Host: localhost:{server.port}".encode()

    answers = [
        talk(server.port, b"GET " + path + b" HTTP/1.1\r\n" + host + b"\r\n" + CLOSE + b"\r\n")
        for path in (b"/editor", b"/-/editor/", b"/-/editor/document", b"/-/unknown")
    ]
    server.stop()
    engine.dispose()

    assert [told.statuses for told in answers] == [[404]] * 4
