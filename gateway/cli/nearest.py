"""The tail of a complaint about a misspelt name."""

from collections.abc import Iterable

from gateway.spec import nearest as spelling


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean ...?`, or nothing where no known name is near."""
    near = spelling.nearest(name, known)
    return f"; did you mean `{near}`?" if near else ""
