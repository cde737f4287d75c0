"""What a matrix shows, in one line."""

from collections.abc import Sequence

from gateway.policy.matrix import Matrix, Standing
from gateway.spec.wording import counted, plain

#: scopes that the line names before it goes on to count
_NAMED = 5


def closing_line(matrix: Matrix) -> str:
    """What was looked at, in one line."""
    total = len(matrix.rows) + matrix.left_out
    looked_at = counted(total, "operation")
    if matrix.left_out:
        looked_at = f"{len(matrix.rows)} of {looked_at}"
    standings = [
        f"{matrix.count(Standing.PUBLIC)} public",
        f"{matrix.count(Standing.OPTIONAL)} optional",
        *_more(matrix.count(Standing.UNDECLARED_DENIED), "without security, denied"),
        *_more(matrix.count(Standing.UNDECLARED_PUBLIC), "without security, public"),
        *_more(matrix.count(Standing.CLOSED), "that nobody can call"),
    ]
    scopes = [
        counted(len(matrix.scopes), "scope"),
        f"{len(matrix.undeclared)} undeclared{_names(matrix.undeclared)}",
    ]
    if matrix.unused:
        scopes.append(f"{len(matrix.unused)} unused{_names(matrix.unused)}")
    told = f"{looked_at}, {', '.join(standings)}; {', '.join(scopes)}"
    if matrix.unbound:
        told += f"; {counted(len(matrix.unbound), 'scheme')} not bound{_names(matrix.unbound)}"
    return plain(told)


def _more(count: int, what: str) -> list[str]:
    return [f"{count} {what}"] if count else []


def _names(names: Sequence[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f" ({', '.join(names[:_NAMED])}{more})"
