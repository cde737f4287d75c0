"""The integers that are taken: those that 64 bits hold, with a sign or without."""

_LEAST, _MOST = -(2**63), 2**64 - 1
#: characters of the longest of them; no leading zeros come here
_MAX_CHARACTERS = 20
#: any shorter text is one of them
SHORTEST_DOUBTFUL = 19


def held_integer(text: str) -> int | None:
    """An integer as JSON writes it; None: what stores, answers and other languages cannot hold."""
    if len(text) > _MAX_CHARACTERS:
        return None
    value = int(text)
    return value if _LEAST <= value <= _MOST else None
