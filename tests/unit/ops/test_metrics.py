"""What `/-/metrics` tells, read by Prometheus's own client."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.model import ANONYMOUS, Reason, Refused, TokenFault
from gateway.ops.cells import Cells, claim_cells
from gateway.ops.counting import BOUNDS
from gateway.ops.families import FAMILIES
from gateway.ops.metrics import Metrics
from gateway.spec.model import OperationKey
from tests.unit.ops.build import PAIR, Request, by_token
from tests.unit.policy.build import judge, presenting

Values = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def metrics_of(
    cells: Cells | None = None,
    *,
    lost: Callable[[], int] = lambda: 0,
    age: Callable[[], float] = lambda: 0.0,
) -> Metrics:
    """Metrics of this process."""
    return Metrics(
        cells or Cells(),
        main_process=os.getpid(),
        lost_lines=lost,
        revocations_age=age,
        monotonic=lambda: 1000.0,
    )


def values(metrics: Metrics) -> Values:
    """Every sample, as another reader understands the text."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def ask(metrics: Metrics, *scopes: str, key: str = "GET /songs", status: int = 200) -> None:
    """Let a request be decided and answered in a millisecond and a half."""
    held = presenting(oauth=by_token(*scopes))
    watch = metrics.sink.watch(judge(PAIR, held, key=key))
    watch.decided(Request())
    watch.answered(Request(), status, 0.0015)


def test_decisions_and_answers_are_counted_by_operation() -> None:
    metrics = metrics_of()

    ask(metrics, "create")
    ask(metrics, "create", status=404)
    ask(metrics, "read", status=403)
    ask(metrics, "create", key="GET /other", status=204)

    told = values(metrics)
    decisions = {
        labels: n for (name, labels), n in told.items() if name.endswith("decisions_total")
    }
    answers = {labels: n for (name, labels), n in told.items() if name.endswith("answers_total")}
    songs, other = ("operation", "GET /songs"), ("operation", "GET /other")
    permit, deny = ("effect", "permit"), ("effect", "deny")
    assert decisions == {
        (permit, songs, ("reason", "matched")): 2,
        (deny, songs, ("reason", "insufficient_scope")): 1,
        (permit, other, ("reason", "matched")): 1,
    }
    assert answers == {
        (("class", "2xx"), songs): 1,
        (("class", "4xx"), songs): 2,
        (("class", "2xx"), other): 1,
    }


def test_seconds_stand_in_a_histogram_that_adds_up() -> None:
    metrics = metrics_of()
    watch = metrics.sink.watch(judge(PAIR, ANONYMOUS))
    took = [0.0, 0.0005, 0.00051, 0.2, 29.0, 31.0, 1e9]

    for seconds in took:
        watch.answered(Request(), 401, seconds)

    told = values(metrics)
    name, operation = "scopegate_answer_seconds", ("operation", "GET /songs")
    buckets = {
        float(dict(labels)["le"]): n for (n_, labels), n in told.items() if n_ == f"{name}_bucket"
    }
    assert buckets == {
        bound: sum(seconds <= bound for seconds in took) for bound in (*BOUNDS, float("inf"))
    }
    assert told[f"{name}_count", (operation,)] == len(took)
    assert told[f"{name}_sum", (operation,)] == pytest.approx(sum(took))


@pytest.mark.parametrize("status", [100, 199, 200, 301, 404, 599, 600, 999])
def test_every_status_has_a_class(status: int) -> None:
    metrics = metrics_of()

    metrics.sink.watch(judge(PAIR, ANONYMOUS)).answered(Request(), status, 0)

    name = f"{min(status // 100, 5)}xx"
    told = values(metrics)
    labels = (("class", name), ("operation", "GET /songs"))
    assert told["scopegate_answers_total", labels] == 1


