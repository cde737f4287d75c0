"""A running server comes to another document: at once, whole, or not at all."""

import contextlib
import fcntl
import json
import os
import pty
import re
import signal
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.servers import SCOPEGATE, Server, serving, surroundings
from tests.e2e.test_watching import workers_of
from tests.e2e.wire import exchange

HEAD = """\
openapi: 3.0.3
info: {title: reloaded, version: "1"}
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows:
        clientCredentials:
          tokenUrl: /o/token/
          scopes: {read: Read, write: Write%s}
paths:
"""
OPERATION = """\
  /%s:
    get:
      operationId: %s
      responses: {"200": {description: ok}}
      security:
        - oauth:
            - read
            - write
"""
TWO = HEAD % "" + OPERATION % ("one", "one") + OPERATION % ("two", "two")
SECURITY = "      security:\n        - oauth:\n            - read\n            - write\n"
PUBLIC = TWO.replace(SECURITY, "      security: []\n")
PUBLIC_ONE = TWO.replace(SECURITY, "      security: []\n", 1)
#: an edit of which the last line is missing
RETITLED_CUT = TWO.replace("title: reloaded", "title: another text").removesuffix(
    "            - write\n"
)
_SECONDS = 20.0
#: an operation at the end of the document rules by then, on a machine that has much to do
_APPENDED_SECONDS = 10.0
_AT_ONCE_SECONDS = 2.0


def replace(file: Path, text: str) -> None:
    """Write as editors do: beside, then rename."""
    beside = file.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)


def until(is_so: Callable[[], bool], server: Server) -> None:
    """Wait for what the server does in its own time."""
    end = time.monotonic() + _SECONDS
    while not is_so():
        assert time.monotonic() < end, server.story()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.process.wait(0.02)


def _were_refused(server: Server, times: int) -> bool:
    return server.complaints.count("reload refused") >= times


def _is_healthy(port: int) -> bool:
    try:
        return exchange(port, "GET", "/-/health").status == 200
    except OSError:
        return False


