"""Keys change under running workers: no request is refused, and a retired key is, soon."""

import json
import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.e2e.conftest import Serve
from tests.e2e.servers import SONGS, Server, run, serving

pytestmark = pytest.mark.proof

#: within which a change must count in every worker
_SECONDS = 2.0
_JWKS = "/o/.well-known/jwks.json"


@dataclass
class Caller:
    """Somebody who asks for tokens and uses each at once, and the first one for ever."""

    server: Server
    tokens: list[str]
    statuses: list[int] = field(default_factory=list)
    has_to_stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.has_to_stop.is_set():
            self.tokens.append(issue(self.server))
            for token in (self.tokens[0], self.tokens[-1]):
                self.statuses.append(use(self.server, token))


def issue(server: Server) -> str:
    """A new token of the tests' client."""
    form = {"grant_type": "client_credentials", "scope": "read", **server.client}
    answer = server.call("POST", "/o/token/", form=form)
    assert answer.status == 200, answer.body
    token: str = answer.json()["access_token"]
    return token


def use(server: Server, token: str) -> int:
    return server.call("GET", "/songs", token=token).status


def header(token: str) -> dict[str, str]:
    part = token.split(".")[0]
    told: dict[str, str] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return told


def keys(server: Server, *command: str) -> dict[str, list[str]]:
    """The keys by their states, after a command."""
    found: dict[str, list[str]] = {"active": [], "next": [], "retired": []}
    for key in json.loads(server.run("key", *command, "--format", "json").stdout)["keys"]:
        found[key["state"]].append(key["kid"])
    return found


def published(server: Server) -> list[str]:
    return [key["kid"] for key in server.call("GET", _JWKS).json()["keys"]]


def told_of_keys(server: Server) -> list[str]:
    """What the log says of the keys."""
    return [line for line in server.complaints.splitlines() if "signing keys" in line]


@contextmanager
def calling(server: Server, *, callers: int = 2) -> Iterator[list[Caller]]:
    """Callers who go on while the block runs."""
    at_work = [Caller(server, [issue(server)]) for _ in range(callers)]
    threads = [threading.Thread(target=caller.run) for caller in at_work]
    for thread in threads:
        thread.start()
    try:
        yield at_work
    finally:
        for caller in at_work:
            caller.has_to_stop.set()
        for thread in threads:
            thread.join(30)


def until(is_so: Callable[[], bool], *, since: float) -> None:
    """Ask until it is so; fails if that takes longer than a change may take."""
    while not is_so():
        assert time.monotonic() < since + _SECONDS


@pytest.fixture(scope="module")
def serving_with(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Server]]:
    """Servers of two workers each that the tests of this file share, one an algorithm."""
    running: dict[str, Server] = {}
    with ExitStack() as stack:

        def of(alg: str) -> Server:
            if alg not in running:
                running[alg] = stack.enter_context(
                    serving(
                        SONGS, "--mock", "--workers", "2",
                        folder=tmp_path_factory.mktemp(alg),
                        environment={"SCOPEGATE_SIGNING_ALG": alg},
                    )
                )  # fmt: skip
            return running[alg]

        yield of


@pytest.fixture(
    params=["RS256", *(pytest.param(alg, marks=pytest.mark.proof) for alg in ("ES256", "EdDSA"))]
)
def server(serving_with: Callable[[str], Server], request: pytest.FixtureRequest) -> Server:
    """A server that signs with one of the algorithms."""
    running = serving_with(request.param)
    assert header(issue(running))["alg"] == request.param
    return running


@pytest.fixture
def standing(serving_with: Callable[[str], Server]) -> Server:
    """A server whose keys may be damaged."""
    return serving_with("ES256")


def test_a_rotation_refuses_no_request_and_counts_within_two_seconds(server: Server) -> None:
    first, told = keys(server, "list"), told_of_keys(server)

    with calling(server) as callers:
        second = keys(server, "rotate")
        rotated = time.monotonic()
        until(lambda: header(issue(server))["kid"] == second["active"][0], since=rotated)
        # The key that signs now was made a moment ago.
        third = keys(server, "rotate")
        keys(server, "rotate")
        for _ in range(10):
            assert use(server, issue(server)) == 200

    assert second["active"] == first["next"]
    assert third["active"] == second["next"]
    statuses = [status for caller in callers for status in caller.statuses]
    assert len(statuses) > 20
    assert set(statuses) == {200}
    signed_by = {header(token)["kid"] for caller in callers for token in caller.tokens}
    assert {*first["active"], *second["active"]} <= signed_by
    assert published(server)[1:2] == keys(server, "list")["next"]
    assert told_of_keys(server) == told