def test_what_is_not_decided_is_counted_too() -> None:
    metrics = metrics_of(lost=lambda: 5, age=lambda: 2.5)

    for status in (404, 404, 405):
        metrics.sink.unrouted(Request(), status)
    metrics.tokens.miss()
    metrics.tokens.hit()
    metrics.tokens.hit()
    refused = judge(PAIR, presenting(oauth=Refused(TokenFault.EXPIRED)))
    for _ in range(2):
        metrics.sink.watch(refused).decided(Request())
    revoked = judge(PAIR, presenting(oauth=Refused(TokenFault.REVOKED)))
    metrics.sink.watch(revoked).decided(Request())
    metrics.loads.loaded("abc")
    metrics.loads.failed()

    told = values(metrics)
    assert told["scopegate_unrouted_total", (("status", "404"),)] == 2
    assert told["scopegate_unrouted_total", (("status", "405"),)] == 1
    assert told["scopegate_token_lookups_total", (("outcome", "hit"),)] == 2
    assert told["scopegate_token_lookups_total", (("outcome", "miss"),)] == 1
    assert told["scopegate_credential_failures_total", (("reason", "expired"),)] == 2
    assert told["scopegate_credential_failures_total", (("reason", "revoked"),)] == 1
    assert told["scopegate_audit_lost_lines_total", ()] == 5
    assert told["scopegate_revocations_age_seconds", ()] == 2.5
    assert told["scopegate_ruleset_loads_total", (("outcome", "ok"),)] == 1
    assert told["scopegate_ruleset_loads_total", (("outcome", "failed"),)] == 1
    assert told["scopegate_ruleset_last_load_timestamp_seconds", (("outcome", "ok"),)] > 1e9


def test_one_policy_rules_after_another() -> None:
    metrics = metrics_of()

    for digest in ("old", "older", "new"):
        metrics.loads.loaded(digest)

    told = values(metrics)
    assert [key for key in told if key[0] == "scopegate_ruleset_info"] == [
        ("scopegate_ruleset_info", (("digest", "new"),))
    ]


def test_the_process_is_measured() -> None:
    told = values(metrics_of())

    assert told["process_resident_memory_bytes", ()] > 10_000_000
    assert told["process_open_fds", ()] >= 3
    assert told["process_cpu_seconds_total", ()] > 0
    assert 1e9 < told["process_start_time_seconds", ()] < 1e11
    assert told["scopegate_workers", ()] == 1


def test_revocations_that_were_never_known_are_infinitely_old() -> None:
    told = values(metrics_of(age=lambda: float("inf")))

    assert told["scopegate_revocations_age_seconds", ()] == float("inf")


def test_ten_thousand_paths_subjects_and_clients_make_no_new_series() -> None:
    metrics = metrics_of()
    draw = random.Random(7)
    ask(metrics, "create")
    before = set(values(metrics))

    for number in range(10_000):
        who = f"user:{draw.random()}"
        watch = metrics.sink.watch(judge(PAIR, presenting(oauth=by_token("create", subject=who))))
        watch.decided(Request(request_id=who, address=f"192.0.2.{number % 256}"))
        watch.answered(Request(), 200, draw.random())
        metrics.sink.unrouted(Request(address=f"/{draw.random()}"), 404)

    after = values(metrics)
    assert set(after) - before == {("scopegate_unrouted_total", (("status", "404"),))}
    assert "user:" not in metrics.text().decode()


def test_names_of_a_document_that_hold_anything_are_read_back_as_they_are() -> None:
    metrics = metrics_of()
    names = ['GET /a"b', "GET /a\\b", "GET /a\nb", "GET /é", "GET /{x}", "GET /a\\nb"]

    for name in names:
        ask(metrics, "create", key=name)

    told = values(metrics)
    assert {
        dict(labels)["operation"] for (name, labels) in told if name == "scopegate_answers_total"
    } == set(names)


def test_a_name_longer_than_any_path_is_cut_and_counted() -> None:
    metrics = metrics_of()

    ask(metrics, "create", key="GET /" + "x" * 100_000)

    told = values(metrics)
    [labels] = [labels for (name, labels) in told if name == "scopegate_answers_total"]
    assert len(dict(labels)["operation"]) == 2000


def test_every_family_is_there_before_the_first_request() -> None:
    text = metrics_of().text().decode()

    for family in FAMILIES:
        assert text.count(f"# TYPE {family.name} {family.kind}\n") == 1
        assert text.count(f"# HELP {family.name} {family.help}\n") == 1