def status(server: Server, path: str = "/one") -> int:
    """How it answers somebody without credentials."""
    return server.call("GET", path).status


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A document of two operations that need two scopes each."""
    file = tmp_path / "reloaded.yaml"
    file.write_text(TWO, encoding="utf-8")
    return file


@pytest.fixture
def server(document: Path, tmp_path: Path) -> Iterator[Server]:
    """A server that watches it."""
    with serving(document, "--reload", "--mock", folder=tmp_path) as running:
        yield running


def test_an_edit_decides_the_requests_after_it(document: Path, server: Server) -> None:
    before = status(server)

    replace(document, PUBLIC)

    assert before == 401
    until(lambda: status(server) == 200, server)
    assert "0 narrowed, 0 widened, 2 opened (GET /one, GET /two)" in server.complaints
    assert json.loads(server.call("GET", "/-/ready").body)["reload"]["outcome"] == "ok"


def test_a_refused_reload_leaves_the_old_document(document: Path, server: Server) -> None:
    replace(document, PUBLIC + PUBLIC)

    until(lambda: "reload refused, old document stays: " in server.complaints, server)

    assert status(server) == 401
    ready = json.loads(server.call("GET", "/-/ready").body)
    assert ready["reload"]["outcome"] == "refused"
    assert "reloaded.yaml:" in ready["reload"]["why"]
    assert 'outcome="failed"} 1' in server.call("GET", "/-/metrics").body.decode()


def test_a_deleted_document_stays_and_comes_back(document: Path, server: Server) -> None:
    document.unlink()
    until(lambda: "there is no file" in server.complaints, server)
    gone = status(server)

    document.write_text(PUBLIC, encoding="utf-8")

    assert gone == 401
    until(lambda: status(server) == 200, server)


def test_a_linked_folder_that_is_swapped_is_noticed(tmp_path: Path) -> None:
    for name, text in (("old", TWO), ("new", PUBLIC)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "api.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "data").symlink_to("old")
    (tmp_path / "api.yaml").symlink_to("data/api.yaml")
    with serving("data/api.yaml", "--reload", "--mock", folder=tmp_path) as server:
        (tmp_path / "data.new").symlink_to("new")

        (tmp_path / "data.new").replace(tmp_path / "data")

        until(lambda: status(server) == 200, server)


def test_a_file_that_is_referred_to_is_watched(document: Path, tmp_path: Path) -> None:
    whole = HEAD % "" + "  /one: {$ref: 'one.yaml'}\n"
    item = "get:\n  operationId: one\n  security: %s\n  responses: {'200': {description: ok}}\n"
    document.write_text(whole, encoding="utf-8")
    part = tmp_path / "one.yaml"
    part.write_text(item % "[{oauth: [read]}]", encoding="utf-8")
    with serving(document, "--reload", "--mock", folder=tmp_path) as server:
        before = status(server)

        replace(part, item % "[]")

        assert before == 401
        until(lambda: status(server) == 200, server)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_sighup_reloads_without_watching(document: Path, tmp_path: Path, workers: str) -> None:
    with serving(document, "--mock", "--workers", workers, folder=tmp_path) as server:
        replace(document, PUBLIC)
        before = status(server)

        server.process.send_signal(signal.SIGHUP)

        assert before == 401
        until(lambda: "2 opened" in server.complaints, server)
        until(lambda: all(status(server) == 200 for _ in range(20)), server)
        assert server.process.poll() is None


def test_every_worker_takes_over_the_new_document(document: Path, tmp_path: Path) -> None:
    with serving(document, "--reload", "--mock", "--workers", "2", folder=tmp_path) as server:
        replace(document, PUBLIC)

        until(lambda: status(server) == 200, server)

        until(lambda: all(status(server) == 200 for _ in range(30)), server)
        assert "kept the old document" not in server.complaints


def test_a_scope_that_was_added_can_be_granted_at_once(document: Path, server: Server) -> None:
    form = {"grant_type": "client_credentials", "scope": "extra", **server.client}
    before = server.call("POST", "/o/token/", form=form).status
    created = server.run(
        "client", "create", "--name", "All", "--grant", "client_credentials", "--scope", "*",
        "--format", "json",
    )  # fmt: skip
    told = json.loads(created.stdout)
    form |= {"client_id": told["client_id"], "client_secret": told["client_secret"]}

    replace(document, TWO.replace("{read: Read, ", "{extra: Extra, read: Read, "))
    until(lambda: "reload " in server.complaints, server)

    assert before == 400
    assert server.call("POST", "/o/token/", form=form).status == 200


def test_a_document_cut_anywhere_opens_and_drops_nothing(document: Path, server: Server) -> None:
    whole = TWO.encode()
    for number, size in enumerate(range(0, len(whole), 100), 1):
        document.write_bytes(whole[:size])
        until(partial(_were_refused, server, number), server)
        assert (status(server, "/one"), status(server, "/two")) == (401, 401)

    assert len(document.read_bytes()) < len(whole)


def test_a_document_written_with_two_pauses_opens_nothing(document: Path, server: Server) -> None:
    token = server.token("read")
    before_security = TWO.rindex("      security:")
    before_write = TWO.rindex("            - write")
    assert server.call("GET", "/two", token=token).status == 403

    document.write_text(TWO[:before_security], encoding="utf-8")
    until(partial(_were_refused, server, 1), server)
    document.write_text(TWO[:before_write], encoding="utf-8")
    until(partial(_were_refused, server, 2), server)

    assert server.call("GET", "/two", token=token).status == 403


def test_a_last_line_without_its_end_lets_nobody_in(document: Path, server: Server) -> None:
    replace(document, RETITLED_CUT.removesuffix("\n"))

    until(partial(_were_refused, server, 1), server)

    assert "its last line has no end" in server.complaints
    assert status(server, "/two") == 401


def test_a_cut_edit_lets_nobody_in_but_where_it_was_renamed(document: Path, server: Server) -> None:
    token = server.token("read")

    document.write_text(RETITLED_CUT, encoding="utf-8")
    until(partial(_were_refused, server, 1), server)
    cut = server.call("GET", "/two", token=token).status
    replace(document, RETITLED_CUT)

    assert "reloaded.yaml looks cut short" in server.complaints
    assert cut == 403
    until(lambda: server.call("GET", "/two", token=token).status == 200, server)


def test_while_a_writer_has_the_file_open_the_old_document_rules(
    document: Path, server: Server
) -> None:
    token, seen, ended = server.token("read"), set[tuple[int, int]](), threading.Event()

    def ask() -> None:
        while not ended.wait(0.01):
            of_two = server.call("GET", "/two", token=token).status
            seen.add((status(server, "/one"), of_two))

    new = PUBLIC_ONE.replace("title: reloaded", "title: another").replace("- write", "- admin")
    between, within = new.index("  /two"), new.index("            - admin")
    asking = threading.Thread(target=ask)
    asking.start()
    with document.open("w", encoding="utf-8") as file:
        try:
            file.write(new[:between])
            file.flush()
            time.sleep(1.5)
            file.write(new[between:within])
            file.flush()
            # this pause takes more than three seconds
            until(lambda: "is still open for writing" in server.complaints, server)
            told = json.loads(server.call("GET", "/-/ready").body)["reload"]
        finally:
            ended.set()
            asking.join()
        file.write(new[within:])

    assert seen == {(401, 403)}
    assert told["outcome"] == "refused"
    assert "reloaded.yaml` is still open for writing" in told["why"]
    until(lambda: status(server, "/one") == 200, server)
    assert server.call("GET", "/two", token=token).status == 403
    assert json.loads(server.call("GET", "/-/ready").body)["reload"]["outcome"] == "ok"


def test_what_is_appended_in_place_rules_once_it_is_left_alone(
    document: Path, server: Server
) -> None:
    token, new = server.token("read"), TWO + OPERATION % ("new", "new")
    seen = set()

    document.write_text(new.removesuffix("            - write\n"), encoding="utf-8")
    end = time.monotonic() + 1.0
    while time.monotonic() < end:
        seen.add(server.call("GET", "/new", token=token).status)
    document.write_text(new, encoding="utf-8")
    written = time.monotonic()
    while status(server, "/new") != 401:
        seen.add(server.call("GET", "/new", token=token).status)
        assert time.monotonic() < written + _APPENDED_SECONDS, server.story()

    assert seen <= {403, 404}
    assert "reload refused" not in server.complaints


def test_sighup_waits_neither_for_a_writer_nor_for_files_to_be_left_alone(
    document: Path, server: Server
) -> None:
    with document.open("w", encoding="utf-8") as file:
        file.write(PUBLIC_ONE)
        file.flush()
        server.process.send_signal(signal.SIGHUP)
        until(lambda: status(server, "/one") == 200, server)

    document.write_text(PUBLIC, encoding="utf-8")
    time.sleep(0.7)
    before = status(server, "/two")
    server.process.send_signal(signal.SIGHUP)
    asked = time.monotonic()
    until(lambda: status(server, "/two") == 200, server)

    assert before == 401
    assert time.monotonic() < asked + _AT_ONCE_SECONDS


def test_what_lint_finds_only_now_is_told(document: Path, server: Server) -> None:
    finding = "error undeclared-scope: no client can ever be granted `wirte`"
    before = server.complaints

    replace(document, TWO.replace("- write", "- wirte", 1))
    until(lambda: finding in server.complaints, server)
    replace(document, TWO.replace("- write", "- wirte", 1).replace("- write", "- read"))
    until(lambda: server.complaints.count("reload ") == 2, server)

    assert finding not in before
    assert server.complaints.count(finding) == 1


@pytest.mark.proof
def test_a_worker_that_stands_still_is_replaced_by_one_with_the_new_document(
    document: Path, tmp_path: Path
) -> None:
    with serving(document, "--reload", "--mock", "--workers", "2", folder=tmp_path) as server:
        until(lambda: len(workers_of(server)) == 2, server)
        still = min(workers_of(server))
        os.kill(still, signal.SIGSTOP)

        replace(document, PUBLIC)

        until(lambda: still not in workers_of(server), server)
        until(lambda: len(workers_of(server)) == 2, server)
        until(lambda: all(status(server) == 200 for _ in range(30)), server)
        assert server.stop() == 0


def test_it_ends_with_its_terminal(document: Path, tmp_path: Path) -> None:
    terminal, inside = pty.openpty()
    process = subprocess.Popen(
        [SCOPEGATE, "serve", document, "--mock", "--port", "0", "--home", tmp_path / "home"],
        cwd=tmp_path,
        env=surroundings(),
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,
        preexec_fn=partial(fcntl.ioctl, inside, termios.TIOCSCTTY, 0),
    )
    os.close(inside)
    said = b""
    while b"for http" not in said:
        said += os.read(terminal, 4096)
    found = re.search(rb"http://localhost:(\d+) ", said)
    assert found, said
    end = time.monotonic() + _SECONDS
    while not _is_healthy(int(found[1])):
        assert time.monotonic() < end, said

    os.close(terminal)

    assert process.wait(_SECONDS) == 0
