"""What is counted of each request: where each number stands, and who adds to it."""

import time
from bisect import bisect_left
from collections.abc import Callable

from gateway.model import Decision, Reason, TokenFault
from gateway.ops.cells import Cells, Numbers
from gateway.watch import Watch, Watched

#: the upper bounds of the histogram of seconds to the answer, but for the last, which is all
BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0)
#: the classes of status, 1xx to 5xx
CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
REASONS = tuple(Reason)

#: the numbers of an operation's record: decisions by reason, answers by class, the histogram, and
#: all seconds together
FIRST_CLASS = len(REASONS)
FIRST_BUCKET = FIRST_CLASS + len(CLASSES)
SECONDS = FIRST_BUCKET + len(BOUNDS) + 1
OPERATION_NUMBERS = SECONDS + 1

OPERATION = "operation"
UNROUTED = "unrouted"
LOOKUP = "lookup"
FAILURE = "failure"
RULESET = "ruleset"
#: how often, and when last in Unix seconds
LOAD = "load"
#: audit lines that were lost
AUDIT = "audit"
#: of the process that counts: its id, and the monotonic time at which all revocations were known
WORKER = "worker"

#: a longer name is cut, so that a record has room for it
_LONGEST_LABEL = 2000
_PLACE = {reason: place for place, reason in enumerate(REASONS)}
#: status -> where its class is counted
_CLASS_OF = [FIRST_CLASS + min(max(status // 100, 1), len(CLASSES)) - 1 for status in range(1000)]


class CountingSink:
    """Counts decisions and answers. Labels are names of the document and closed lists alone."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        #: one a reason and operation: as bounded as the document
        self._watches: dict[tuple[str, Reason | TokenFault], Watch] = {}

    def watch(self, decision: Decision) -> Watch:
        """What counts requests with this decision."""
        key = decision.operation, decision.fault or decision.reason
        found = self._watches.get(key)
        if found is None:
            name = (OPERATION, decision.operation[:_LONGEST_LABEL])
            numbers = self._cells.record(name, OPERATION_NUMBERS)
            found = self._watches[key] = self._count(decision, numbers)
        return found

    def _count(self, decision: Decision, numbers: Numbers) -> Watch:
        reason = _PLACE[decision.reason]
        if decision.fault is None:
            return _Count(numbers, reason)
        return _FailureCount(
            numbers, reason, self._cells.record((FAILURE, decision.fault.value), 1)
        )

    def unrouted(self, _request: Watched, status: int) -> None:
        """Count a request without an operation."""
        self._cells.record((UNROUTED, str(status)), 1)[0] += 1


class _Count:
    """Adds to the numbers of one operation."""

    __slots__ = ("_numbers", "_reason")

    def __init__(self, numbers: Numbers, reason: int) -> None:
        self._numbers = numbers
        self._reason = reason

    def decided(self, _request: Watched) -> None:
        """Count the decision."""
        self._numbers[self._reason] += 1

    def answered(self, _request: Watched, status: int, seconds: float) -> None:
        """Count the answer."""
        numbers = self._numbers
        numbers[_CLASS_OF[status]] += 1
        numbers[FIRST_BUCKET + bisect_left(BOUNDS, seconds)] += 1
        numbers[SECONDS] += seconds


class _FailureCount(_Count):
    """Counts the credential that is not valid, too."""

    __slots__ = ("_failures",)

    def __init__(self, numbers: Numbers, reason: int, failures: Numbers) -> None:
        super().__init__(numbers, reason)
        self._failures = failures

    def decided(self, request: Watched) -> None:
        """Count the decision and its cause."""
        super().decided(request)
        self._failures[0] += 1


class CountedTokens:
    """Counts how often a token had to be verified."""

    def __init__(self, cells: Cells) -> None:
        self._hits = cells.record((LOOKUP, "hit"), 1)
        self._misses = cells.record((LOOKUP, "miss"), 1)

    def hit(self) -> None:
        """A token was known from before, whatever it is worth."""
        self._hits[0] += 1

    def miss(self) -> None:
        """A token was not known and has to be verified."""
        self._misses[0] += 1


class CountedLoads:
    """Counts how documents are loaded, and says which one rules."""

    def __init__(self, cells: Cells, clock: Callable[[], float] = time.time) -> None:
        self._cells = cells
        self._clock = clock
        self._retire()

    def loaded(self, digest: str) -> None:
        """A document was loaded; the policy of this digest rules from now on."""
        self._retire()
        self._cells.record((RULESET, digest), 1)[0] = 1
        self._count("ok")

    def failed(self) -> None:
        """A document could not be loaded, and the one before rules on."""
        self._count("failed")

    def _count(self, outcome: str) -> None:
        numbers = self._cells.record((LOAD, outcome), 2)
        numbers[0] += 1
        numbers[1] = self._clock()

    def _retire(self) -> None:
        for name in self._cells.records:
            if name[0] == RULESET:
                self._cells.record(name, 1)[0] = 0
