"""Every goal that a run has figures for: what was reached, what must be, and the word for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.catalogue import PRODUCT
from benchmarks.results import Figure, reached
from benchmarks.rows import MULTIPLES, MULTIPLES_ROW, ROWS, Row, Verdict, verdict

_LARGE, _SMALL = 5000, 10


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal, as it is shown."""

    name: str
    reached: str
    must: str
    aim: str
    word: Verdict

    def __str__(self) -> str:
        """One line."""
        aim = f", aim {self.aim}" if self.aim else ""
        return f"{self.name}: {self.reached}, must {self.must}{aim}: {self.word}"


def goals(figures: Sequence[Figure], growth: Sequence[Mapping[str, Any]]) -> list[Goal]:
    """All of them, those of rows first."""
    of_rows = (goal_of_row(row, figures) for row in ROWS)
    measured = [goal for goal in of_rows if goal is not None]
    return [*measured, *multiples(figures), *of_growth(growth)]


def goal_of_row(row: Row, figures: Sequence[Figure]) -> Goal | None:
    """The goal of a row; None where there is none, or no figure for it."""
    ours = reached(figures, row.key, row.product, against=row.against)
    if ours is None or not row.aim:
        return None
    told = f"{ours.ratio:.2f} of {row.against} by {ours.measure}"
    word = row.judge(ours.ratio)
    return Goal(row.title, told, f"{row.must:.2f}", f"{row.aim:.2f}", word)


def multiples(figures: Sequence[Figure]) -> Iterator[Goal]:
    """How many times a peer's requests the product serves."""
    for peer, must in MULTIPLES.items():
        ours = reached(figures, MULTIPLES_ROW, PRODUCT, against=peer)
        if ours is not None:
            word = verdict(ours.ratio >= must, is_aim=False)
            told = f"{ours.ratio:.1f}x by {ours.measure}"
            yield Goal(f"GET /songs, times {peer}", told, f"{must:.0f}x", "", word)


def of_growth(growth: Sequence[Mapping[str, Any]]) -> Iterator[Goal]:
    """What a large document may cost."""
    ours = [one for one in growth if one["server"] == PRODUCT and one["kind"] == "plain"]
    large = {one["form"]: one for one in ours if one["operations"] == _LARGE}
    small = {one["form"]: one for one in ours if one["operations"] == _SMALL}
    if "json" in large and "json" in small:
        times = large["json"]["last_cpu_us"] / small["json"]["last_cpu_us"]
        yield _at_most("last path of 5,000 operations against 10", times, 1.10, 1.05, unit="x")
    for form, must, aim in (("json", 4.0, 2.0), ("yaml", 8.0, 4.0)):
        if form in large:
            seconds = large[form]["start_cpu_seconds"]
            name = f"ready, 5,000 operations, {form.upper()}"
            yield _at_most(name, seconds, must, aim, unit=" s CPU")
    for one in growth:
        if one["kind"] == "reload":
            seconds = max(one["narrower_seconds"], one["wider_seconds"])
            name = "reload, 1,000 operations, YAML, from saved to ruling"
            yield _at_most(name, seconds, 2.0, 1.0, unit=" s")
    if "json" in large:
        held = large["json"]["resident_mib"]
        yield _at_most("memory, 5,000 operations", held, 150, 110, unit=" MiB")


def _at_most(name: str, value: float, must: float, aim: float, *, unit: str) -> Goal:
    word = verdict(value <= must, is_aim=value <= aim)
    digits = 0 if must > 20 else 2
    return Goal(name, f"{value:.{digits}f}{unit}", f"{must:.{digits}f}", f"{aim:.{digits}f}", word)
