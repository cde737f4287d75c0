"""Start and stop: what is ready when, what is printed once, what ends how."""

import re
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.conftest import Serve
from tests.e2e.servers import DEMO_DOCUMENT, SONGS, run, serving
from tests.e2e.wire import Reply, send_raw
from tests.unit.token_service.waiting import until

TINY = """\
openapi: 3.0.3
info: {title: tiny, version: "1"}
paths:
  /slow:
    get:
      operationId: wait
      security: []
      responses: {"200": {description: ok}}
"""

#: answers when the test has made the file `release`, and tells by another that it was reached
SLOW = """\
import asyncio
from pathlib import Path

from scopegate import operation

HERE = Path(__file__).parent


@operation("wait")
async def wait():
    (HERE / "reached").touch()
    while not (HERE / "release").exists():
        await asyncio.sleep(0.01)
    return {"waited": True}
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A document of one public operation, and beside it the module with its handler."""
    (tmp_path / "slow.py").write_text(SLOW, encoding="utf-8")
    document = tmp_path / "tiny.yaml"
    document.write_text(TINY, encoding="utf-8")
    return document


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port: int = listener.getsockname()[1]
        yield port


def test_second_start_prints_no_secret_again(serve: Serve) -> None:
    first = serve(DEMO_DOCUMENT, "--demo")
    secrets = first.secrets()
    assert first.stop() == 0

    second = serve(DEMO_DOCUMENT, "--demo")
    second.stop()

    assert "Demo accounts" not in second.said
    assert not any(secret in second.said + second.complaints for secret in secrets.all)


def test_demo_keeps_its_secrets_nowhere_in_clear(serve: Serve) -> None:
    server = serve(DEMO_DOCUMENT, "--demo")
    secrets = server.secrets()
    form = {
        "grant_type": "password",
        "username": "alice",
        "password": secrets.passwords["alice"],
        "client_id": secrets.client_id,
        "client_secret": secrets.client_secret,
    }
    tokens = server.call("POST", "/o/token/", form=form).json()
    server.stop()

    stored = b"".join(f.read_bytes() for f in server.home.rglob("*") if f.is_file())

    told = (*secrets.all, tokens["access_token"], tokens["refresh_token"])
    assert stored
    assert not [text[:4] for text in told if text.encode() in stored]
    assert not [text[:4] for text in told if text in server.complaints]
    assert not [text[:4] for text in told[3:] if text in server.said]


def test_home_is_for_its_owner_alone(serve: Serve) -> None:
    server = serve(SONGS, "--mock")

    modes = {
        str(path.relative_to(server.folder)): (path.is_dir(), path.stat().st_mode & 0o777)
        for path in (server.home, *server.home.rglob("*"))
    }

    assert modes["home/scopegate.db"]
    assert {
        n: oct(m) for n, (is_dir, m) in modes.items() if m != (0o700 if is_dir else 0o600)
    } == {}


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=lambda s: s.name)
def test_signal_lets_a_request_in_flight_finish_and_ends_with_0(
    serve: Serve, tiny: Path, sent: signal.Signals
) -> None:
    server = serve(tiny, "--handlers", "slow")
    replies: list[Reply] = []
    request = b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"
    client = threading.Thread(target=lambda: replies.append(send_raw(server.port, request)))
    client.start()
    _poll(lambda: (tiny.parent / "reached").exists(), client)

    server.process.send_signal(sent)
    _poll(lambda: not _is_listening(server.port), client)
    (tiny.parent / "release").touch()
    client.join(20)

    assert [reply.json() for reply in replies] == [{"waited": True}]
    assert server.stop() == 0
    assert server.complaints == ""


def test_busy_port_is_refused_with_one_that_works(
    serve: Serve, tmp_path: Path, taken_port: int
) -> None:
    home = tmp_path / "home"
    refused = run(
        "serve", str(SONGS), "--port", str(taken_port), "--home", str(home), folder=tmp_path
    )

    offer = re.search(rf"port {taken_port} is busy; try (--port) (\d+)$", refused.stderr.strip())

    assert refused.returncode == 2
    assert refused.stdout == ""
    assert not home.exists()
    assert offer, refused.stderr
    assert serve(SONGS, "--mock", *offer.groups()).port == int(offer[2])


def test_port_zero_picks_one_and_the_issuer_names_it(serve: Serve) -> None:
    server = serve(SONGS, "--mock", "--port", "0")

    metadata = server.call("GET", "/.well-known/oauth-authorization-server/o")

    assert server.port != 0
    assert metadata.json()["issuer"] == f"http://localhost:{server.port}/o"


def test_several_workers_serve_and_stop(tmp_path: Path) -> None:
    with serving(SONGS, "--mock", "--workers", "2", folder=tmp_path) as server:
        token = server.token("read")
        statuses = {server.call("GET", "/songs", token=token).status for _ in range(20)}
        refused = {server.call("GET", "/songs").status for _ in range(20)}

        assert (statuses, refused) == ({200}, {401})
        assert server.stop() == 0


HANGING_UP = """\
import os
import signal

from scopegate import operation

os.kill(os.getpid(), signal.SIGHUP)


@operation("GET /songs")
def songs() -> list[str]:
    return []
"""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_hangup_while_it_starts_waits_and_reloads(workers: str, tmp_path: Path) -> None:
    (tmp_path / "hanging_up.py").write_text(HANGING_UP, encoding="utf-8")
    choices = ("--handlers", "hanging_up", "--workers", workers)

    with serving(SONGS, *choices, folder=tmp_path) as server:
        until(lambda: "0 narrowed, 0 widened" in server.complaints)

        assert server.call("GET", "/songs").status == 401


def _is_listening(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _poll(is_so: Callable[[], bool], client: threading.Thread) -> None:
    """Wait until something is so; the request in flight must outlive the waiting."""
    for _ in range(1000):
        if is_so():
            return
        client.join(0.02)
        assert client.is_alive(), "the request ended before it was released"
    raise AssertionError("waited in vain")
