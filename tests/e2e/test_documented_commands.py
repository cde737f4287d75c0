"""Every command that README and tutorial show is run as shown, and prints what they say."""

import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.e2e.documented import Command, SavedFile, as_run, page_at, shows, status_lines, steps_of
from tests.e2e.people import PersonAtBrowser
from tests.e2e.servers import REPOSITORY, Server, surroundings
from tests.services import need_program

_PAGES = (
    "README.md",
    "docs/tutorial.md",
    "docs/how-to/put-it-in-front-of-a-backend.md",
    pytest.param("docs/how-to/mint-a-token.md", marks=pytest.mark.proof),
    pytest.param("docs/how-to/revoke-tokens.md", marks=pytest.mark.proof),
    pytest.param("docs/how-to/reload-without-restart.md", marks=pytest.mark.proof),
    pytest.param("docs/how-to/rotate-keys.md", marks=pytest.mark.proof),
    pytest.param("docs/how-to/serve-with-mock.md", marks=pytest.mark.proof),
    pytest.param("docs/how-to/try-the-api-in-the-browser.md", marks=pytest.mark.proof),
    pytest.param(
        "docs/how-to/watch-in-production.md", marks=[pytest.mark.proof, pytest.mark.service("jq")]
    ),
)
_DONE = "--- done "