def test_a_retired_key_is_refused_by_every_worker_within_two_seconds(server: Server) -> None:
    old = issue(server)
    keys(server, "rotate")
    new = issue(server)
    assert {use(server, old) for _ in range(10)} == {200}

    left = keys(server, "retire", header(old)["kid"][:12])
    retired = time.monotonic()

    assert header(old)["kid"] not in published(server)
    while time.monotonic() < retired + _SECONDS:
        assert use(server, new) == 200
    assert {use(server, old) for _ in range(10)} == {401}
    assert {use(server, new) for _ in range(10)} == {200}
    assert header(old)["kid"] not in {kid for kids in left.values() for kid in kids}
    assert header(old)["kid"] not in {file.stem for file in server.home.rglob("*.pem")}


@contextmanager
def damaged(server: Server, damage: Callable[[Path, Path], None]) -> Iterator[None]:
    """Damage the folder of keys or the active key, and mend it afterwards."""
    folder = server.home / "keys"
    whole = {file: file.read_bytes() for file in folder.iterdir()}
    damage(folder, folder / f"{published(server)[0]}.pem")
    yield
    folder.chmod(0o700)
    for file in set(folder.iterdir()) - set(whole):
        file.unlink()
    for file, content in whole.items():
        file.write_bytes(content)
        file.chmod(0o600)


def cut_the_key(_folder: Path, key: Path) -> None:
    key.write_bytes(key.read_bytes()[:100])


def remove_the_key(_folder: Path, key: Path) -> None:
    key.unlink()


def open_the_key_to_all(_folder: Path, key: Path) -> None:
    key.chmod(0o644)


def garble_the_state(folder: Path, _key: Path) -> None:
    (folder / "keyring.json").write_bytes(b'{"schema": 1, "keys": [')


def open_the_folder_to_all(folder: Path, _key: Path) -> None:
    folder.chmod(0o755)


@pytest.mark.parametrize(
    ("damage", "is_told"),
    [
        pytest.param(cut_the_key, False, id="key cut"),
        pytest.param(remove_the_key, False, id="key missing"),
        pytest.param(open_the_key_to_all, False, id="key open to all"),
        pytest.param(open_the_folder_to_all, False, id="folder open to all"),
        pytest.param(garble_the_state, True, id="state garbled"),
    ],
)
def test_damaged_keys_leave_the_running_server_and_stop_the_next_start(
    standing: Server, damage: Callable[[Path, Path], None], is_told: bool
) -> None:
    token, before, told = issue(standing), published(standing), len(told_of_keys(standing))
    start = ("serve", str(SONGS), "--mock", "--port", "0", "--home", str(standing.home))

    with damaged(standing, damage):
        refused = run(*start, folder=standing.folder)
        statuses = {use(standing, token), use(standing, issue(standing))}
        after = [published(standing) for _ in range(6)]

    assert (statuses, after) == ({200}, [before] * 6)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("error: ")
    assert refused.stderr.count("\n") == 1
    assert str(standing.home / "keys") in refused.stderr
    # A worker says it once, however many requests it answers meanwhile.
    assert len(told_of_keys(standing)) - told in ({1, 2} if is_told else {0})


def test_a_rotation_is_followed_though_an_old_key_is_damaged(standing: Server) -> None:
    token = issue(standing)

    with damaged(standing, cut_the_key):
        rotated = keys(standing, "rotate")
        issued = issue(standing)
        keys(standing, "retire", header(token)["kid"])

    assert header(issued)["kid"] == rotated["active"][0]


def test_the_algorithm_changes_at_a_start_and_tokens_of_the_old_one_stay_good(serve: Serve) -> None:
    first = serve(SONGS, "--mock", environment={"SCOPEGATE_SIGNING_ALG": "ES256"})
    port, token = str(first.port), issue(first)
    client = first.client
    first.stop()

    second = serve(SONGS, "--mock", "--port", port, environment={"SCOPEGATE_SIGNING_ALG": "EdDSA"})
    form = {"grant_type": "client_credentials", "scope": "read", **client}
    issued = second.call("POST", "/o/token/", form=form).json()["access_token"]

    assert (header(token)["alg"], header(issued)["alg"]) == ("ES256", "EdDSA")
    assert (use(second, token), use(second, issued)) == (200, 200)
    assert header(token)["kid"] in keys(second, "list")["retired"]
