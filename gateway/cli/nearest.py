"""The nearest name to a misspelt one."""

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean ...?`, or nothing where no known name is near."""
    near = difflib.get_close_matches(name, list(known), 1, 0.5)
    return f"; did you mean `{near[0]}`?" if near else ""
