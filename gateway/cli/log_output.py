"""A history as lines for people: a head a commit, and under it what it changed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from gateway.cli.access_history import Entry, Kind
from gateway.cli.diff_output import table_lines
from gateway.cli.diff_rows import rows_of
from gateway.cli.talk import counted, plain
from gateway.compare import Comparison
from gateway.compare_words import gain_and_loss, notes
from gateway.errors import DocumentError, ScopegateError
from gateway.policy.diff import AccessDiff

_INDENT = "  "


def entry_lines(entry: Entry) -> Iterator[str]:
    """A commit with all that is to be said of it."""
    commit = entry.step.commit
    yield plain(f"{commit.short}  {commit.date[:10]}  {commit.author}  {commit.subject}".rstrip())
    for line in _told(entry):
        yield f"{_INDENT}{line}".rstrip()


def closing(document: str, counts: Mapping[Kind, int], *, about: str | None, cut: bool) -> str:
    """How many commits touched the document, and what they did."""
    total = sum(counts.values())
    changed = sum(counts[kind] for kind in (Kind.CHANGED, Kind.BEGINS, Kind.ENDS))
    what = f"access to {about}" if about else "access"
    told = [f"{changed} changed {what}"]
    if counts[Kind.UNCHANGED]:
        told.append(f"{counts[Kind.UNCHANGED]} did not")
    if counts[Kind.UNLOADABLE]:
        told.append(f"{counts[Kind.UNLOADABLE]} where it does not load")
    newest = "the newest " if cut else ""
    return plain(f"{newest}{counted(total, 'commit')} that touched {document}: {', '.join(told)}")


def _told(entry: Entry) -> Iterator[str]:
    moved = entry.step.moved_from
    if moved is not None:
        yield plain(f"moved from {moved} to {entry.step.version.path}")
    if entry.kind is Kind.UNLOADABLE and entry.error is not None:
        yield from _fault_lines(entry.error)
        return
    if entry.step.skipped:
        yield "compared with the last version that loads"
    comparison = entry.comparison
    if comparison is None:
        return
    match entry.kind:
        case Kind.BEGINS:
            yield from _begin_lines(comparison)
        case Kind.ENDS:
            gone = counted(len(comparison.access.changes), "operation")
            yield f"the document ends here: {gone} removed"
        case _:
            yield from _change_lines(comparison)


def _fault_lines(error: ScopegateError) -> Iterator[str]:
    if not isinstance(error, DocumentError):
        yield plain(f"the document does not load: {error}")
        return
    more = len(error.faults) - 1
    told = f" (and {counted(more, 'fault')} more)" if more else ""
    yield plain(f"the document does not load: {error.faults[0]}{told}")


def _begin_lines(comparison: Comparison) -> Iterator[str]:
    """Of a new document only what anyone may call is listed."""
    access = comparison.access
    if len(access.changes) < len(comparison.new.description.operations):  # one was asked for
        yield "the document begins here"
        yield from _table(access)
        return
    open_ = tuple(change for change in access.changes if change.opens)
    told = counted(len(access.changes), "operation")
    yield f"the document begins here: {told}, {len(open_)} open to everyone"
    yield from _table(replace(access, changes=open_))


def _change_lines(comparison: Comparison) -> Iterator[str]:
    yield from _table(comparison.access)
    for note in notes(comparison):
        yield plain(f"note: {note}")
    if comparison.access.changes:
        yield plain(gain_and_loss(comparison.access))


def _table(access: AccessDiff) -> Iterator[str]:
    return table_lines([*rows_of(access)])
