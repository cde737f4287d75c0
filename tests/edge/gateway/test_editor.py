"""`/editor` over HTTP: who sees it, who may try and save, and what is said of a text."""

import asyncio
import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from gateway.edge.doors import Doors
from gateway.edge.editor.admission import Admission
from gateway.edge.editor.application import EditorPage
from gateway.edge.editor.desk import Desk
from gateway.edge.editor.door import behind
from gateway.edge.editor.key import EditorKey
from gateway.edge.editor.statics import FILES, FRAME_FILES
from gateway.edge.pages import OwnPages
from gateway.errors import HandlerError
from gateway.load import LoadedDocument, load_document
from gateway.ops.audit import AUDIT_LOGGER
from gateway.ops.audit_reader import OtherLine, read_log
from gateway.spec.read import read_description
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import settings_of

HOST = "localhost:8000"
HERE = {"host": HOST}
KEY = "the-key-of-this-run"
OWN = {**HERE, "origin": f"http://{HOST}", "x-editor-key": KEY, "content-type": "application/yaml"}
TEXT = """\
openapi: 3.0.3
info: {title: Songs, version: "1"}
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows:
        clientCredentials: {tokenUrl: /o/token/, scopes: {read: see, write: change}}
paths:
  /songs:
    get:
      security: [{oauth: [read]}]
      responses: {"200": {description: ok}}
    delete:
      security: [{oauth: [write]}]
      responses: {"200": {description: ok}}
"""
OPENED = TEXT.replace("security: [{oauth: [write]}]", "security: [{oauth: [read]}, {}]")
BROKEN = TEXT.replace("title: Songs,", "title: Songs, title: Songs,")


class World:
    """The editor among our own pages, as a gateway serves it for a document on disk."""

    def __init__(self, file: Path, **changes: Any) -> None:
        self.file = file
        settings = settings_of(spec_max_bytes="4000")
        running = load_document(read_description(str(file)), settings)
        desk = Desk(str(file), Admission(EditorKey(KEY)), settings, fits=lambda _: None)
        page = EditorPage(running, replace(desk, **changes))
        doors = Doors()
        paths = ("/editor", "/-/editor", "/-/editor/")
        self.app = OwnPages(behind(doors, dict.fromkeys(paths, page)))

    def send(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] = HERE,
        body: str = "",
        **more: Any,
    ) -> Reply:
        return asyncio.run(call(self.app, method, target, headers, body=body.encode(), **more))

    def get(self, target: str, **headers: str) -> Reply:
        return self.send("GET", target, {**HERE, **headers})

    def attempt(self, text: str, **headers: str) -> Reply:
        return self.send("POST", "/-/editor/try", {**OWN, **headers}, text)

    def save(self, text: str, etag: str | None, **headers: str) -> Reply:
        condition = {} if etag is None else {"if-match": etag}
        return self.send("PUT", "/-/editor/document", {**OWN, **condition, **headers}, text)

    @property
    def etag(self) -> str:
        return self.get("/-/editor/document").header("etag") or ""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "songs.yaml"
    file.write_text(TEXT, encoding="utf-8")
    return file


@pytest.fixture
def world(file: Path) -> World:
    return World(file)


READS = [
    *("/editor", "/-/editor", "/-/editor/", "/-/editor/frame"),
    *("/-/editor/document", "/-/editor/state", *FILES),
]


@pytest.mark.parametrize("target", READS)
def test_local_requests_read_and_others_find_nothing(world: World, target: str) -> None:
    assert world.get(target).status == 200
    assert world.get(target, host="evil.example:8000").problem() == (404, "not-found")
    assert world.get(target, **{"x-forwarded-for": "10.0.0.1"}).problem() == (404, "not-found")
    far = world.send("GET", target, HERE, client=("10.0.0.1", 50000))
    assert far.problem() == (404, "not-found")


@pytest.mark.parametrize("target", READS)
def test_the_frame_alone_may_be_of_an_origin_of_its_own(world: World, target: str) -> None:
    expected = 200 if target in FRAME_FILES else 404

    assert world.get(target, origin="null").status == expected


