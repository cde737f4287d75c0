"""What the page says of each operation: whether it opens, and what is missing if not."""

from collections.abc import Collection, Mapping, Sequence

from gateway.edge.matrix.view import View
from gateway.policy.act_as import Verdict, verdict_of
from gateway.policy.matrix import Row, Standing
from gateway.policy.solve import Atom

_CLOSED = {
    Standing.UNDECLARED_DENIED: "closed: it declares no security",
    Standing.CLOSED: "closed: nobody can call it",
}


def verdicts(view: View, held: Collection[Atom]) -> Mapping[str, Verdict]:
    """Operation -> its verdict."""
    return {row.operation.key: verdict_of(view.ways(row), held) for row in view.matrix.rows}


def verdict_words(row: Row, verdict: Verdict, names: Mapping[Atom, str]) -> str:
    """A verdict in words. INVARIANT: the script of the page says the same."""
    if verdict.opens:
        return opening_words(row)
    if not verdict.missing:
        return closed_words(row)
    told = joined([names[atom] for atom in verdict.missing])
    return f"lacks {told}" + ("" if verdict.is_grantable else ", which no client can get")


def opening_words(row: Row) -> str:
    """What is said of an operation that opens."""
    if row.standing in (Standing.PUBLIC, Standing.UNDECLARED_PUBLIC, Standing.OPTIONAL):
        return "open to anyone"
    return "open"


def closed_words(row: Row) -> str:
    """What is said of an operation that nothing opens."""
    return _CLOSED.get(row.standing, "closed: nobody can call it")


def joined(words: Sequence[str]) -> str:
    """Words as a sentence has them: `a, b and c`."""
    *some, last = words
    return f"{', '.join(some)} and {last}" if some else last
