"""Rounds and figures for tests of what is made of them."""

from benchmarks.load import Round
from benchmarks.results import Figure, figure_of


def a_round(rps: float, *, cpu: float = 20.0, busy: float = 0.95) -> Round:
    return Round(
        requests=int(rps),
        requests_per_second=rps,
        cpu_per_request=cpu,
        p50_ms=0.5,
        p99_ms=2.0,
        busy=busy,
        wrong=0,
    )


def a_figure(
    server: str, *speeds: float, row: str = "get", cpu: float = 20.0, busy: float = 0.95
) -> Figure:
    rounds = [a_round(rps, cpu=cpu, busy=busy) for rps in speeds]
    return figure_of(row, server, rounds, resident_mib=50.0)


def a_growth(operations: int, form: str = "json", **values: float) -> dict[str, object]:
    return {
        "server": "scopegate",
        "kind": "plain",
        "form": form,
        "operations": operations,
        "start_seconds": 1.5,
        "start_cpu_seconds": 1.0,
        "first_cpu_us": 50.0,
        "last_cpu_us": 50.0,
        "first_rps": 9000.0,
        "last_rps": 9000.0,
        "resident_mib": 90.0,
        **values,
    }