def test_the_page_runs_nothing_but_its_own_and_the_frame_has_no_origin(world: World) -> None:
    page, frame = world.get("/editor"), world.get("/-/editor/frame")

    policy = page.header("content-security-policy") or ""
    assert "script-src 'self'; style-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy
    held = frame.header("content-security-policy") or ""
    assert held.endswith("sandbox allow-scripts")
    assert "connect-src 'none'" in held
    assert "allow-same-origin" not in held + page.body.decode()
    assert b'sandbox="allow-scripts"' in page.body


def test_nothing_of_a_document_becomes_markup_of_the_page(file: Path) -> None:
    file.write_text(TEXT.replace("title: Songs", "title: '<script>alert(1)</script>'"), "utf-8")

    page = World(file).get("/editor").body.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_document_is_read_as_it_is_on_disk(world: World) -> None:
    reply = world.get("/-/editor/document")

    assert reply.body.decode() == TEXT
    assert reply.header("content-type") == "application/yaml; charset=utf-8"
    assert reply.header("cache-control") == "no-store"
    assert reply.header("etag") == world.get("/-/editor/state").json()["etag"]


def test_a_text_is_told_by_what_it_opens_and_nothing_is_stored(world: World) -> None:
    reply = world.attempt(OPENED)

    told = reply.json()
    assert (reply.status, told["loads"]) == (200, True)
    (change,) = told["diff"]["changes"]
    assert change["words"] == ["opens DELETE /songs to everyone, without credentials ({})"]
    assert (change["change"], change["opens"], change["line"]) == ("opened", True, 15)
    assert told["policy"] != told["running"]
    assert '<tr class="changed gains">' in told["matrix"]["html"]
    assert world.file.read_text("utf-8") == TEXT


def test_who_gains_by_a_scope_is_told_in_words(world: World) -> None:
    told = world.attempt(TEXT.replace("[write]", "[read]")).json()

    (change,) = told["diff"]["changes"]
    assert change["words"] == [
        "opens DELETE /songs to everyone with read",
        "closes DELETE /songs to everyone with write alone",
    ]
    assert not change["opens"]


def test_a_text_that_does_not_load_is_told_by_its_faults_with_their_places(world: World) -> None:
    told = world.attempt(BROKEN).json()

    assert (told["loads"], told["diff"], told["policy"]) == (False, None, None)
    (fault,) = told["findings"]
    assert (fault["rule"], fault["line"], fault["column"], fault["here"]) == (
        "duplicate-key", 2, 22, True,
    )  # fmt: skip


@pytest.mark.parametrize("text", ["", "\0", "a: [", "- 1", "{}", "&a [*a, *a]", "\ud7ff" * 100])
def test_whatever_is_typed_is_told_and_never_a_fault_of_ours(world: World, text: str) -> None:
    reply = world.attempt(text)

    assert reply.status == 200
    assert not reply.json()["loads"]


def test_half_a_character_in_a_document_is_told_like_any_other(world: World) -> None:
    """JSON may escape what UTF-8 cannot hold."""
    odd = (
        '{"openapi": "3.0.3", "info": {"title": "\\ud800", "version": "1"}, "paths": {"/\\udc00": '
        '{"get": {"operationId": "\\ud800", "security": [{"\\ud800": ["\\udfff"]}]}}}}'
    )

    assert world.attempt(odd).status == 200
    assert world.save(odd, world.etag).problem() == (422, "unprocessable")


def test_octets_that_are_no_text_are_told_with_their_place(world: World) -> None:
    sent = call(world.app, "POST", "/-/editor/try", OWN, body=b"openapi: \xff")

    (fault,) = asyncio.run(sent).json()["findings"]

    assert (fault["rule"], fault["line"], fault["column"]) == ("encoding", 1, 10)


def test_files_beside_the_document_are_read_from_disk(file: Path, world: World) -> None:
    file.with_name("parts.yaml").write_text('{description: "ok"}', "utf-8")
    text = TEXT.replace("{description: ok}", "{$ref: parts.yaml}")

    told = world.attempt(text).json()

    assert told["loads"]
    (other,) = told["others"]
    assert other == {"file": str(file.with_name("parts.yaml")), "text": '{description: "ok"}'}


