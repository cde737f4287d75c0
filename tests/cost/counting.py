"""What work costs in instructions of Python: the same number however busy a machine is."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def instructions(work: Callable[[], Any], *, times: int = 5) -> int:
    """The instructions of one run of the work, once it has run often enough to be warm.

    Calls into C count as one instruction: what they do in there is not seen.
    """
    for _ in range(times):
        work()
    return min(_counted(work) for _ in range(times))


def _counted(work: Callable[[], Any]) -> int:
    count = 0

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        if event == "call":
            frame.f_trace_opcodes = True
            frame.f_trace_lines = False
        elif event == "opcode":
            count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count
