"""The figures of a run: medians of its rounds, and the file they are kept in (schema 1)."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.load import Round

SCHEMA = 1
#: below this share of the wall time on a processor, the server was not what limited a round
BUSY = 0.85
_PRODUCT_LIBRARIES = ("scopegate", "connexion", "uvicorn", "uvloop", "httptools", "starlette")
_PEERS = Path(__file__).parents[1] / ".venv-bench"


@dataclass(frozen=True, slots=True)
class Figure:
    """What the rounds of one server in one row show together."""

    row: str
    server: str
    rps: float
    rps_least: float
    rps_most: float
    cpu_us: float
    p50_ms: float
    p99_ms: float
    busy: float
    wrong: int
    resident_mib: float
    rounds: Sequence[Round]


@dataclass(frozen=True, slots=True)
class Reached:
    """A ratio, and what it is the ratio of."""

    ratio: float
    measure: str


def figure_of(row: str, server: str, rounds: Sequence[Round], *, resident_mib: float) -> Figure:
    """Medians of all, and the extremes of requests a second."""
    speeds = [one.requests_per_second for one in rounds]
    return Figure(
        row=row,
        server=server,
        rps=median(speeds),
        rps_least=min(speeds),
        rps_most=max(speeds),
        cpu_us=median(one.cpu_per_request for one in rounds),
        p50_ms=median(one.p50_ms for one in rounds),
        p99_ms=median(one.p99_ms for one in rounds),
        busy=median(one.busy for one in rounds),
        wrong=sum(one.wrong for one in rounds),
        resident_mib=resident_mib,
        rounds=tuple(rounds),
    )


def ratio(figures: Sequence[Figure], row: str, server: str, *, against: str) -> float | None:
    """A server's requests a second over another's: the median of the rounds' own ratios.

    A round's two loads are seconds apart, so what else the machine does weighs on both.
    """
    found = {figure.server: figure for figure in figures if figure.row == row}
    if server not in found or against not in found:
        return None
    pairs = zip(found[server].rounds, found[against].rounds, strict=True)
    return median(a.requests_per_second / b.requests_per_second for a, b in pairs)


def cpu_ratio(figures: Sequence[Figure], row: str, server: str, *, against: str) -> float | None:
    """Another server's processor time a request over this one's."""
    found = {figure.server: figure for figure in figures if figure.row == row}
    if server not in found or against not in found:
        return None
    pairs = zip(found[server].rounds, found[against].rounds, strict=True)
    return median(b.cpu_per_request / a.cpu_per_request for a, b in pairs)


def reached(figures: Sequence[Figure], row: str, server: str, *, against: str) -> Reached | None:
    """The ratio that a server is judged by.

    Requests a second count where both servers were kept busy. Elsewhere something else had the
    processor, and processor time counts: on a core that is kept busy the two are the same.
    """
    by_requests = ratio(figures, row, server, against=against)
    by_cpu = cpu_ratio(figures, row, server, against=against)
    if by_requests is None or by_cpu is None:
        return None
    both = [f for f in figures if f.row == row and f.server in {server, against}]
    is_busy = all(figure.busy >= BUSY for figure in both)
    return Reached(by_requests, "requests/s") if is_busy else Reached(by_cpu, "CPU time")


def document_of(
    figures: Sequence[Figure],
    growth: Sequence[Mapping[str, Any]],
    *,
    options: Mapping[str, Any],
) -> Mapping[str, Any]:
    """The whole of a run, as it is written."""
    return {
        "schema": SCHEMA,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": versions(),
        "options": options,
        "figures": [asdict(figure) for figure in figures],
        "growth": list(growth),
    }


def figures_in(document: Mapping[str, Any]) -> list[Figure]:
    """The figures of a file of schema 1."""
    if document.get("schema") != SCHEMA:
        raise ValueError(f"schema {document.get('schema')!r}: only {SCHEMA} is known here")
    return [
        Figure(**{**figure, "rounds": tuple(Round(**one) for one in figure["rounds"])})
        for figure in document["figures"]
    ]


def machine() -> Mapping[str, Any]:
    """What the figures depend on, as far as the machine tells."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(_memory_kib() / 1024**2),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_at_end": [round(one, 2) for one in os.getloadavg()],
    }


def versions() -> Mapping[str, Mapping[str, str]]:
    """The versions that ran: the product's, and those of the peers' environment."""
    folders = (_PEERS / "lib").glob("python*/site-packages/*.dist-info")
    peers = dict(folder.name.removesuffix(".dist-info").rsplit("-", 1) for folder in folders)
    return {
        "product": {name: version(name) for name in _PRODUCT_LIBRARIES},
        "peers": dict(sorted(peers.items())),
    }


def write(document: Mapping[str, Any], path: Path) -> None:
    """Write a run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _memory_kib() -> int:
    return int(Path("/proc/meminfo").read_text(encoding="ascii").split()[1])
