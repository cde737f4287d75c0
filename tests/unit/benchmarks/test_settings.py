"""What a run is told, and what it refuses to be told."""

import pytest

from benchmarks.rows import chosen_rows, chosen_servers
from benchmarks.settings import options_from


def test_nothing_said_is_five_peers_in_three_rounds_of_two_seconds() -> None:
    options = options_from({})

    assert options.peers == ("floor", "scopegate", "starlette", "fastapi", "connexion")
    assert (options.rounds, options.seconds) == (3, 2)


def test_the_floor_runs_whoever_is_picked() -> None:
    assert options_from({"BENCH_PEERS": "scopegate"}).peers == ["floor", "scopegate"]


def test_all_are_those_in_other_languages_too() -> None:
    assert {"express", "django", "envoy", "nginx"} <= set(
        options_from({"BENCH_PEERS": "all"}).peers
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BENCH_PEERS", "scopegate,apache"),
        ("BENCH_ROUNDS", "0"),
        ("BENCH_SECONDS", "two"),
        ("BENCH_SIZES", "10,-1"),
    ],
)
def test_a_value_that_means_nothing_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        options_from({name: value})


def test_a_row_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ValueError, match="no row is called put; there are get, post"):
        chosen_rows("get,put")


def test_servers_of_the_store_start_where_their_row_is_measured() -> None:
    picked = chosen_servers(["floor", "scopegate"], chosen_rows("stored"))

    assert picked == ["scopegate demo", "starlette, same handler"]
    assert chosen_servers(["floor", "scopegate"], chosen_rows("get")) == ["floor", "scopegate"]