@dataclass
class Reader:
    """Somebody who follows a page in a checkout: a shell, and a second terminal for the server."""

    folder: Path
    port: int
    environment: Mapping[str, str]
    shell: subprocess.Popen[str]
    server: Server | None = None
    #: the exit status of each server that was stopped
    stopped: list[int] = field(default_factory=list)
    #: the variables that he was told to set to what he saw
    filled: list[str] = field(default_factory=list)

    def run(self, line: str) -> tuple[int, str]:
        """Run a command in the one shell; its status and all it printed."""
        assert self.shell.stdin is not None
        assert self.shell.stdout is not None
        self.shell.stdin.write(f"{{ {line}\n}} </dev/null 2>&1; echo; echo '{_DONE}'$?\n")
        self.shell.stdin.flush()
        printed: list[str] = []
        for text in self.shell.stdout:
            if text.startswith(_DONE):
                return int(text.removeprefix(_DONE)), "".join(printed).strip()
            printed.append(text)
        pytest.fail(f"the shell ended after `{line}`: {''.join(printed)}")

    def fill(self, **values: str) -> None:
        """Set variables to what a page of ours showed."""
        for name, value in values.items():
            assert self.run(f"{name}={shlex.quote(value)}")[0] == 0
            self.filled.append(name)

    def serve(self, line: str) -> str:
        """Start a server in the place of the one before; what it had said when it answered."""
        self.stop()
        out, log = self.folder / "server.out", self.folder / "server.log"
        started = time.monotonic()
        with out.open("wb") as to_out, log.open("wb") as to_log:
            process = subprocess.Popen(
                ["bash", "-c", f"exec {line}"],
                cwd=self.folder,
                env=self.environment,
                stdout=to_out,
                stderr=to_log,
            )
        self.server = Server(process, "", self.folder, self.folder / "var", out, log)
        self.server.wait_until_ready(started)
        return self.server.said

    def stop(self) -> None:
        """Stop the server as Ctrl-C does."""
        if self.server is not None:
            self.stopped.append(self.server.stop(signal.SIGINT))
            self.server = None


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """A reader at the root of something that looks like a fresh checkout."""
    folder, port = tmp_path / "checkout", _free_port()
    _lay_out(folder)
    own = {"SCOPEGATE_HOME": str(folder / "var"), "SCOPEGATE_PORT": str(port)}
    environment = surroundings({**own, "CURL_HOME": str(folder)})
    shell = subprocess.Popen(
        ["bash", "--noprofile", "--norc"],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    following = Reader(folder, port, environment, shell)
    try:
        yield following
    finally:
        following.stop()
        shell.communicate(timeout=30)


@pytest.mark.parametrize("page", _PAGES)
def test_every_documented_command_does_what_is_shown(
    page: str, reader: Reader, request: pytest.FixtureRequest
) -> None:
    for service in request.node.iter_markers("service"):
        need_program(*service.args)
    steps = page_at(REPOSITORY / page)

    for step in steps:
        if isinstance(step, SavedFile):
            (reader.folder / step.name).write_text(as_run(step.text, port=reader.port))
        else:
            _do(step, reader)
    reader.stop()

    assert any(isinstance(step, Command) and step.output for step in steps)
    assert set(reader.stopped) <= {0}


@pytest.mark.proof
def test_an_application_is_registered_and_gets_a_token_as_shown(reader: Reader) -> None:
    steps = page_at(REPOSITORY / "docs" / "how-to" / "register-an-application.md")
    person = PersonAtBrowser(f"http://localhost:{reader.port}")
    printed = ""

    for step in steps:
        assert isinstance(step, Command)
        if "$CLIENT_ID" in step.line and "CLIENT_ID" not in reader.filled:
            client_id, secret = person.register_application(
                "Radio", "http://localhost:9999/callback", scopes=("read",)
            )
            reader.fill(CLIENT_ID=client_id, CLIENT_SECRET=secret)
        if "$CODE" in step.line:
            reader.fill(CODE=person.allow(printed)["code"])
        if step.line.startswith("sleep"):
            person.revoke_everything()
        printed = _do(step, reader)
        if "login-link" in step.line:
            person.sign_in_once(printed.splitlines()[0])

    assert {"CLIENT_ID", "CLIENT_SECRET", "CODE"} == set(reader.filled)


@pytest.mark.proof
def test_the_document_is_edited_as_shown(reader: Reader) -> None:
    steps = page_at(REPOSITORY / "docs" / "how-to" / "edit-the-document-live.md")

    for step in steps:
        if isinstance(step, SavedFile):
            (reader.folder / step.name).write_text(as_run(step.text, port=reader.port))
            continue
        printed = _do(step, reader)
        if step.serves:
            reader.fill(KEY=printed.partition("/editor#key=")[2].split()[0])

    assert reader.filled == ["KEY"]


def test_a_page_is_cut_into_files_commands_and_output() -> None:
    page = (
        "Save this as `a.yaml`:\n\n```yaml\nopenapi: 3.0.3\n```\n\n"
        "```sh\nA=1\n```\n```console\n$ echo $A\n1\n$ true\n```\n```text\nnot run\n```\n"
    )

    steps = list(steps_of(page))

    assert steps == [
        SavedFile("a.yaml", "openapi: 3.0.3\n"),
        Command("A=1", None),
        Command("echo $A", "1"),
        Command("true", ""),
    ]


@pytest.mark.parametrize(
    ("documented", "actual", "is_same"),
    [
        pytest.param("HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\n", True, id="line ends"),
        pytest.param("date: Mon", "date: Tue", True, id="date"),
        pytest.param("alice ...", "alice secret", True, id="elided"),
        pytest.param("HTTP/1.1 200 OK", "HTTP/1.1 403 Forbidden", False, id="status"),
        pytest.param("a\nb", "a\nb\nc", False, id="more than shown"),
    ],
)
def test_output_is_compared_without_what_is_random(
    documented: str, actual: str, is_same: bool
) -> None:
    assert shows(documented, actual) is is_same


def _lay_out(folder: Path) -> None:
    (folder / ".venv").mkdir(parents=True)
    (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    for name in ("openapi", "scopegate.toml", "Makefile", "tests"):
        (folder / name).symlink_to(REPOSITORY / name)
    # curl shows its progress where no terminal is
    (folder / ".curlrc").write_text("silent\nshow-error\n")


def _do(command: Command, reader: Reader) -> str:
    """Run a command and check what it prints, which is returned."""
    line = as_run(command.line, port=reader.port)
    status, actual = (0, reader.serve(line)) if command.serves else reader.run(line)
    if command.output is None:
        assert status == 0, f"{line}\n{actual}"
        return actual
    wanted = as_run(command.output, port=reader.port)
    assert status_lines(actual) == status_lines(wanted), f"{line}\n{actual}"
    assert shows(wanted, actual), f"{line}\n{wanted}\n--- is\n{actual}"
    return actual


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
