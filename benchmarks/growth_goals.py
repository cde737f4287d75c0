"""What growth with the number of operations may cost, and whether it does."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.rows import Verdict, verdict

_PRODUCT = "scopegate"
_LARGE, _SMALL = 5000, 10

Reached = tuple[str, str, str, Verdict]


def growth_verdicts(growth: Sequence[Mapping[str, Any]]) -> Iterator[Reached]:
    """Name, value, what was wanted, and the word for it, of each goal that was measured."""
    ours = [one for one in growth if one["server"] == _PRODUCT and one["kind"] == "plain"]
    large = {one["form"]: one for one in ours if one["operations"] == _LARGE}
    small = {one["form"]: one for one in ours if one["operations"] == _SMALL}
    if "json" in large and "json" in small:
        times = large["json"]["last_cpu_us"] / small["json"]["last_cpu_us"]
        yield _at_most("last path of 5,000 against 10", times, must=1.10, aim=1.05, unit="x")
    for form, must, aim in (("json", 4.0, 2.0), ("yaml", 8.0, 4.0)):
        if form in large:
            seconds = large[form]["start_cpu_seconds"]
            name = f"ready, 5,000 operations, {form.upper()}"
            yield _at_most(name, seconds, must=must, aim=aim, unit=" s CPU")
    if "json" in large:
        held = large["json"]["resident_mib"]
        yield _at_most("memory, 5,000 operations", held, must=150, aim=110, unit=" MiB")


def _at_most(name: str, value: float, *, must: float, aim: float, unit: str) -> Reached:
    word = verdict(value <= must, is_aim=value <= aim)
    digits = 0 if must > 20 else 2
    wanted = f"must {must:.{digits}f}, aim {aim:.{digits}f}"
    return name, f"{value:.{digits}f}{unit}", wanted, word
