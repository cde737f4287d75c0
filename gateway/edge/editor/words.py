"""What a change of the document does, in sentences: `opens DELETE /songs to everyone with read`."""

from collections.abc import Iterator

from gateway.compare_words import way_text
from gateway.policy.diff import AccessChange, Change
from gateway.policy.ways import Way
from gateway.spec.model import SecuritySource


def change_words(change: AccessChange, *, with_schemes: bool) -> Iterator[str]:
    """The sentences on one operation, what it opens first."""
    for way in change.gained:
        yield f"opens {change.operation} to {_whom(way, with_schemes=with_schemes)}"
    for way in change.lost:
        alone = " alone" if change.after and not way.is_open else ""
        yield f"closes {change.operation} to {_whom(way, with_schemes=with_schemes)}{alone}"
    if not change.gained and not change.lost:
        yield _unchanged(change, with_schemes=with_schemes)


def _unchanged(change: AccessChange, *, with_schemes: bool) -> str:
    """An operation that comes or goes without a change of who may send such a request."""
    verb = "adds" if change.change is Change.ADDED else "removes"
    if change.compared_with is not None:
        return f"{verb} {change.operation}, decided as {change.compared_with}"
    ways = change.after or change.before
    if not ways:
        return f"{verb} {change.operation}, which nobody can call"
    return f"{verb} {change.operation}, for {_whom(ways[0], with_schemes=with_schemes)}"


def _whom(way: Way, *, with_schemes: bool) -> str:
    if not way.is_open:
        are_bare = all(not need.scopes and not need.roles for need in way.needs)
        held = "a credential of " if are_bare else ""
        return f"everyone with {held}{way_text(way, with_schemes=with_schemes)}"
    if way.alternative is not None:
        return "everyone, without credentials ({})"
    said = "no security" if way.source is SecuritySource.ABSENT else "security: []"
    return f"everyone, without credentials ({said})"
