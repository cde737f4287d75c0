"""How the console tells of reloads."""

import time
from collections.abc import Sequence

from gateway.cli.talk import plain
from gateway.compare import Comparison
from gateway.errors import DocumentError
from gateway.policy.diff import AccessChange, Change

_NAMED = 5
_ALWAYS = (Change.NARROWED, Change.WIDENED)
_LOOSER = (Change.OPENED, Change.WIDENED, Change.MOVED, Change.REMOVED)


def at_this_time(line: str) -> str:
    """A line of the console, with the time."""
    return f"{time.strftime('%H:%M:%S')}  {plain(line)}"


def reloaded(spec: str, comparison: Comparison) -> str:
    """What a reload narrowed and widened, and what else it changed."""
    access = comparison.access
    others = [kind for kind in Change if kind not in _ALWAYS and access.of(kind)]
    told = [_counted(kind, access.of(kind)) for kind in (*_ALWAYS, *others)]
    return f"reload {spec}: {', '.join(told)}   policy {comparison.new.policy.digest[:7]}"


def waits(path: str) -> str:
    """That a file is not read yet, and what to do if it never will be closed."""
    return f"`{path}` is still open for writing; it is read once it is closed, or with SIGHUP"


def refused(why: str) -> str:
    """That the old document stays, and why."""
    return f"reload refused, old document stays: {why}"


def reason(error: Exception) -> str:
    """One line for what is wrong; of a fault nobody foresaw only its kind, for it may quote."""
    if isinstance(error, DocumentError):
        more = len(error.faults) - 1
        return f"{error.faults[0]}" + (f" (and {more} more)" if more else "")
    return str(error)


def loosens(comparison: Comparison) -> bool:
    """Whether anybody may call anything that he could not before, or an operation is gone."""
    return any(change.gained or change.change in _LOOSER for change in comparison.access.changes)


def _counted(kind: Change, changes: Sequence[AccessChange]) -> str:
    if not changes:
        return f"0 {kind.value}"
    more = f" and {len(changes) - _NAMED} more" if len(changes) > _NAMED else ""
    names = ", ".join(change.operation for change in changes[:_NAMED])
    return f"{len(changes)} {kind.value} ({names}{more})"
