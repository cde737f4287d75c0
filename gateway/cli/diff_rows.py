"""A comparison as rows: one a way that passes now and did not, or did and does no more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.compare_words import gain_text, loss_text, needs_schemes, way_text
from gateway.policy.diff import AccessChange, AccessDiff, Change
from gateway.policy.ways import Way

#: how many ways of an operation are shown, of each kind
_MOST_WAYS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a comparison."""

    change: Change
    operation: str
    #: what is held: `read + write`
    way: str
    text: str
    place: str
    #: it goes on about the operation of the row before
    goes_on: bool = False


def rows_of(access: AccessDiff) -> Iterator[Row]:
    """All rows, those of one operation together."""
    with_schemes = needs_schemes(access)
    for change in access.changes:
        cells = [*_cells(change, with_schemes=with_schemes)]
        for place, (way, text, origin) in enumerate(cells):
            yield Row(change.change, change.operation, way, text, origin, goes_on=place > 0)


def _cells(change: AccessChange, *, with_schemes: bool) -> Iterator[tuple[str, str, str]]:
    gained, lost = change.gained, change.lost
    for way in gained[:_MOST_WAYS]:
        text = gain_text(change, way, with_schemes=with_schemes)
        yield way_text(way, with_schemes=with_schemes), text, way.origin.short
    yield from _more(gained, "now pass")
    for way in lost[:_MOST_WAYS]:
        text = loss_text(change, with_schemes=with_schemes)
        yield way_text(way, with_schemes=with_schemes), text, way.origin.short
    yield from _more(lost, "no longer pass")
    if not gained and not lost:
        yield _unchanged(change, with_schemes=with_schemes)


def _unchanged(change: AccessChange, *, with_schemes: bool) -> tuple[str, str, str]:
    """An operation that was added or removed without a change of who may send such a request."""
    is_added = change.change is Change.ADDED
    ways = change.after or change.before
    told = way_text(ways[0], with_schemes=with_schemes) if ways else "nobody"
    if change.compared_with is None:
        return told, "can call it" if is_added else "could call it", change.origin.short
    verb = "did" if is_added else "does"
    return told, f"as {change.compared_with} {verb}", change.origin.short


def _more(ways: Sequence[Way], what: str) -> Iterator[tuple[str, str, str]]:
    if len(ways) > _MOST_WAYS:
        yield "...", f"{len(ways) - _MOST_WAYS} more {what}", ""
