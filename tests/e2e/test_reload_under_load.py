"""A reload a second for a minute, while requests come: none fails, none is decided wrongly."""

import contextlib
import http.client
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from pathlib import Path

import pytest

from tests.e2e.servers import DEMO_DOCUMENT, Server, serving
from tests.e2e.test_reload import PUBLIC, TWO, replace, status, until
from tests.e2e.test_watching import metrics

_SECONDS = 60
_CLIENTS = 2
_STEP = 200
#: reloads of several workers
_TURNS = 15
_GROWTH_KIB = 16 * 1024


@dataclass(frozen=True)
class Seen:
    """A request: when it was sent, when it was answered, and how."""

    sent: float
    answered: float
    status: int
    path: str


@dataclass
class Rule:
    """The answer that a document gives, from when it may rule, and until when."""

    status: int
    since: float
    until: float = field(default=float("inf"))

    def explains(self, seen: Seen) -> bool:
        """Whether a request may have been decided by it."""
        rules = self.since <= seen.answered and seen.sent <= self.until
        return rules and seen.status == self.status


def ask(
    port: int, ended: threading.Event, seen: list[Seen], *, paths: Sequence[str] = ("/one",)
) -> None:
    """Send requests over one connection until the end; one that is dropped has status 0."""
    asked = cycle(paths)
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as client:
        while not ended.wait(0.002):
            sent = time.monotonic()
            path = next(asked)
            got = _status(client, path)
            seen.append(Seen(sent, time.monotonic(), got, path))


def _status(client: http.client.HTTPConnection, path: str) -> int:
    try:
        client.request("GET", path)
        answer = client.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return 0
    return answer.status


def usage(server: Server) -> tuple[int, int]:
    """KiB in memory, and threads."""
    text = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    found = [re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE) for name in ("VmRSS", "Threads")]
    memory, threads = (int(match[1]) for match in found if match)
    return memory, threads


def change(document: Path, server: Server, rules: list[Rule]) -> None:
    """Write the other document, and wait until it rules."""
    opens = rules[-1].status == 401
    rules.append(Rule(200 if opens else 401, since=time.monotonic()))
    replace(document, PUBLIC if opens else TWO)
    until(lambda: _all_answer(server, rules[-1].status), server)
    rules[-2].until = time.monotonic()


def _all_answer(server: Server, wanted: int) -> bool:
    """Whether one document rules in every worker, and answers so."""
    rulesets = [name for name in metrics(server) if name[0] == "scopegate_ruleset_info"]
    return len(rulesets) == 1 and status(server) == wanted


@pytest.mark.proof
def test_workers_that_reload_one_after_the_other_fail_no_request(tmp_path: Path) -> None:
    document = tmp_path / "reloaded.yaml"
    document.write_text(TWO, encoding="utf-8")
    seen, ended = list[Seen](), threading.Event()
    with serving(document, "--reload", "--mock", "-q", "--workers", "2", folder=tmp_path) as server:
        clients = [
            threading.Thread(target=ask, args=(server.port, ended, seen)) for _ in range(_CLIENTS)
        ]
        for client in clients:
            client.start()
        rules = [Rule(401, since=0.0)]
        try:
            for _ in range(_TURNS):
                change(document, server, rules)
        finally:
            ended.set()
            for client in clients:
                client.join()
        complaints = server.complaints

    assert {one.status for one in seen} == {200, 401}
    assert [one for one in seen if not any(rule.explains(one) for rule in rules)] == []
    assert "kept the old document" not in complaints
    assert complaints.count("  reload ") == _TURNS


@pytest.mark.proof
def test_a_reload_a_second_fails_no_request_and_decides_none_wrongly(tmp_path: Path) -> None:
    document = tmp_path / "reloaded.yaml"
    document.write_text(TWO, encoding="utf-8")
    rules, seen, ended = [Rule(401, since=0.0)], list[Seen](), threading.Event()
    with serving(document, "--reload", "--mock", "-q", folder=tmp_path) as server:
        clients = [
            threading.Thread(target=ask, args=(server.port, ended, seen)) for _ in range(_CLIENTS)
        ]
        for client in clients:
            client.start()
        end = time.monotonic() + _SECONDS
        change(document, server, rules)
        before = usage(server)
        try:
            while time.monotonic() < end:
                change(document, server, rules)
        finally:
            ended.set()
            for client in clients:
                client.join()
        after = usage(server)

    wrong = [one for one in seen if not any(rule.explains(one) for rule in rules)]
    assert wrong == []
    assert len(seen) > 1_000
    assert len(rules) > _SECONDS / 2
    assert after[1] <= before[1] + 2
    assert after[0] - before[0] < _GROWTH_KIB


def _reloads(server: Server) -> int:
    """How many reloads were told of, taken or refused."""
    return server.complaints.count("  reload ")


def _told_of_more(server: Server, before: int) -> bool:
    return _reloads(server) > before


@pytest.mark.proof
def test_a_larger_document_cut_at_every_200th_byte_opens_and_drops_nothing_under_load(
    tmp_path: Path,
) -> None:
    whole, document = DEMO_DOCUMENT.read_bytes(), tmp_path / "whole.yaml"
    document.write_bytes(whole)
    paths = ("/songs", "/users/", "/users/1/", "/groups/", "/albums/", "/albums/1/songs/")
    seen, ended = list[Seen](), threading.Event()
    with serving(document, "--reload", "--mock", "-q", folder=tmp_path) as server:
        expected = {path: server.call("GET", path).status for path in paths}
        client = threading.Thread(
            target=ask, args=(server.port, ended, seen), kwargs={"paths": paths}
        )
        client.start()
        try:
            for size in range(0, len(whole), _STEP):
                before = _reloads(server)
                document.write_bytes(whole[:size])
                until(partial(_told_of_more, server, before), server)
        finally:
            ended.set()
            client.join()

    assert {*expected.values()} <= {401, 403}
    assert [one for one in seen if one.status != expected[one.path]] == []
    assert len(seen) > 1_000
