"""What the name of a scope says: of which thing it speaks, and how much it allows there."""

import re
from dataclasses import dataclass
from enum import IntEnum

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


class Level(IntEnum):
    """How much a scope allows, as far as its name tells."""

    READ = 1
    WRITE = 2
    ALL = 3


_LEVELS = {
    **dict.fromkeys(("read", "readonly", "reader", "view", "viewer", "ro"), Level.READ),
    **dict.fromkeys(("write", "readwrite", "writer", "edit", "editor", "modify"), Level.WRITE),
    **dict.fromkeys(("update", "rw"), Level.WRITE),
    **dict.fromkeys(("admin", "administrator", "manage", "owner", "full"), Level.ALL),
}
#: say nothing of the thing
_FILLERS = frozenset({"all", "only", "access", "scope", "https", "http"})


@dataclass(frozen=True, slots=True)
class ScopeWords:
    """A scope's name taken apart."""

    #: None: the name says nothing of it
    level: Level | None
    #: the other words, in the order written
    thing: tuple[str, ...]


def words_of(scope: str) -> ScopeWords:
    """Take a name apart at punctuation and capitals: `songs:read`, `read:songs`, `Songs.Read`."""
    words = [word.lower() for word in _WORD.findall(scope)]
    levels = [_LEVELS[word] for word in words if word in _LEVELS]
    thing = tuple(w for w in words if w not in _LEVELS and w not in _FILLERS)
    return ScopeWords(max(levels, default=None), thing)


def reads_only(scope: str) -> bool:
    """Whether a scope's name promises that nothing is changed with it."""
    return words_of(scope).level is Level.READ


def implies(greater: str, lesser: str) -> bool:
    """Whether, by their names, one scope allows all that the other one allows.

    `write` and `read` of one thing, or a thing by its bare name and `read` of it.
    """
    one, other = words_of(greater), words_of(lesser)
    if one.thing != other.thing or other.level is None:
        return False
    if one.level is None:
        return bool(one.thing)
    return one.level > other.level
