"""The table of a run, and its last line."""

from benchmarks.goals import goals, of_growth
from benchmarks.table import closing_line, table
from tests.unit.benchmarks.rounds import a_figure, a_growth


def test_a_goal_that_is_missed_is_said_and_counted() -> None:
    told = table([a_figure("floor", 100), a_figure("scopegate", 50)], [])

    assert "0.50 of floor by requests/s, must 0.60, aim 0.80: MISSED" in told
    assert told.endswith("0 of 1 reach what they must, 0 the aim, 1 missed")


def test_a_goal_just_reached_is_no_miss() -> None:
    figures = [a_figure("floor", 100), a_figure("scopegate", 60)]

    assert closing_line(goals(figures, [])) == "1 of 1 reach what they must, 0 the aim"


def test_an_aim_that_is_reached_is_said() -> None:
    assert "aim met" in table([a_figure("floor", 100), a_figure("scopegate", 80)], [])


def test_a_server_that_was_not_kept_busy_is_marked() -> None:
    told = table([a_figure("floor", 100), a_figure("scopegate", 50, busy=0.5)], [])

    lines = [line for line in told.splitlines() if "not kept busy" in line]
    assert [line.split()[0] for line in lines] == ["scopegate"]


def test_a_ratio_to_a_server_that_was_not_measured_is_no_number() -> None:
    told = table([a_figure("scopegate upstream", 50, row="upstream")], [])

    [line] = [line for line in told.splitlines() if line.startswith("  scopegate upstream")]
    assert line.split()[-2:] == ["-", "-"]


def test_growth_is_judged_by_the_largest_document_against_the_smallest() -> None:
    growth = [a_growth(10, last_cpu_us=50.0), a_growth(5000, last_cpu_us=60.0)]

    verdicts = {goal.name: (goal.reached, goal.word) for goal in of_growth(growth)}

    assert verdicts["last path of 5,000 operations against 10"] == ("1.20x", "MISSED")
    assert verdicts["memory, 5,000 operations"] == ("90 MiB", "aim met")


def test_yaml_has_twice_the_time_of_json_to_be_ready() -> None:
    growth = [
        a_growth(5000, "json", start_cpu_seconds=5.0),
        a_growth(5000, "yaml", start_cpu_seconds=5.0),
    ]

    words = {goal.name: goal.word for goal in of_growth(growth)}

    assert words["ready, 5,000 operations, JSON"] == "MISSED"
    assert words["ready, 5,000 operations, YAML"] == "must met"


def test_growth_that_was_not_measured_up_to_5000_is_not_judged() -> None:
    assert list(of_growth([a_growth(10), a_growth(1000)])) == []


def test_a_peer_is_left_behind_by_as_much_as_is_promised() -> None:
    figures = [a_figure("scopegate", 800), a_figure("connexion", 100), a_figure("fastapi", 170)]

    words = {goal.name: goal.word for goal in goals(figures, [])}

    assert words == {
        "GET /songs, times connexion": "must met",
        "GET /songs, times fastapi": "MISSED",
    }


def test_a_reload_is_judged_by_the_slower_of_two_changes_and_is_no_line_of_growth() -> None:
    reload = {
        "server": "scopegate", "kind": "reload", "form": "yaml", "operations": 1000,
        "narrower_seconds": 0.4, "wider_seconds": 2.1,
    }  # fmt: skip

    [goal] = of_growth([reload])

    assert (goal.reached, goal.word) == ("2.10 s", "MISSED")
    assert "1000" not in table([], [reload, a_growth(10)])
