"""The editor in Chromium: what an edit opens is seen, and saved it decides the next request."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.documents import large_document
from tests.e2e.judges.browser import Window
from tests.e2e.judges.node import Script
from tests.e2e.servers import Server, serving

pytestmark = [
    pytest.mark.proof,
    pytest.mark.service("node"),
    pytest.mark.service("chromium"),
]

TEXT = """\
openapi: 3.0.3
info: {title: Songs, version: "1"}
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows:
        clientCredentials:
          tokenUrl: /o/token/
          scopes: {read: See, write: Change}
paths:
  /songs:
    get:
      operationId: listSongs
      security: [{oauth: [read]}]
      responses: {"200": {description: ok}}
    delete:
      operationId: deleteSongs
      security: [{oauth: [write]}]
      responses: {"200": {description: ok}}
"""
OPENED = TEXT.replace("security: [{oauth: [write]}]", "security: [{oauth: [write]}, {}]")
BY_READ = TEXT.replace("security: [{oauth: [write]}]", "security: [{oauth: [read]}]")
BROKEN = TEXT.replace("operationId: deleteSongs", "operationId: listSongs")


@dataclass
class Editing:
    """A server with the editor, its document, and somebody in front of it."""

    server: Server
    file: Path
    window: Window

    @property
    def key(self) -> str:
        found = re.search(r"/editor#key=(\S+)", self.server.said)
        assert found, self.server.story()
        return found[1]

    def open(self, *, with_key: bool = True) -> None:
        self.window.goto(f"/editor#key={self.key}" if with_key else "/editor")
        if with_key:
            self.wait("#verdict", "Access is the same")

    def wait(self, selector: str, text: str) -> None:
        self.window.script.ask("wait_for", selector=selector, text=text)

    def retype(self, text: str, verdict: str) -> None:
        self.window.script.ask("wait_in_frame", selector=".ace_text-layer")
        self.window.script.ask("retype", text=text)
        self.wait("#verdict", verdict)

    def press(self, name: str) -> None:
        self.window.script.ask("press_here", role="button", name=name)

    def said(self, selector: str) -> list[str]:
        return [text.strip() for text in self.window.text_of(selector)]


@pytest.fixture
def editing(tmp_path: Path, browser_script: Script) -> Iterator[Editing]:
    """A server of a document of two operations, with examples for answers."""
    file = tmp_path / "songs.yaml"
    file.write_text(TEXT, "utf-8")
    with serving(file, "--mock", "--reload", folder=tmp_path) as server:
        callback = browser_script.ask("open", javascript=True)["callback"]
        editing = Editing(server, file, Window(browser_script, server.url, callback))
        yield editing
        editing.window.assert_kept_to_itself()


def test_one_edits_sees_what_opens_saves_and_the_next_request_is_decided_by_it(
    editing: Editing,
) -> None:
    before = editing.server.call("DELETE", "/songs").status
    editing.open()

    editing.retype(OPENED, "Opens 1 operation to everyone")
    told = editing.said("#diff .caution .said")
    changed = editing.said("#matrix .gains .state")
    untouched = editing.file.read_text("utf-8")
    editing.press("Save")
    editing.wait("#why", "Saved, and the server decides by it")

    assert told == ["Opens DELETE /songs to everyone, without credentials ({})"]
    assert changed == ["open to everyone"]
    assert (before, untouched) == (401, TEXT)
    assert editing.file.read_text("utf-8") == OPENED
    assert editing.server.call("DELETE", "/songs").status == 200
    assert editing.said("#verdict") == ["Access is the same"]


def test_who_gains_by_a_scope_is_told_in_words(editing: Editing) -> None:
    editing.open()

    editing.retype(BY_READ, "Opens 1 operation to more callers")

    assert editing.said("#diff .said")[0] == "Opens DELETE /songs to everyone with read"


def test_the_key_stays_in_the_page(editing: Editing) -> None:
    editing.open()
    editing.retype(OPENED, "Opens 1 operation")
    script = editing.window.script

    seen, kept = script.ask("seen")["requests"], script.ask("kept")

    assert script.ask("address") == f"{editing.server.url}/editor"
    assert not any(editing.key in request for request in seen)
    assert editing.key not in json.dumps(kept)
    assert editing.key not in editing.server.complaints


def test_what_does_not_load_cannot_be_saved_and_says_why_at_its_line(editing: Editing) -> None:
    editing.open()

    editing.retype(BROKEN, "Does not load: 1 fault")

    assert editing.said("#why") == ["Save is off: the document does not load"]
    assert editing.said("#save:disabled") == ["Save"]
    (fault,) = editing.said("#faults .said")
    assert "listSongs" in fault
    assert editing.said("#faults .line") == ["line 18"]
    editing.window.script.ask("wait_in_frame", selector=".ace_gutter-cell.ace_error")
    assert "18" in editing.window.script.ask("text_in_frame", selector=".ace_error")
    assert editing.window.faults() == []


def test_without_the_key_one_is_asked_for_it_and_a_wrong_one_is_told(editing: Editing) -> None:
    editing.open(with_key=False)
    editing.wait("#verdict", "Locked")
    assert editing.window.faults() == []

    editing.window.fill("Editor key", "wrong")
    editing.press("Unlock")
    editing.wait("#key-error", "This is not the key of this server.")
    editing.window.fill("Editor key", editing.key)
    editing.press("Unlock")

    editing.wait("#verdict", "Access is the same")
    assert editing.said("#unlock:not([hidden])") == []


def test_a_change_of_somebody_else_is_merged_and_neither_is_lost(editing: Editing) -> None:
    editing.open()
    editing.retype(BY_READ.replace("title: Songs", "title: Mine"), "Opens 1 operation")
    theirs = TEXT.replace("title: Songs", "title: Theirs").replace("Change}", "Change all}")
    editing.file.write_text(theirs, "utf-8")

    editing.press("Save")
    editing.wait("#merge legend", "Line 2: both were changed")
    assert editing.window.faults() == []
    editing.press("Use the merged text")
    editing.wait("#merge-told", "Choose at each place first.")
    editing.window.tick('#merge input[name="place-0"][value="disk"]')
    editing.press("Use the merged text")
    editing.wait("#why", "Merged; not saved yet")
    editing.press("Save")
    editing.wait("#why", "Saved, and the server decides by it")

    merged = BY_READ.replace("title: Songs", "title: Theirs").replace("Change}", "Change all}")
    assert editing.file.read_text("utf-8") == merged


def test_a_file_changed_elsewhere_is_read_again_where_nothing_was_typed(editing: Editing) -> None:
    editing.open()

    editing.file.write_text(BY_READ, "utf-8")
    editing.wait("#why", "Read again: the file was changed")
    editing.wait("#verdict", "Access is the same")
    editing.retype(TEXT, "Opens 1 operation to more callers")

    assert editing.said("#diff .said")[0] == "Opens DELETE /songs to everyone with write"


def test_the_keyboard_leads_out_of_the_text_and_saves(editing: Editing) -> None:
    editing.open()
    editing.retype(OPENED, "Opens 1 operation to everyone")
    editing.wait("#why", "Not saved yet")

    editing.window.press("Escape")
    editing.wait("#save:focus", "Save")
    editing.window.press("Enter")
    editing.wait("#why", "Saved, and the server decides by it")

    assert editing.file.read_text("utf-8") == OPENED


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_plain_text_field_does_as_well(editing: Editing, ending: str) -> None:
    editing.file.write_bytes(TEXT.replace("\n", ending).encode())
    editing.open()
    assert editing.said("#why") == ["Nothing to save"]

    editing.press("Use a plain text field")
    editing.window.fill("Text of the document", OPENED)
    editing.wait("#verdict", "Opens 1 operation to everyone")
    assert editing.window.faults() == []
    editing.window.script.ask("click", selector="#diff .line")
    focused = editing.window.focus()
    editing.press("Save")
    editing.wait("#why", "Saved, and the server decides by it")

    assert focused[0] == "textarea"
    assert editing.file.read_bytes() == OPENED.replace("\n", ending).encode()


def test_a_text_too_large_for_swagger_editor_is_in_a_plain_field_at_once(
    browser_script: Script, tmp_path: Path
) -> None:
    file = tmp_path / "large.json"
    file.write_text(json.dumps(large_document(1000)), "utf-8")
    with serving(file, "--mock", "--reload", folder=tmp_path) as server:
        callback = browser_script.ask("open", javascript=True)["callback"]
        editing = Editing(server, file, Window(browser_script, server.url, callback))
        browser_script.ask("goto", url=f"{server.url}/editor#key={editing.key}")

        editing.wait("#verdict", "Access is the same")

        (hint,) = editing.said("#hint")
        assert hint.startswith("The document is too large for Swagger Editor")
        editing.window.assert_kept_to_itself()


def test_staff_that_is_signed_in_needs_no_key(editing: Editing) -> None:
    server = editing.server
    server.run("user", "create", "sue", "--staff", "--password-stdin", stdin="a long password\n")
    link = server.run("login-link", "sue").stdout.split()[0]
    editing.window.goto(link)
    editing.window.follow("button", "Sign in")

    editing.open(with_key=False)
    editing.wait("#verdict", "Access is the same")
    editing.retype(OPENED, "Opens 1 operation to everyone")
    editing.press("Save")
    editing.wait("#why", "Saved, and the server decides by it")

    assert editing.file.read_text("utf-8") == OPENED


def test_panes_fold(editing: Editing) -> None:
    editing.open()
    script = editing.window.script
    script.ask("wait_in_frame", selector=".ace_text-layer")

    for pane in ("Text", "Rendered", "What changes"):
        editing.press(pane)

    assert editing.said("#swagger:not([hidden])") == editing.said("#changes:not([hidden])") == []
    assert editing.window.faults() == []
    editing.press("What changes")
    assert editing.said("#changes:not([hidden]) h2") == ["What changes"]


def test_what_the_bundled_editor_cannot_show_is_said_and_the_rest_works(editing: Editing) -> None:
    editing.open()

    editing.retype(OPENED.replace("3.0.3", "3.2.0"), "Opens 1 operation to everyone")

    (said,) = editing.said("#limits:not([hidden])")
    assert said.startswith("This is OpenAPI 3.2.0. The bundled Swagger Editor renders up to 3.0")


def test_files_beside_the_document_are_shown(editing: Editing) -> None:
    editing.file.with_name("parts.yaml").write_text("{description: beside}", "utf-8")
    editing.open()

    text = TEXT.replace("{description: ok}", "{$ref: parts.yaml}", 1)
    editing.retype(text, "Access is the same")
    editing.wait("#others summary", "parts.yaml")

    assert editing.window.faults() == []
