"""What wrk says, read."""

from pathlib import Path

import pytest

from benchmarks.load import LoadError, find_wrk, read_round

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


def test_a_missing_wrk_is_told_with_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(LoadError, match="apt-get install wrk"):
        find_wrk()
