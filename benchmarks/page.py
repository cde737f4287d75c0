"""The tables of docs/explanation/performance.md, written from the figures of a run."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.catalogue import SERVERS
from benchmarks.goals import goals
from benchmarks.results import Figure, cpu_ratio, figures_in, ratio
from benchmarks.rows import ROWS, Row

_PART = re.compile(r"(<!-- (?P<name>\w+): [^>]*-->\n).*?(<!-- end -->)", re.DOTALL)


def with_figures(text: str, document: Mapping[str, Any]) -> str:
    """The page with each part between `<!-- name: ... -->` and `<!-- end -->` written anew."""
    figures = figures_in(document)
    parts = {
        "machine": "\n".join(_machine(document)),
        "goals": "\n".join(_goals(figures, document["growth"])),
        "figures": "\n".join(_figures(figures)),
        "growth": "\n".join(_growth(document["growth"])),
    }
    return _PART.sub(lambda m: f"{m[1]}\n{parts[m['name']]}\n\n{m[3]}", text)


def _machine(document: Mapping[str, Any]) -> Iterator[str]:
    machine, options = document["machine"], document["options"]
    load = ", ".join(f"{one:.1f}" for one in machine["load_at_end"])
    yield (
        f"Measured on {document['made'][:10]}: {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB, Python {machine['python']}; load at the end {load}. "
        f"{options['rounds']} rounds of {options['seconds']} s a server and row, in turns, "
        f"{options['connections']} connections."
    )


def _goals(figures: Sequence[Figure], growth: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "| work | reached | must | aim | |\n|---|---|---|---|---|"
    for goal in goals(figures, growth):
        yield f"| {goal.name} | {goal.reached} | {goal.must} | {goal.aim} | {goal.word} |"


def _figures(figures: Sequence[Figure]) -> Iterator[str]:
    for row in ROWS:
        found = [figure for figure in figures if figure.row == row.key]
        if found:
            yield f"**{row.title}**\n"
            yield "| server | CPU us | req/s (least to most) | p50, p99 ms | busy | ratio |"
            yield "|---|---|---|---|---|---|"
            yield from (_line(row, figure, figures) for figure in found)
            yield ""


def _line(row: Row, figure: Figure, figures: Sequence[Figure]) -> str:
    by_requests = ratio(figures, row.key, figure.server, against=row.against) or 0.0
    by_cpu = cpu_ratio(figures, row.key, figure.server, against=row.against) or 0.0
    spread = f"{figure.rps:,.0f} ({figure.rps_least:,.0f} to {figure.rps_most:,.0f})"
    does = SERVERS[figure.server].does
    delays = f"{figure.p50_ms:.2f}, {figure.p99_ms:.1f}"
    return (
        f"| {figure.server}: {does} | {figure.cpu_us:,.1f} | {spread} | {delays} "
        f"| {figure.busy:.2f} | {by_cpu:.3f} by CPU, {by_requests:.3f} by req/s |"
    )


def _growth(growth: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "| operations | document | start s | start CPU s | first, last path: CPU us | MiB |"
    yield "|---|---|---|---|---|---|"
    for one in growth:
        if one["kind"] == "reload":
            continue
        yield (
            f"| {one['operations']:,} | {one['form'].upper()} | {one['start_seconds']:.2f} "
            f"| {one['start_cpu_seconds']:.2f} | {one['first_cpu_us']:.1f}, "
            f"{one['last_cpu_us']:.1f} | {one['resident_mib']:.0f} |"
        )
