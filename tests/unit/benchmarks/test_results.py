"""Medians, ratios and what a goal is judged by."""

import json
from pathlib import Path

import pytest

from benchmarks.results import (
    cpu_ratio,
    document_of,
    figures_in,
    ratio,
    reached,
    write,
)
from tests.unit.benchmarks.rounds import a_figure, a_growth


def test_a_figure_has_the_median_and_both_extremes_of_its_rounds() -> None:
    figure = a_figure("floor", 100, 400, 250)

    assert (figure.rps, figure.rps_least, figure.rps_most) == (250, 100, 400)


def test_a_ratio_compares_each_round_with_its_own() -> None:
    slowed = [a_figure("scopegate", 60, 6, 30), a_figure("floor", 100, 10, 60)]

    assert ratio(slowed, "get", "scopegate", against="floor") == 0.6


def test_a_server_that_was_not_measured_has_no_ratio() -> None:
    figures = [a_figure("floor", 100)]

    assert ratio(figures, "get", "scopegate", against="floor") is None
    assert cpu_ratio(figures, "get", "scopegate", against="floor") is None
    assert reached(figures, "get", "scopegate", against="floor") is None


def test_servers_that_were_kept_busy_are_judged_by_requests() -> None:
    figures = [a_figure("scopegate", 60, cpu=50.0), a_figure("floor", 100, cpu=20.0)]

    judged = reached(figures, "get", "scopegate", against="floor")

    assert judged is not None
    assert (judged.ratio, judged.measure) == (0.6, "requests/s")


@pytest.mark.parametrize("idle", ["scopegate", "floor"])
def test_a_server_that_waited_for_its_core_is_judged_by_processor_time(idle: str) -> None:
    busy = {"scopegate": 0.95, "floor": 0.95, idle: 0.4}
    figures = [
        a_figure("scopegate", 90, cpu=50.0, busy=busy["scopegate"]),
        a_figure("floor", 100, cpu=20.0, busy=busy["floor"]),
    ]

    judged = reached(figures, "get", "scopegate", against="floor")

    assert judged is not None
    assert (judged.ratio, judged.measure) == (0.4, "CPU time")


def test_figures_are_read_as_they_were_written(tmp_path: Path) -> None:
    figures = [a_figure("scopegate", 60, 70), a_figure("floor", 100, 110)]
    file = tmp_path / "runs" / "latest.json"

    write(document_of(figures, [a_growth(10)], options={"rounds": 2}), file)

    document = json.loads(file.read_text(encoding="utf-8"))
    assert figures_in(document) == figures
    assert document["growth"] == [a_growth(10)]
    assert document["versions"]["product"]["scopegate"]


def test_a_file_of_another_schema_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="schema 2"):
        figures_in({"schema": 2, "figures": []})
