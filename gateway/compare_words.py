"""How a comparison speaks: ways, what became of them, who gains and who loses."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from gateway.compare import Comparison
from gateway.policy.diff import AccessChange, AccessDiff, Change
from gateway.policy.rules import Need
from gateway.policy.ways import Way
from gateway.spec.model import SecuritySource
from gateway.spec.wording import counted

#: makes a text of a document fit for where it is shown
Quote = Callable[[str], str]
#: how many of a kind a line names before it only counts
_MOST = 3
_MOST_GROUPS = 6


def needs_schemes(access: AccessDiff) -> bool:
    """Whether scopes must be told with their scheme: more than one credential is in play."""
    ways = (way for change in access.changes for way in (*change.before, *change.after))
    return len({hold.credential for way in ways for hold in way.holds}) > 1


def way_text(way: Way, *, with_schemes: bool) -> str:
    """A way in one line: `nothing`, `read + write`, `key: admin`."""
    if way.is_open:
        return "nothing"
    return ", ".join(_need_text(need, with_schemes=with_schemes) for need in way.needs)


def gain_text(change: AccessChange, way: Way, *, with_schemes: bool) -> str:
    """What to say of a way that passes now and did not."""
    if change.change is Change.ADDED:
        return f"open to everyone: {_openness(way)}" if way.is_open else "opens it"
    if way.is_open:
        added = " added" if way.alternative is not None else ""
        return f"now passes: {_openness(way)}{added}{_other(change)}"
    told = _ways_told(_only_in(change.before, change.after), with_schemes=with_schemes)
    if told:
        return f"now passes (was: {told}{_other(change)})"
    told = _ways_told(change.before, with_schemes=with_schemes)
    return f"now passes (besides: {told})" if told else f"now passes (was: nobody{_other(change)})"


def loss_text(change: AccessChange, *, with_schemes: bool) -> str:
    """What to say of a way that passed and does not pass now."""
    if change.change is Change.REMOVED:
        return "opened it"
    if change.gained:
        return "no longer passes"
    told = _ways_told(_only_in(change.after, change.before), with_schemes=with_schemes)
    if told:
        return f"no longer passes (now: {told}{_other(change)})"
    told = _ways_told(change.after, with_schemes=with_schemes)
    return f"no longer passes (still: {told})" if told else "no longer passes (now: nobody)"


def closing(access: AccessDiff) -> str:
    """How many operations were compared, and what became of them."""
    counts = [f"{len(access.of(kind))} {_counted_kind(access, kind)}" for kind in Change]
    told = [text for text in counts if not text.startswith("0 ")]
    return f"{counted(access.compared, 'operation')} compared: " + ", ".join(
        (*told, f"{access.same} the same")
    )


def same(comparison: Comparison) -> str:
    """That nothing changed, with the policy's digest."""
    old, new = comparison.old.policy.digest[:7], comparison.new.policy.digest[:7]
    was = "" if old == new else f", was {old}"
    number = counted(comparison.access.compared, "operation")
    return f"{number} compared: access is the same (policy {new}{was})"


def gainers(access: AccessDiff, quote: Quote = str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Who may call more than before, and what: those that need the least first."""
    with_schemes = needs_schemes(access)
    groups: dict[str, list[str]] = {}
    pairs = [(way, change) for change in access.changes for way in change.gained]
    for way, change in sorted(pairs, key=lambda pair: len(pair[0].holds)):
        who = "everyone" if way.is_open else _callers(way, quote, with_schemes=with_schemes)
        groups.setdefault(who, []).append(change.operation)
    return ((who, tuple(operations)) for who, operations in groups.items())


def losers(access: AccessDiff, quote: Quote = str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Who may call less than before, and what."""
    with_schemes = needs_schemes(access)
    groups: dict[str, list[str]] = {}
    for change in access.changes:
        alone = " alone" if change.after else ""
        for way in change.lost:
            callers = _callers(way, quote, with_schemes=with_schemes) + alone
            who = "callers without credentials" if way.is_open else callers
            groups.setdefault(who, []).append(change.operation)
    return ((who, tuple(operations)) for who, operations in groups.items())


def gain_and_loss(access: AccessDiff, quote: Quote = str) -> str:
    """One line: who gains what, and who loses."""
    gains = [
        f"{who}{'' if who == 'everyone' else ':'} {_few(map(quote, operations))}"
        for who, operations in gainers(access, quote)
    ]
    lost = dict(losers(access, quote))
    is_one = len({operation for operations in lost.values() for operation in operations}) <= 1
    losses = [who if is_one else f"{who}: {_few(map(quote, ops))}" for who, ops in lost.items()]
    return f"Who gains: {_groups(gains)}. Who loses: {_groups(losses)}."


def notes(comparison: Comparison, quote: Quote = str) -> Iterator[str]:
    """What changed without a change of who may call what, and yet deserves a word."""
    old, new = comparison.old.description, comparison.new.description
    if comparison.has_moved:
        yield f"every path moved: {quote(old.base_path or '/')} -> {quote(new.base_path or '/')}"
    for scheme in comparison.renamed_schemes:
        yield f"scheme {quote(scheme.new)} was {quote(scheme.old)}"
    for pair in comparison.access.renamed:
        yield f"{quote(pair.new or '')} was {quote(pair.old or '')}, by its operationId"
    for now in comparison.uncovered:
        yield f"{quote(now.request)} is answered by {quote(now.operation)} now; it was 405"
    for gone in comparison.covered:
        yield f"{quote(gone.request)} is 405 now; {quote(gone.operation)} answered it"
    for dead in comparison.access.dead:
        place = quote(dead.origin.short)
        what = "only alternatives changed that nobody can be granted"
        yield f"{quote(dead.operation)}: {what} ({place})"


def _need_text(need: Need, *, with_schemes: bool) -> str:
    names = " + ".join((*need.scopes, *need.roles))
    if need.scopes and not with_schemes:
        return names
    return f"{need.scheme}: {names}" if names else str(need.scheme)


def _openness(way: Way) -> str:
    if way.alternative is not None:
        return "`{}`"
    return "no `security`" if way.source is SecuritySource.ABSENT else "`security: []`"


def _callers(way: Way, quote: Quote, *, with_schemes: bool) -> str:
    is_token = len(way.needs) == 1 and way.needs[0].scopes
    text = way_text(way, with_schemes=with_schemes)
    return f"{'tokens' if is_token else 'callers'} with {quote(text)}"


def _only_in(ways: Sequence[Way], other: Sequence[Way]) -> list[Way]:
    held = {way.holds for way in other}
    return [way for way in ways if way.holds not in held]


def _ways_told(ways: Sequence[Way], *, with_schemes: bool) -> str:
    told = [way_text(way, with_schemes=with_schemes) for way in ways]
    return " | ".join((*told[:_MOST], *(("...",) if len(told) > _MOST else ())))


def _other(change: AccessChange) -> str:
    return f", by {change.compared_with}" if change.compared_with is not None else ""


def _counted_kind(access: AccessDiff, kind: Change) -> str:
    opening = sum(change.opens for change in access.of(kind)) if kind is Change.ADDED else 0
    return f"{kind.value} ({opening} open to everyone)" if opening else kind.value


def _few(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _MOST} more" if len(listed) > _MOST else ""
    return ", ".join(listed[:_MOST]) + more


def _groups(told: Sequence[str]) -> str:
    more = [f"{len(told) - _MOST_GROUPS} more"] if len(told) > _MOST_GROUPS else []
    return "; ".join((*told[:_MOST_GROUPS], *more)) or "nobody"
