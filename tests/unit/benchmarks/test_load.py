"""What wrk says, read."""

import os
from pathlib import Path

import pytest

from benchmarks.load import LoadError, NothingMeasuredError, Target, find_wrk, load, read_round
from benchmarks.processes import cores

#: a number that no process has: no clock of it goes on
NOBODY = 2**31 - 1
SAID = (
    "Running 2s test @ http://127.0.0.1:1/songs\n"
    'SUMMARY {"requests":20000,"microseconds":2000000,"p50":700.0,"p99":2500.0,'
    '"broken":%d,"refused":%d}\n'
)


def test_a_summary_gives_requests_a_second_and_processor_time_a_request() -> None:
    read = read_round(SAID % (0, 0), cpu=1.0, wall=2.0, is_refused=False)

    assert read.requests_per_second == 10_000
    assert read.cpu_per_request == 50
    assert (read.p50_ms, read.p99_ms) == (0.7, 2.5)
    assert read.busy == 0.5
    assert read.wrong == 0


def test_errors_and_broken_connections_are_wrong_where_answers_are_to_be_good() -> None:
    read = read_round(SAID % (3, 40), cpu=1.0, wall=2.0, is_refused=False)

    assert read.wrong == 43


def test_good_answers_are_wrong_where_all_are_to_be_refused() -> None:
    read = read_round(SAID % (0, 19_990), cpu=1.0, wall=2.0, is_refused=True)

    assert read.wrong == 10


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("unable to connect to 127.0.0.1:1\n", id="no summary"),
        pytest.param(
            'SUMMARY {"requests":0,"microseconds":1,"p50":0,"p99":0,"broken":0,"refused":0}',
            id="no answer",
        ),
    ],
)
def test_no_figure_comes_of_a_load_that_nothing_answered(said: str) -> None:
    with pytest.raises(LoadError):
        read_round(said, cpu=1.0, wall=2.0, is_refused=False)


def test_no_figure_comes_of_a_server_that_had_no_processor_time() -> None:
    with pytest.raises(NothingMeasuredError, match="processor time"):
        read_round(SAID % (0, 0), cpu=0.0, wall=2.0, is_refused=False)


def test_a_load_of_which_no_figure_comes_is_tried_again_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    wrk = tmp_path / "wrk"
    wrk.write_text(f"#!/bin/sh\necho tried >>{told}\necho '{(SAID % (0, 0)).splitlines()[1]}'\n")
    wrk.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    target = Target("http://127.0.0.1:1/", "GET", body="", tokens=None, is_refused=False)

    with pytest.raises(NothingMeasuredError):
        load(target, pid=NOBODY, seconds=1, core=cores().load)

    assert told.read_text().splitlines() == ["tried"] * 3


def test_a_missing_wrk_is_told_with_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(LoadError, match="apt-get install wrk"):
        find_wrk()
