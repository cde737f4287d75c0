"""What an operator sees of a real server: metrics of all workers, the audit file, the doors."""

import json
import os
import re
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.conftest import Serve
from tests.e2e.servers import SONGS, Server, run
from tests.e2e.wire import exchange

_WAIT_SECONDS = 60.0
_POLL_SECONDS = 0.05


def metrics(server: Server, port: int | None = None) -> dict[tuple[str, ...], float]:
    """Every sample, by its name and the values of its labels."""
    reply = exchange(port or server.port, "GET", "/-/metrics")
    assert reply.status == 200, reply.body
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(reply.body.decode())
        for sample in family.samples
    }


def refusals(server: Server) -> float:
    """How many requests for songs were refused for want of a credential."""
    return metrics(server)["scopegate_decisions_total", "GET /songs", "deny", "no_credential"]


def workers_of(server: Server) -> set[int]:
    """The processes that count; they have mapped a file of the server's."""
    parent = server.process.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return {int(child) for child in children if "/workers-" in _maps(int(child))}


def _maps(process: int) -> str:
    try:
        return Path(f"/proc/{process}/maps").read_text()
    except OSError:
        return ""


def until(holds: Callable[[], bool]) -> None:
    """Look every now and then until something holds."""
    end = time.monotonic() + _WAIT_SECONDS
    while not holds():
        assert time.monotonic() < end
        select.select([], [], [], _POLL_SECONDS)


def audit_lines(server: Server) -> list[dict[str, object]]:
    """The decisions that are written down."""
    text = (server.home / "audit.log").read_text(encoding="ascii")
    lines = [json.loads(line) for line in text.splitlines()]
    return [line for line in lines if line["event"] == "decision"]


def test_whichever_worker_is_asked_tells_of_all_and_none_is_forgotten(serve: Serve) -> None:
    server = serve(SONGS, "--mock", "--workers", "2", "-q")
    until(lambda: metrics(server)["scopegate_workers",] == 2)
    for _ in range(40):
        assert server.call("GET", "/songs").status == 401

    told = {refusals(server) for _ in range(20)}
    counted = metrics(server)
    until(lambda: len(audit_lines(server)) == 40)
    before = workers_of(server)
    killed = min(before)
    os.kill(killed, signal.SIGKILL)
    until(lambda: workers_of(server) > before - {killed})
    until(lambda: metrics(server)["scopegate_workers",] == 2)
    after = {refusals(server) for _ in range(20)}

    assert told == after == {40}
    assert counted["scopegate_workers",] == 2
    assert counted["process_resident_memory_bytes",] > 60_000_000
    assert server.stop() == 0
    assert len(audit_lines(server)) == 40
    assert list(server.home.glob("workers-*")) == []


def test_decisions_are_written_within_moments_and_the_last_at_the_end(serve: Serve) -> None:
    server = serve(SONGS, "--mock", "-q")
    token = server.token("read")

    assert server.call("GET", "/songs", token=token).status == 200
    until(lambda: len(audit_lines(server)) == 1)
    refused = server.call("POST", "/songs", token=token)
    assert server.stop() == 0

    permit, denial = audit_lines(server)
    assert (permit["effect"], permit["matched"], permit["client"]) == (
        "permit", 1, server.client["client_id"],
    )  # fmt: skip
    assert denial["lacked"] == [["create"], ["post", "widget"]]
    assert denial["request"] == refused.json()["instance"]
    assert token.rpartition(".")[2] not in (server.home / "audit.log").read_text()
    assert "audit" not in server.complaints


def test_a_file_that_is_rotated_away_loses_no_line(serve: Serve) -> None:
    server = serve(SONGS, "--mock", "-q")
    log, rotated = server.home / "audit.log", server.home / "audit.log.1"

    for number in range(30):
        server.call("GET", "/songs")
        if number == 15:
            until(lambda: len(audit_lines(server)) == 16)
            log.rename(rotated)
    assert server.stop() == 0

    # the first line of all tells of the client that the start made for /docs
    lines = [file.read_text().splitlines() for file in (rotated, log)]
    assert [sum('"operation"' in line for line in own) for own in lines] == [16, 14]
    assert "audit" not in server.complaints


def test_a_pipe_that_nobody_reads_any_more_costs_no_request_its_answer(
    serve: Serve, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    os.mkfifo(home / "audit.log")
    reader = os.open(home / "audit.log", os.O_RDONLY | os.O_NONBLOCK)
    server = serve(SONGS, "--mock", "-q", home=home)
    os.close(reader)

    statuses = {server.call("GET", "/songs").status for _ in range(20)}
    until(lambda: "audit lines cannot be written: Broken pipe" in server.complaints)
    reader = os.open(home / "audit.log", os.O_RDONLY | os.O_NONBLOCK)
    until(lambda: "audit lines are written again; 0 were lost" in server.complaints)
    assert server.stop() == 0
    read = os.read(reader, 1 << 20)
    os.close(reader)

    assert statuses == {401}
    assert len(read.splitlines()) == 20


def test_a_pipe_without_a_reader_stops_the_start(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    os.mkfifo(home / "audit.log")

    refused = run("serve", str(SONGS), "--home", str(home), "--port", "0", folder=tmp_path)

    assert refused.returncode == 2
    assert refused.stderr.strip().endswith("audit lines go there")


def test_a_listener_for_admin_is_another_one(serve: Serve) -> None:
    server = serve(SONGS, "--mock", environment={"SCOPEGATE_ADMIN_BIND": "127.0.0.1:0"})
    found = re.search(r"admin: http://127\.0\.0\.1:(\d+) ", server.said)
    assert found, server.said
    admin = int(found[1])

    server.call("GET", "/songs")

    assert metrics(server, admin)["scopegate_answers_total", "GET /songs", "4xx"] == 1
    assert exchange(admin, "GET", "/-/ready").json()["status"] == "ready"
    assert exchange(admin, "GET", "/songs").status == 404
    for target in ("/-/metrics", "/-/explain?method=GET&path=/songs", "/-/matrix"):
        assert server.call("GET", target).status == 404
    assert server.call("GET", "/-/ready").body == b"ok\n"


def test_a_page_elsewhere_cannot_read_the_metrics_whatever_cors_allows(serve: Serve) -> None:
    server = serve(SONGS, "--mock", environment={"SCOPEGATE_CORS_ORIGINS": "*"})

    assert server.call("GET", "/-/metrics").status == 200
    foreign = [("Origin", "https://evil.example")]
    assert server.call("GET", "/-/metrics", headers=foreign).status == 404


def test_it_is_not_ready_while_revocations_are_older_than_they_may_be(serve: Serve) -> None:
    patience = {"SCOPEGATE_REVOCATION_STALENESS_SECONDS": "1"}
    server = serve(SONGS, "--mock", environment=patience)
    database, aside = server.home / "scopegate.db", server.home / "aside.db"
    before = server.call("GET", "/-/ready").status

    database.rename(aside)
    until(lambda: server.call("GET", "/-/ready").status == 503)
    why = server.call("GET", "/-/ready").json()["faults"]
    age = metrics(server)["scopegate_revocations_age_seconds",]
    health = server.call("GET", "/-/health").status
    aside.rename(database)
    until(lambda: server.call("GET", "/-/ready").status == 200)

    assert (before, health) == (200, 200)
    assert list(why) == ["revocations"]
    assert why["revocations"].endswith("requests with a token of ours get 503")
    assert age > 1
