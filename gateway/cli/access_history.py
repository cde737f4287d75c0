"""What became of access at each step of a document's history."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.cli.history import Step
from gateway.compare import Comparison, compare
from gateway.errors import ScopegateError, SettingsError
from gateway.policy.codec import nameless
from gateway.policy.diff import AccessChange
from gateway.settings import Settings
from gateway.spec.model import ApiDescription, Operation


class Kind(StrEnum):
    """What a commit is to the history."""

    CHANGED = "changed"
    #: the document changed, and nobody may call more or less
    UNCHANGED = "unchanged"
    BEGINS = "begins"
    ENDS = "ends"
    UNLOADABLE = "unloadable"


@dataclass(frozen=True, slots=True)
class Entry:
    """One commit and what it changed."""

    step: Step
    kind: Kind
    #: of the document before with that of the commit; None: one of them does not load
    comparison: Comparison | None = None
    #: why the document of the commit, or what it means, cannot be told
    error: ScopegateError | None = None


def entry_of(step: Step, settings: Settings) -> Entry:
    """Compare the document of a commit with what it was before."""
    description = step.version.description
    if step.version.error is not None:
        return Entry(step, Kind.UNLOADABLE, error=step.version.error)
    olds = [before.description for before in step.before if before.description is not None]
    try:
        if description is None:
            ends = compare_at_all(olds[0], _emptied(olds[0]), settings)
            return Entry(step, Kind.ENDS, ends)
        if not olds:
            begins = compare_at_all(_emptied(description), description, settings)
            return Entry(step, Kind.BEGINS, begins)
        comparison = _changed_by_itself(
            [compare_at_all(old, description, settings) for old in olds]
        )
    except ScopegateError as error:
        return Entry(step, Kind.UNLOADABLE, error=error)
    kind = Kind.CHANGED if _says_something(comparison) else Kind.UNCHANGED
    return Entry(step, kind, comparison)


def compare_at_all(old: ApiDescription, new: ApiDescription, settings: Settings) -> Comparison:
    """Compare two documents of the past, for which the settings of today need not be made."""
    known = {*old.schemes, *new.schemes, "*"}
    tables = {name: table for name, table in settings.schemes.items() if name in known}
    try:
        return compare(old, new, replace(settings, schemes=tables))
    except SettingsError:
        return compare(old, new, replace(settings, schemes={}))


class About:
    """Which operations a history is of: one that was named, under each of its names."""

    def __init__(self, name: str | None, head: ApiDescription | None) -> None:
        self._name = name
        self._keys: set[str] = set()
        #: all that operations were called, for the message that none was called so
        self.met: dict[str, None] = {}
        #: the operation was there at some time
        self.is_met = name is None
        if name is not None:
            self._keys.add(nameless(_spelled(name)))
        if head is not None:
            self._look(head)

    def select(self, entry: Entry) -> Entry | None:
        """The entry as far as it is about the operation; None: it is not."""
        comparison = entry.comparison
        if self._name is None or comparison is None:
            return entry
        for loaded in (comparison.new, comparison.old):
            self._look(loaded.description)
        for pair in comparison.access.renamed:
            if pair.new is not None and pair.old is not None and nameless(pair.new) in self._keys:
                self._keys.add(nameless(pair.old))
        changes = tuple(filter(self._is_about, comparison.access.changes))
        if not changes:
            return None
        access = replace(comparison.access, changes=changes)
        return replace(entry, comparison=replace(comparison, access=access))

    def _is_about(self, change: AccessChange) -> bool:
        names = {nameless(change.operation), nameless(change.compared_with or change.operation)}
        return not names.isdisjoint(self._keys)

    def _look(self, description: ApiDescription) -> None:
        for operation in description.operations:
            self.met.update(dict.fromkeys(_names(operation, description.base_path)))
            if self._is_named(operation, description.base_path):
                self.is_met = True
                self._keys.add(nameless(operation.key))

    def _is_named(self, operation: Operation, base_path: str) -> bool:
        if self._name is None:
            return False
        names = _names(operation, base_path)
        return self._name in names or nameless(operation.key) in self._keys


def _names(operation: Operation, base_path: str) -> Sequence[str]:
    written = (operation.key, f"{operation.method} {base_path}{operation.path}")
    return (*written, operation.operation_id) if operation.operation_id else written


def _spelled(name: str) -> str:
    """A name as documents have it: the method in capitals, one blank."""
    method, blank, path = name.strip().partition(" ")
    return f"{method.upper()} {path.strip()}" if blank else name


def _emptied(description: ApiDescription) -> ApiDescription:
    """A document with nothing to call in it."""
    return replace(description, operations=())


def _changed_by_itself(comparisons: Sequence[Comparison]) -> Comparison:
    """What a merge changed itself: what differs from the documents of all its parents."""
    first, *others = comparisons
    if not others:
        return first
    common = set.intersection(*({c.operation for c in o.access.changes} for o in others))
    changes = tuple(change for change in first.access.changes if change.operation in common)
    return replace(first, access=replace(first.access, changes=changes))


def _says_something(comparison: Comparison) -> bool:
    is_hidden = bool(comparison.covered or comparison.uncovered)
    return bool(comparison.access.changes) or comparison.has_moved or is_hidden


def entries(
    steps: Iterator[Step], settings: Settings, *, most: int | None, tell: Callable[[str], None]
) -> Iterator[Entry]:
    """The newest steps, each with what it changed."""
    for number, step in enumerate(steps, start=1):
        tell(f"comparing what {step.commit.short} of {step.commit.date[:10]} changed")
        yield entry_of(step, settings)
        if number == most:
            return
