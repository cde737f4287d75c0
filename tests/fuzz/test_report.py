"""The report is as documented, comes from all workers, and decides the exit status."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.ledger import Finding, Kind, Ledger
from tests.fuzz.messages import Answer, Request
from tests.fuzz.report import is_short, report
from tests.fuzz.summary import hand_in

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "fuzz.md").read_text("utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
FINDING = Finding(
    Kind.WRONG, "HTTP", "openapi.yaml", "curl -i /songs", "nothing", "401", "200 and a song"
)

_CONFTEST = """
from tests.fuzz.summary import *
"""
_TESTS = """
from tests.fuzz.ledger import Ledger
from tests.fuzz.messages import Answer
import pytest

@pytest.mark.parametrize("requests", [3, 4])
def test_some(requests, record_property):
    ledger = Ledger()
    for _ in range(requests):
        ledger.count(Answer(200, (), b""), door="HTTP", document="openapi.yaml")
    record_property("fuzz", ledger.to_text())
"""


def test_the_report_is_as_documented() -> None:
    command, _, shown = BLOCKS[0].partition("\n")
    asked, seed = re.findall(r"FUZZ_REQUESTS=(\d+) FUZZ_SEED=(\d+)", shown)[0]
    seconds = float(re.findall(r"in (\d+) s$", shown.strip())[0])

    lines = report(_ledger_of(shown), seconds=seconds, seed=int(seed), asked=int(asked))

    assert command == "$ make fuzz"
    assert "\n".join(lines) == shown.strip()


@pytest.mark.parametrize(
    "line", [line[2:] for block in BLOCKS for line in block.splitlines() if line.startswith("$ ")]
)
def test_a_documented_command_tells_the_run_what_it_was_told(line: str) -> None:
    told = re.findall(r"(FUZZ_\w+)=(\d+)", line)

    ran = subprocess.run(
        [*line.split(), "--dry-run", "--assume-old=.venv/test.stamp"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "tests/fuzz" in ran.stdout
    for name, value in [("FUZZ_REQUESTS", "20000"), ("FUZZ_SEED", "0")]:
        assert f"{name}={dict(told).get(name, value)} " in ran.stdout


@pytest.mark.parametrize(
    ("asked", "workers", "status"),
    [
        pytest.param("7", "2", 0, id="as many as asked"),
        pytest.param("8", "0", 1, id="fewer than asked"),
    ],
)
def test_a_run_is_summed_up_over_all_workers(
    tmp_path: Path, asked: str, workers: str, status: int
) -> None:
    (tmp_path / "conftest.py").write_text(_CONFTEST)
    (tmp_path / "test_some.py").write_text(_TESTS)

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-qq", "-p", "xdist", "-n", workers, str(tmp_path)],
        cwd=ROOT,
        env={
            "PYTHONPATH": str(ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "FUZZ_REQUESTS": asked,
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == status, ran.stdout + ran.stderr
    last = ran.stdout.strip().splitlines()[-1]
    assert last.startswith("7 requests: 0 wrong decisions, 0 answers of 500, 0 hangs, ")
    assert ("8 requests were asked for" in ran.stdout) is (status == 1)


def test_a_test_with_a_finding_fails_after_it_was_recorded() -> None:
    recorded: list[object] = []

    hand_in(Ledger(), lambda *told: recorded.append(told))
    with pytest.raises(pytest.fail.Exception, match="findings: 1,"):
        hand_in(Ledger(findings=[FINDING]), lambda *told: recorded.append(told))

    assert len(recorded) == 2


def test_findings_are_shown_and_counted() -> None:
    ledger = Ledger()
    ledger.count(Answer(200, (), b""), door="HTTP", document="openapi.yaml")
    ledger.findings.extend([FINDING] * 12)

    lines = list(report(ledger, seconds=1, seed=7, asked=None))

    assert "# with nothing: due 401, answered 200 and a song" in lines[5]
    assert "and 2 more" in lines
    assert lines[-2] == "the same requests again: make fuzz FUZZ_SEED=7"
    assert lines[-1].startswith("1 requests: 12 wrong decisions, 0 answers of 500, ")


@pytest.mark.parametrize(("asked", "expected"), [(None, False), (0, False), (1, True)])
def test_fewer_requests_than_asked_for_are_noticed(asked: int | None, expected: bool) -> None:
    assert is_short(Ledger(), asked) is expected


def test_a_shown_request_holds_no_credential() -> None:
    request = Request(
        "POST",
        "/songs?a=1&access_token=eyJsecret",
        (
            ("authorization", "Bearer eyJsecret"),
            ("Authorization", "eyJsecret"),
            ("X-Authorization", "Bearer eyJsecret"),
            ("Cookie", "scopegate_session=eyJsecret"),
            ("Accept", "text/plain"),
        ),
        b"{}",
    )

    assert "eyJsecret" not in request.line
    assert "Bearer ..." in request.line
    assert "Accept: text/plain" in request.line


def _ledger_of(shown: str) -> Ledger:
    """The counts of a table that is shown."""
    heading, *rows = shown.partition("\n\n")[0].splitlines()
    columns = re.split(r" +", heading)[3:]
    ledger = Ledger()
    for row in rows:
        door, document, _, *counts = re.split(r"  +", row)
        for column, count in zip(columns, counts, strict=True):
            ledger.answers[door, document, column] = int(count.replace(",", ""))
    return ledger
