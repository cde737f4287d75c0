"""What a change of a document means for who may call what: meaning is compared, not text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.errors import Origin
from gateway.policy.rules import Alternative
from gateway.policy.same_operations import Answers, Pair, match_operations
from gateway.policy.ways import Hold, Side, Way, holds_of, is_live, uncovered, ways_of
from gateway.spec.model import Operation, OperationKey


class Change(StrEnum):
    """What became of an operation, the gravest first."""

    OPENED = "opened"
    WIDENED = "widened"
    MOVED = "moved"
    NARROWED = "narrowed"
    CLOSED = "closed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class AccessChange:
    """One operation that other callers may call than before."""

    change: Change
    #: as the new document has it; a removed one as the old document had it
    operation: OperationKey
    #: the operation of the other document that it is compared with, if that is another one
    compared_with: OperationKey | None
    #: where the operation stands
    origin: Origin
    #: what opened it, and what opens it now; the fewest holds first
    before: tuple[Way, ...]
    after: tuple[Way, ...]
    #: what passes now and did not, and what did and does no more
    gained: tuple[Way, ...]
    lost: tuple[Way, ...]

    @property
    def opens(self) -> bool:
        """Whether now anyone may call it, and before not everyone could."""
        return any(way.is_open for way in self.gained)

    @property
    def witness(self) -> Way | None:
        """The fewest things to hold that pass now and did not; None: nobody gains."""
        return self.gained[0] if self.gained else None


@dataclass(frozen=True, slots=True)
class DeadChange:
    """An operation in which only alternatives changed that nobody can be granted."""

    operation: OperationKey
    origin: Origin


@dataclass(frozen=True, slots=True)
class AccessDiff:
    """All that changed between two documents."""

    #: the gravest first, else in the order of the new document
    changes: tuple[AccessChange, ...]
    #: how many operations were compared, added and removed ones too
    compared: int
    #: operations that have another path and the same operationId
    renamed: tuple[Pair, ...]
    dead: tuple[DeadChange, ...]

    def of(self, change: Change) -> tuple[AccessChange, ...]:
        """The changes of one class."""
        return tuple(found for found in self.changes if found.change is change)

    @property
    def same(self) -> int:
        """How many operations the same callers may call."""
        return self.compared - len(self.changes)


def diff(old: Side, new: Side, *, old_answers: Answers, new_answers: Answers) -> AccessDiff:
    """Compare two documents.

    `old_answers` says for operations of the new document which one of the old document decided
    such a request: GET for HEAD, `/users/{id}` for `/users/me`. `new_answers` is its reverse.
    """
    matched = match_operations(old.description, new.description)
    answers = {**old_answers, **new_answers}
    pairs = [part for pair in matched for part in _parts(pair, answers)]
    comparison = _Comparison(old, new, old_answers, new_answers)
    changes = [change for pair in pairs if (change := comparison.change(pair)) is not None]
    changed = {change.operation for change in changes}
    dead = [found for pair in pairs if (found := comparison.dead(pair)) is not None]
    return AccessDiff(
        changes=tuple(sorted(changes, key=lambda change: list(Change).index(change.change))),
        compared=len(pairs),
        renamed=tuple(pair for pair in pairs if pair.is_renamed),
        dead=tuple(found for found in dead if found.operation not in changed),
    )


def _parts(pair: Pair, answers: Answers) -> Iterator[Pair]:
    """Leave a renamed operation unmatched where its paths are those of others, too."""
    if pair.is_renamed and (pair.old in answers or pair.new in answers):
        yield Pair(None, pair.new)
        yield Pair(pair.old, None)
    else:
        yield pair


class _Comparison:
    """What comparing one operation needs to know of both documents."""

    def __init__(self, old: Side, new: Side, old_answers: Answers, new_answers: Answers) -> None:
        self._old = old
        self._new = new
        self._old_answers = old_answers
        self._new_answers = new_answers
        self._old_operations = _by_key(old)
        self._new_operations = _by_key(new)

    def change(self, pair: Pair) -> AccessChange | None:
        """What became of one operation; None: the same callers may call it."""
        old = self._old_answers.get(pair.new) if pair.old is None and pair.new else pair.old
        new = self._new_answers.get(pair.old) if pair.new is None and pair.old else pair.new
        before, after = _ways(old, self._old), _ways(new, self._new)
        gained, lost = uncovered(after, by=before), uncovered(before, by=after)
        is_on_both_sides = old is not None and new is not None
        change = _access_change(gained, lost, after) if is_on_both_sides else None
        change = change or _document_change(pair)
        if change is None:
            return None
        told = self._operation(pair)
        other = new if pair.new is None else old
        is_another = pair.old is None or pair.new is None or pair.is_renamed
        return AccessChange(
            change=change,
            operation=told.key,
            compared_with=other if is_another else None,
            origin=told.origin,
            before=before,
            after=after,
            gained=gained,
            lost=lost,
        )

    def dead(self, pair: Pair) -> DeadChange | None:
        """Tell an operation in which alternatives changed that nobody can be granted."""
        if pair.old is None or pair.new is None:
            return None
        if _dead_holds(pair.old, self._old) == _dead_holds(pair.new, self._new):
            return None
        return DeadChange(pair.new, self._new_operations[pair.new].origin)

    def _operation(self, pair: Pair) -> Operation:
        if pair.new is not None:
            return self._new_operations[pair.new]
        if pair.old is not None:
            return self._old_operations[pair.old]
        raise AssertionError("a pair has one operation at least")


def _by_key(side: Side) -> Mapping[OperationKey, Operation]:
    return {operation.key: operation for operation in side.description.operations}


def _ways(key: OperationKey | None, side: Side) -> tuple[Way, ...]:
    return () if key is None else ways_of(side.policy.rules[key], side)


def _dead_holds(key: OperationKey, side: Side) -> frozenset[frozenset[Hold]]:
    alternatives: Sequence[Alternative] = side.policy.rules[key].alternatives
    return frozenset(holds_of(a, side) for a in alternatives if not is_live(a, side))


def _access_change(
    gained: Sequence[Way], lost: Sequence[Way], after: Sequence[Way]
) -> Change | None:
    if any(way.is_open for way in gained):
        return Change.OPENED
    if gained:
        return Change.MOVED if lost else Change.WIDENED
    if lost:
        return Change.NARROWED if after else Change.CLOSED
    return None


def _document_change(pair: Pair) -> Change | None:
    if pair.old is None:
        return Change.ADDED
    return Change.REMOVED if pair.new is None else None