def test_a_text_that_no_handler_fits_would_not_be_served(file: Path) -> None:
    def fits(_document: LoadedDocument) -> None:
        raise HandlerError("there is no operation `addSong`")

    world = World(file, fits=fits)

    assert world.attempt(OPENED).json()["refusal"] == "there is no operation `addSong`"
    assert world.save(OPENED, world.etag).problem() == (422, "unprocessable")


REFUSED = {
    "no key": {"x-editor-key": ""},
    "another key": {"x-editor-key": KEY + "x"},
    "a key beyond ASCII": {"x-editor-key": "\u00e9"},
    "no origin": {"origin": ""},
    "the origin of a frame": {"origin": "null"},
    "another site": {"origin": "http://evil.example"},
    "another port": {"origin": "http://localhost:8001"},
    "another name of this machine": {"origin": "http://127.0.0.1:8000"},
    "another protocol": {"origin": f"https://{HOST}"},
    "a form": {"content-type": "application/x-www-form-urlencoded"},
    "a text": {"content-type": "text/plain"},
    "a form with a type inside": {"content-type": "text/plain; a=application/yaml"},
    "two types": {"content-type": "text/plain, application/yaml"},
    "no type": {"content-type": ""},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
def test_whatever_is_missing_or_wrong_is_403_and_changes_nothing(
    world: World, changes: dict[str, str]
) -> None:
    wrong = {**OWN, **changes, "if-match": world.etag}
    headers = {name: value for name, value in wrong.items() if value}

    saved = world.send("PUT", "/-/editor/document", headers, OPENED)
    tried = world.send("POST", "/-/editor/try", headers, OPENED)

    assert saved.problem() == tried.problem() == (403, "forbidden")
    assert KEY not in (saved.body + tried.body).decode()
    assert world.file.read_text("utf-8") == TEXT


@pytest.mark.parametrize("kind", ["application/yaml", "application/json", "text/yaml; charset=x"])
def test_with_all_of_them_the_text_is_saved(world: World, kind: str) -> None:
    reply = world.save(OPENED, world.etag, **{"content-type": kind})

    assert reply.status == 200
    assert world.file.read_text("utf-8") == OPENED
    assert reply.header("etag") == reply.json()["etag"] == world.etag


def test_twice_a_header_is_none(world: World) -> None:
    pairs = [*OWN.items(), ("x-editor-key", KEY), ("if-match", world.etag)]

    reply = asyncio.run(call(world.app, "PUT", "/-/editor/document", pairs, body=OPENED.encode()))

    assert reply.problem() == (403, "forbidden")


def test_what_was_changed_meanwhile_is_412_with_both_texts(world: World) -> None:
    etag = world.etag
    theirs = TEXT.replace("see", "look at")
    world.file.write_text(theirs, "utf-8")

    reply = world.save(OPENED, etag)

    assert reply.problem() == (412, "precondition-failed")
    told = reply.json()
    assert (told["disk"], told["yours"], told["etag"]) == (theirs, OPENED, world.etag)
    assert world.file.read_text("utf-8") == theirs
    assert world.save(OPENED, told["etag"]).status == 200


@pytest.mark.parametrize("etag", [None, "*", 'W/"x"', "x"])
def test_without_the_etag_of_a_text_nothing_is_saved(world: World, etag: str | None) -> None:
    assert world.save(OPENED, etag).problem() == (428, "precondition-required")
    assert world.file.read_text("utf-8") == TEXT


def test_what_does_not_load_is_422_and_not_saved(world: World) -> None:
    reply = world.save(BROKEN, world.etag)

    assert reply.problem() == (422, "unprocessable")
    assert reply.json()["faults"][0]["line"] == 2
    assert world.file.read_text("utf-8") == TEXT


def test_a_text_beyond_the_limit_of_documents_is_413(world: World) -> None:
    long = TEXT + "#" * 4000

    assert world.attempt(long).problem() == (413, "content-too-large")
    assert world.save(long, world.etag).problem() == (413, "content-too-large")


def test_a_file_that_is_gone_is_told(world: World) -> None:
    etag = world.etag
    world.file.unlink()

    assert world.get("/-/editor/document").problem() == (500, "internal-error")
    assert world.save(OPENED, etag).problem() == (500, "internal-error")


@pytest.mark.parametrize(
    ("method", "target", "allow"),
    [
        ("POST", "/editor", "GET, HEAD"),
        ("DELETE", "/-/editor/document", "GET, HEAD, PUT"),
        ("GET", "/-/editor/try", "POST"),
        ("PUT", "/-/editor/editor.js", "GET, HEAD"),
    ],
)
def test_other_methods_are_405(world: World, method: str, target: str, allow: str) -> None:
    reply = world.send(method, target, OWN)

    assert reply.problem() == (405, "method-not-allowed")
    assert reply.header("allow") == allow


@pytest.mark.parametrize("target", ["/-/editor/../x", "/-/editor/x", "/-/editor/application.py"])
def test_other_paths_are_404(world: World, target: str) -> None:
    assert world.get(target).problem() == (404, "not-found")


def test_a_text_that_takes_too_long_is_503_and_keeps_its_turn(file: Path) -> None:
    end = threading.Event()
    world = World(file, seconds=0.05, fits=lambda _: end.wait(20))

    first, second = world.attempt(OPENED), world.attempt(OPENED)
    end.set()

    assert first.problem() == second.problem() == (503, "busy")
    assert first.header("retry-after") == "1"


def test_a_save_that_was_answered_503_is_not_done_later(file: Path) -> None:
    end, begun = threading.Event(), threading.Event()

    def fits(_document: LoadedDocument) -> None:
        begun.set()
        end.wait(20)

    world = World(file, seconds=0.5, fits=fits)
    etag = world.etag

    refused = world.save(OPENED, etag)
    assert begun.is_set()
    end.set()
    after = world.attempt(OPENED)

    assert (refused.problem(), after.status) == ((503, "busy"), 200)
    assert file.read_text("utf-8") == TEXT
    assert world.save(OPENED, etag).status == 200


def audit_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name == AUDIT_LOGGER]


