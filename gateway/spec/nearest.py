"""Which existing name a person probably meant."""

import difflib
from collections.abc import Iterable

#: comparing takes time that grows with the square of it
MAX_LENGTH = 100


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Return the name most like `word`, None if none is like it; case counts little."""
    by_lower = {name.lower(): name for name in names if len(name) <= MAX_LENGTH}
    found = difflib.get_close_matches(word[:MAX_LENGTH].lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """Return the tail of a message that offers the nearest name, or an empty string."""
    name = nearest(word, names)
    return f", did you mean `{name}`?" if name is not None else ""
