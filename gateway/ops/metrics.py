"""What `/-/metrics` tells: every metric, summed up over all workers, whoever answers."""

import contextlib
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from gateway.ops import counting, families
from gateway.ops.cells import Cells, Records, files_of_cells, read_cells
from gateway.ops.exposition import Family, Sample, exposition, written
from gateway.ops.processes import usage_of
from gateway.policy.explain import STATUS

_PERMITTED = 200
_BOUNDS = (*map(written, counting.BOUNDS), "+Inf")


class Metrics:
    """Counts in this process, and tells of all."""

    def __init__(
        self,
        cells: Cells,
        *,
        main_process: int,
        lost_lines: Callable[[], int],
        revocations_age: Callable[[], float],
        observes: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`main_process` is the parent of all workers, or this process if it is alone."""
        self._observes = observes
        self.sink = counting.CountingSink(cells)
        self.tokens = counting.CountedTokens(cells)
        self.loads = counting.CountedLoads(cells)
        self._cells = cells
        self._main_process = main_process
        self._lost_lines = lost_lines
        self._revocations_age = revocations_age
        self._monotonic = monotonic
        self._audit = cells.record((counting.AUDIT,), 1)
        self._lost_before = self._audit[0]
        self._worker = cells.record((counting.WORKER,), 2)
        self.note()
        self._worker[0] = os.getpid()  # the last, for from now on it counts as being there

    def note(self) -> None:
        """Write down what others count or know here; for other workers to tell."""
        self._audit[0] = self._lost_before + self._lost_lines()
        self._worker[1] = self._monotonic() - self._revocations_age()

    def text(self) -> bytes:
        """All metrics, as they are at this moment."""
        self.note()
        everybody = [self._cells.records, *self._others()]
        alive = [records for records in everybody if _is_alive(records)]
        samples = {
            **_counted(_summed(everybody)),
            **_states(alive, now=self._monotonic()),
            **_used(self._main_process),
            families.OBSERVING: [Sample({}, int(self._observes))],
        }
        return exposition((family, samples.get(family, ())) for family in families.FAMILIES)

    def _others(self) -> Iterator[Records]:
        own = self._cells.file
        if own is None:
            return
        for file in files_of_cells(own.parent):
            if file != own:
                with contextlib.suppress(OSError):  # somebody cleans up
                    yield read_cells(file)


def _is_alive(records: Records) -> bool:
    """Whether the process that counts here is still there."""
    numbers = records.get((counting.WORKER,))
    if numbers is None or not numbers[0]:
        return False
    try:
        os.kill(int(numbers[0]), 0)
    except OSError:
        return False
    return True


def _summed(everybody: Iterable[Records]) -> Records:
    found: dict[tuple[str, ...], list[float]] = {}
    for records in everybody:
        for name, numbers in records.items():
            before = found.get(name)
            found[name] = [*map(sum, zip(before, numbers, strict=True))] if before else [*numbers]
    return dict(sorted(found.items()))


def _counted(total: Records) -> Mapping[Family, Sequence[Sample]]:
    operations = {n[1]: numbers for n, numbers in total.items() if n[0] == counting.OPERATION}
    return {
        families.DECISIONS: [s for o in operations.items() for s in _decisions(*o)],
        families.ANSWERS: [s for o in operations.items() for s in _answers(*o)],
        families.SECONDS: [s for o in operations.items() for s in _seconds(*o)],
        families.UNROUTED: _simple(total, counting.UNROUTED, "status"),
        families.LOOKUPS: _simple(total, counting.LOOKUP, "outcome"),
        families.FAILURES: _simple(total, counting.FAILURE, "reason"),
        families.AUDIT_LOST: [Sample({}, total[(counting.AUDIT,)][0])],
        families.LOADS: _simple(total, counting.LOAD, "outcome"),
    }


def _simple(total: Records, kind: str, label: str) -> Sequence[Sample]:
    return [Sample({label: n[1]}, numbers[0]) for n, numbers in total.items() if n[0] == kind]


def _decisions(operation: str, numbers: Sequence[float]) -> Iterator[Sample]:
    for place, reason in enumerate(counting.REASONS):
        if numbers[place]:
            effect = "permit" if STATUS[reason] == _PERMITTED else "deny"
            labels = {"operation": operation, "effect": effect, "reason": reason.value}
            yield Sample(labels, numbers[place])


def _answers(operation: str, numbers: Sequence[float]) -> Iterator[Sample]:
    for place, name in enumerate(counting.CLASSES, counting.FIRST_CLASS):
        if numbers[place]:
            yield Sample({"operation": operation, "class": name}, numbers[place])


def _seconds(operation: str, numbers: Sequence[float]) -> Iterator[Sample]:
    labels = {"operation": operation}
    below = [*accumulate(numbers[counting.FIRST_BUCKET : counting.SECONDS])]
    for bound, number in zip(_BOUNDS, below, strict=True):
        yield Sample({**labels, "le": bound}, number, "_bucket")
    yield Sample(labels, numbers[counting.SECONDS], "_sum")
    yield Sample(labels, below[-1], "_count")


def _states(alive: Sequence[Records], *, now: float) -> Mapping[Family, Sequence[Sample]]:
    """What is so now, in the workers that are there."""
    rules = {
        n[1] for records in alive for n, v in records.items() if n[0] == counting.RULESET and v[0]
    }
    loads = [(n[1], v[1]) for records in alive for n, v in records.items() if n[0] == counting.LOAD]
    last = {outcome: max(at for o, at in loads if o == outcome) for outcome, _ in loads}
    known = min((records[(counting.WORKER,)][1] for records in alive), default=-math.inf)
    return {
        families.RULESET: [Sample({"digest": digest}, 1) for digest in sorted(rules)],
        families.LOADED: [Sample({"outcome": o}, at) for o, at in sorted(last.items())],
        families.REVOCATIONS: [Sample({}, now - known)],
        families.WORKERS: [Sample({}, len(alive))],
    }


def _used(main_process: int) -> Mapping[Family, Sequence[Sample]]:
    usage = usage_of(main_process)
    if usage is None:
        return {}
    return {
        families.STARTED: [Sample({}, usage.started)],
        families.CPU: [Sample({}, usage.cpu_seconds)],
        families.RESIDENT: [Sample({}, usage.resident_bytes)],
        families.DESCRIPTORS: [Sample({}, usage.open_descriptors)],
    }
