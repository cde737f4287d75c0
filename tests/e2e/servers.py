"""A real `scopegate serve`, started, watched and stopped from outside."""

import contextlib
import json as json_
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.wire import Reply, exchange

#: the command that this interpreter's environment installed
SCOPEGATE = Path(sys.executable).with_name("scopegate")
REPOSITORY = Path(__file__).parents[2]
DEMO_DOCUMENT = REPOSITORY / "openapi" / "openapi.yaml"
SONGS = REPOSITORY / "tests" / "corpus" / "documents" / "seed-songs.yaml"

_READY_SECONDS = 30.0
_STOP_SECONDS = 30.0
_POLL_SECONDS = 0.05
_ADDRESS = re.compile(r"http://localhost:(\d+) ")


@dataclass(frozen=True, slots=True)
class Secrets:
    """What `--demo` prints once."""

    client_id: str
    client_secret: str
    passwords: Mapping[str, str]

    @property
    def all(self) -> tuple[str, ...]:
        """Every text that must never be stored in clear."""
        return (self.client_secret, *self.passwords.values())


@dataclass(slots=True)
class Server:
    """A running server, and what it wrote."""

    process: subprocess.Popen[bytes]
    #: the document, as it was named
    spec: str
    folder: Path
    home: Path
    out: Path
    log: Path
    #: what it was given besides
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    _tokens: dict[str, str] = field(default_factory=dict)
    _credentials: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it is, as it says itself."""
        return f"http://localhost:{self.port}"

    @property
    def settings(self) -> Mapping[str, str]:
        """What another command needs to know of this server."""
        return {
            "SCOPEGATE_SPEC": self.spec,
            "SCOPEGATE_HOME": str(self.home),
            "SCOPEGATE_PORT": str(self.port),
            "PATH": f"{SCOPEGATE.parent}{os.pathsep}{os.environ['PATH']}",
            **self.environment,
        }

    @property
    def said(self) -> str:
        """Standard output so far."""
        return self.out.read_text(encoding="utf-8")

    @property
    def complaints(self) -> str:
        """Standard error so far."""
        return self.log.read_text(encoding="utf-8")

    def call(
        self,
        method: str,
        target: str,
        *,
        token: str | None = None,
        json: object = None,
        form: Mapping[str, object] | None = None,
        headers: Sequence[tuple[str, str]] = (),
    ) -> Reply:
        """Send one request, as a client does who sets nothing else."""
        return exchange(
            self.port, method, target, token=token, json=json, form=form, headers=headers
        )

    def token(self, scope: str) -> str:
        """An access token with exactly these scopes, granted to a client of the tests' own."""
        if scope not in self._tokens:
            form = {"grant_type": "client_credentials", "scope": scope, **self.client}
            answer = self.call("POST", "/o/token/", form=form)
            assert answer.status == 200, answer.body
            self._tokens[scope] = answer.json()["access_token"]
        return self._tokens[scope]

    def mint(self, scope: str) -> str:
        """An access token from the command, which grants what no client can be granted."""
        minted = self.run("token", "mint", "--sub", "client:test", "--scope", scope)
        return minted.stdout.strip()

    @property
    def client(self) -> Mapping[str, str]:
        """The tests' own client, as it authenticates itself in a form."""
        if not self._credentials:
            options = ("--grant", "client_credentials", "--scope", "*", "--format", "json")
            created = self.run("client", "create", "--name", "Tests", *options)
            told = json_.loads(created.stdout)
            self._credentials = {key: told[key] for key in ("client_id", "client_secret")}
        return self._credentials

    def run(
        self, *arguments: str, stdin: str = "", check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run another command against the home of this server."""
        return run(
            *arguments, folder=self.folder, environment=self.settings, stdin=stdin, check=check
        )

    def secrets(self) -> Secrets:
        """Read what `--demo` printed."""
        found = re.search(
            r"alice \(staff\) (\S+)   bob (\S+)   client (\S+) (\S+)$", self.said, re.MULTILINE
        )
        assert found, self.story()
        alice, bob, client_id, client_secret = found.groups()
        return Secrets(client_id, client_secret, {"alice": alice, "bob": bob})

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(sent)
        return self.process.wait(_STOP_SECONDS)

    def story(self) -> str:
        """What a person needs to see when something went wrong; without the secrets' line."""
        said = "\n".join(line for line in self.said.splitlines() if not line.startswith("Demo"))
        return f"stdout:\n{said}\nstderr:\n{self.complaints}"

    def wait_until_ready(self, started: float) -> None:
        """Poll /-/health until it answers 200, the process ends, or the time is over."""
        while time.monotonic() - started < _READY_SECONDS:
            found = _ADDRESS.search(self.said)
            if found:
                self.port = int(found[1])
                with contextlib.suppress(OSError):
                    if exchange(self.port, "GET", "/-/health").status == 200:
                        return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_POLL_SECONDS)
                break
        raise AssertionError(f"the server did not become ready\n{self.story()}")


@contextlib.contextmanager
def serving(
    spec: str | Path,
    *arguments: str,
    folder: Path,
    home: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Run `scopegate serve SPEC` in a folder until the block ends; without --port on a free one."""
    home = home or folder / "home"
    port = () if "--port" in arguments else ("--port", "0")
    command = [str(SCOPEGATE), "serve", str(spec), *arguments, "--home", str(home), *port]
    number = len(list(folder.glob("*.stdout")))
    out, log = folder / f"{number}.stdout", folder / f"{number}.stderr"
    started = time.monotonic()
    with out.open("wb") as to_out, log.open("wb") as to_log:
        process = subprocess.Popen(
            command, cwd=folder, env=surroundings(environment), stdout=to_out, stderr=to_log
        )
    server = Server(process, str(spec), folder, home, out, log, environment or {})
    try:
        server.wait_until_ready(started)
        yield server
    finally:
        try:
            server.stop()
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


@contextlib.contextmanager
def serving_demo(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run `serve --demo` with the settings of the repository until the block ends."""
    settings = REPOSITORY / "scopegate.toml"
    (folder / settings.name).write_bytes(settings.read_bytes())
    with serving(
        DEMO_DOCUMENT, "--demo", *arguments, folder=folder, environment=environment
    ) as server:
        yield server


def run(
    *arguments: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    stdin: str = "",
    check: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; with `check` its failure is the test's."""
    done = subprocess.run(
        [str(SCOPEGATE), *arguments],
        cwd=folder,
        env=surroundings(environment),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=_READY_SECONDS,
        check=False,
    )
    assert not check or done.returncode == 0, f"{arguments}: {done.stderr}"
    return done


def surroundings(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This environment without settings of ours, and without colour."""
    kept = {n: v for n, v in os.environ.items() if not n.upper().startswith("SCOPEGATE_")}
    return {**kept, "NO_COLOR": "1", **(more or {})}