def test_every_reason_is_counted_with_the_effect_it_has() -> None:
    metrics = metrics_of()
    decisions = [
        judge(PAIR, presenting(oauth=Refused(TokenFault.EXPIRED))),
        judge([], ANONYMOUS),
        judge([{}], ANONYMOUS),
        judge(None, ANONYMOUS),
    ]

    for decision in decisions:
        metrics.sink.watch(decision).decided(Request())

    told = {
        (dict(labels)["reason"], dict(labels)["effect"])
        for (name, labels) in values(metrics)
        if name == "scopegate_decisions_total"
    }
    assert told == {(d.reason.value, d.effect.value) for d in decisions}
    assert len({d.reason for d in decisions}) == 4
    assert Reason.MATCHED not in {d.reason for d in decisions}


_WORKER = """
import os, sys
from pathlib import Path
from gateway.ops.cells import claim_cells
from tests.unit.ops.test_metrics import ask, metrics_of
metrics = metrics_of(claim_cells(Path(sys.argv[1])), lost=lambda: 2, age=lambda: 9.0)
metrics.loads.loaded(sys.argv[2])
for _ in range(100): ask(metrics, "create")
print("counted", flush=True)
sys.stdin.readline()
"""


def test_workers_are_summed_up_whoever_answers_and_dead_ones_stay_counted(tmp_path: Path) -> None:
    own = metrics_of(claim_cells(tmp_path), age=lambda: 1.0)
    own.loads.loaded("new")
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", _WORKER, str(tmp_path), digest],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[3],
        )
        for digest in ("new", "old")
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"counted\n"
    ask(own, "create")

    together = values(own)
    workers[1].kill()
    for worker in workers:
        worker.communicate()
    after = values(own)

    labels = (("class", "2xx"), ("operation", "GET /songs"))
    assert together["scopegate_answers_total", labels] == 201
    assert after["scopegate_answers_total", labels] == 201
    assert together["scopegate_audit_lost_lines_total", ()] == 4
    assert together["scopegate_revocations_age_seconds", ()] == 9
    assert after["scopegate_revocations_age_seconds", ()] == 1
    assert (together["scopegate_workers", ()], after["scopegate_workers", ()]) == (3, 1)
    digests = [
        [dict(labels)["digest"] for (name, labels) in told if name == "scopegate_ruleset_info"]
        for told in (together, after)
    ]
    assert digests == [["new", "old"], ["new"]]


def test_the_watch_of_an_operation_and_a_reason_is_made_once() -> None:
    metrics = metrics_of()
    first, second = (judge(PAIR, ANONYMOUS, key="GET /a") for _ in range(2))

    assert first.operation == OperationKey("GET /a")
    assert metrics.sink.watch(first) is metrics.sink.watch(second)


def test_the_files_of_workers_may_vanish(tmp_path: Path) -> None:
    metrics = metrics_of(claim_cells(tmp_path))
    (tmp_path / "0").unlink()
    tmp_path.rmdir()

    ask(metrics, "create")

    labels = (("class", "2xx"), ("operation", "GET /songs"))
    assert values(metrics)["scopegate_answers_total", labels] == 1


def test_what_others_left_beside_the_files_of_workers_is_not_counted(tmp_path: Path) -> None:
    metrics = metrics_of(claim_cells(tmp_path))
    (tmp_path / "0.bak").mkdir()
    (tmp_path / "core").write_bytes(b"\1\0\0\0\2\0\0\0" * 40)
    Cells(tmp_path / "7").record(("unrouted", "404"), 1)[0] = 3

    assert values(metrics)["scopegate_unrouted_total", (("status", "404"),)] == 3


def test_a_worker_that_has_not_said_who_it_is_is_not_there_yet(tmp_path: Path) -> None:
    metrics = metrics_of(claim_cells(tmp_path), age=lambda: 1.0)
    other = Cells(tmp_path / "7")
    other.record(("worker",), 2)
    other.record(("unrouted", "404"), 1)[0] = 3

    told = values(metrics)

    assert told["scopegate_workers", ()] == 1
    assert told["scopegate_revocations_age_seconds", ()] == 1
    assert told["scopegate_unrouted_total", (("status", "404"),)] == 3
