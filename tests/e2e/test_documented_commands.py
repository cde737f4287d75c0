"""Every command that README and tutorial show is run as shown, and prints what they say."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.e2e.documented import Command, SavedFile, as_run, page_at, shows, status_lines, steps_of

_ROOT = Path(__file__).parents[2]
_PAGES = (
    "README.md",
    "docs/tutorial.md",
    "docs/how-to/mint-a-token.md",
    "docs/how-to/serve-with-mock.md",
)
_START_SECONDS = 30
_DONE = "--- done "


@dataclass
class Reader:
    """Somebody who follows a page in a checkout: a shell, and a second terminal for the server."""

    folder: Path
    port: int
    shell: subprocess.Popen[str]
    server: subprocess.Popen[bytes] | None = None
    stopped: list[int] = field(default_factory=list)

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

    def serve(self, line: str) -> str:
        """Start a server in the place of the one before; what it printed until it answered."""
        self.stop()
        log = self.folder / "server.log"
        with log.open("wb") as stream:
            self.server = subprocess.Popen(
                ["bash", "-c", f"exec {line}"],
                cwd=self.folder,
                env=_environment(self.folder, self.port),
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(self.port):
            assert self.server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            self.server_pause()
        return log.read_text()

    def server_pause(self) -> None:
        """Wait a moment for the server to come up or to end."""
        assert self.server is not None
        try:
            self.server.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            return

    def stop(self) -> None:
        """Stop the server as Ctrl-C does."""
        if self.server is not None:
            self.server.send_signal(signal.SIGINT)
            self.stopped.append(self.server.wait(timeout=_START_SECONDS))
            self.server = None


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """A reader at the root of something that looks like a checkout."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    for name in ("openapi", "scopegate.toml", "Makefile", "tests"):
        (folder / name).symlink_to(_ROOT / name)
    # curl shows its progress where no terminal is
    (folder / ".curlrc").write_text("silent\nshow-error\n")
    with _follow(folder, _free_port()) as following:
        yield following


@pytest.mark.parametrize("page", _PAGES)
def test_every_documented_command_does_what_is_shown(page: str, reader: Reader) -> None:
    steps = page_at(_ROOT / page)

    for step in steps:
        if isinstance(step, SavedFile):
            (reader.folder / step.name).write_text(as_run(step.text, port=reader.port))
        else:
            _do(step, reader)
    reader.stop()

    assert any(isinstance(step, Command) and step.output for step in steps)
    assert set(reader.stopped) <= {0}


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


def _do(command: Command, reader: Reader) -> None:
    command = Command(
        as_run(command.line, port=reader.port),
        None if command.output is None else as_run(command.output, port=reader.port),
    )
    if command.serves:
        status, actual = 0, reader.serve(command.line)
    else:
        status, actual = reader.run(command.line)
    if command.output is None:
        assert status == 0, f"{command.line}\n{actual}"
        return
    assert status_lines(actual) == status_lines(command.output), f"{command.line}\n{actual}"
    assert shows(command.output, actual), f"{command.line}\n{command.output}\n--- is\n{actual}"


@contextmanager
def _follow(folder: Path, port: int) -> Iterator[Reader]:
    shell = subprocess.Popen(
        ["bash", "--noprofile", "--norc"],
        cwd=folder,
        env=_environment(folder, port),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    following = Reader(folder, port, shell)
    try:
        yield following
    finally:
        following.stop()
        shell.communicate(timeout=_START_SECONDS)


def _environment(folder: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    home = str(folder / "var")
    own = {"SCOPEGATE_HOME": home, "SCOPEGATE_PORT": str(port), "NO_COLOR": "1"}
    return kept | own | {"CURL_HOME": str(folder)}


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/-/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