def test_a_save_leaves_a_line_in_the_audit_log_that_readers_of_decisions_pass_over(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = World(file, clock=lambda: 1_700_000_000.5)
    running = world.get("/-/editor/state").json()["running"]

    with caplog.at_level(logging.INFO, logger=AUDIT_LOGGER):
        saved = world.save(OPENED, world.etag).json()

    [line] = audit_lines(caplog)
    assert json.loads(line) == {
        "event": "document.saved",
        "time": 1_700_000_000,
        "file": str(file),
        "running": running,
        "policy": saved["policy"],
    }
    assert running != saved["policy"]
    assert [*read_log(BytesIO(line.encode()))] == [OtherLine()]


@pytest.mark.parametrize("name", ["a\nb.yaml", "a\x7f\u202eb.yaml", "a\udcffb.yaml"])
def test_no_name_of_a_file_breaks_the_line(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / name
    file.write_text(TEXT, "utf-8")
    world = World(file)

    with caplog.at_level(logging.INFO, logger=AUDIT_LOGGER):
        assert world.save(OPENED, world.etag).status == 200

    [line] = audit_lines(caplog)
    assert line.isascii()
    assert line.isprintable()
    assert [*read_log(BytesIO(line.encode()))] == [OtherLine()]


def test_what_saves_nothing_leaves_no_line(world: World, caplog: pytest.LogCaptureFixture) -> None:
    etag = world.etag

    with caplog.at_level(logging.INFO, logger=AUDIT_LOGGER):
        refused = [
            world.save(BROKEN, etag),
            world.save(OPENED, None),
            world.save(OPENED, '"another"'),
            world.save(OPENED, etag, **{"x-editor-key": "another"}),
            world.attempt(OPENED),
        ]

    assert [reply.status for reply in refused] == [422, 428, 412, 403, 200]
    assert audit_lines(caplog) == []


def test_a_key_shows_itself_nowhere() -> None:
    assert KEY not in repr(EditorKey(KEY))
    assert KEY not in repr(Admission(EditorKey(KEY)))


def test_head_tells_as_get_does(world: World) -> None:
    reply = world.send("HEAD", "/-/editor/document", HERE)

    assert (reply.status, reply.body) == (200, b"")
    assert reply.header("content-length") == str(len(TEXT))
    assert json.loads(world.get("/-/editor/state").body)["file"] == str(world.file)
