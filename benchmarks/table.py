"""The figures of a run as text: a block a row, a line a server, and what was to be reached."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.goals import Goal, goal_of_row, goals, multiples, of_growth
from benchmarks.results import BUSY, Figure, cpu_ratio, ratio
from benchmarks.rows import MULTIPLES_ROW, ROWS, Row

_HEAD = (
    f"{'':26}{'req/s':>8}{'(least-most)':>16}{'CPU us':>8}{'p50 ms':>8}{'p99 ms':>8}"
    f"{'busy':>6}{'ratio':>7}{'by CPU':>8}"
)


def table(figures: Sequence[Figure], growth: Sequence[Mapping[str, Any]]) -> str:
    """The whole table."""
    measured = [row for row in ROWS if any(figure.row == row.key for figure in figures)]
    blocks = ["\n".join(_block(row, figures)) for row in measured]
    if growth:
        blocks.append("\n".join(_growth_block(growth)))
    return "\n\n".join([*blocks, closing_line(goals(figures, growth))])


def _block(row: Row, figures: Sequence[Figure]) -> Iterator[str]:
    yield f"{row.title}   (ratio to {row.against})"
    yield _HEAD
    for figure in figures:
        if figure.row == row.key:
            yield _line(row, figure, figures)
    goal = goal_of_row(row, figures)
    if goal is not None:
        yield f"  {row.product}: {goal}"
    if row.key == MULTIPLES_ROW:
        yield from (f"  {times}" for times in multiples(figures))


def _line(row: Row, figure: Figure, figures: Sequence[Figure]) -> str:
    spread = f"({figure.rps_least:.0f}-{figure.rps_most:.0f})"
    to_other = ratio(figures, row.key, figure.server, against=row.against)
    by_cpu = cpu_ratio(figures, row.key, figure.server, against=row.against)
    notes = f"  {figure.wrong} wrong answers" if figure.wrong else ""
    notes += "  (not kept busy)" if figure.busy < BUSY else ""
    return (
        f"  {figure.server:24}{figure.rps:8.0f}{spread:>16}{figure.cpu_us:8.1f}{figure.p50_ms:8.2f}"
        f"{figure.p99_ms:8.2f}{figure.busy:6.2f}{_times(to_other):>7}{_times(by_cpu):>8}{notes}"
    )


def _times(found: float | None) -> str:
    """A ratio; the server that it would be to may not have been measured."""
    return "-" if found is None else f"{found:.3f}"


def _growth_block(growth: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "Growth with the number of operations   (CPU us a request at the first and last path)"
    yield (
        f"  {'server':12}{'document':14}{'operations':>11}{'start s':>9}{'CPU s':>7}"
        f"{'first':>8}{'last':>8}{'MiB':>6}"
    )
    for one in growth:
        if one["kind"] == "reload":
            continue
        kind = f"{one['kind']} {one['form']}"
        yield (
            f"  {one['server']:12}{kind:14}{one['operations']:11}{one['start_seconds']:9.2f}"
            f"{one['start_cpu_seconds']:7.2f}{one['first_cpu_us']:8.1f}{one['last_cpu_us']:8.1f}"
            f"{one['resident_mib']:6.0f}"
        )
    yield from (f"  {goal}" for goal in of_growth(growth))


def closing_line(all_goals: Sequence[Goal]) -> str:
    """How much of what must be reached was."""
    words = [goal.word for goal in all_goals]
    missed, aims = words.count("MISSED"), words.count("aim met")
    rest = f", {missed} missed" if missed else ""
    return f"{len(words) - missed} of {len(words)} reach what they must, {aims} the aim{rest}"
