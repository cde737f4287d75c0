"""How much a document may cost to read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that hold before anything recursive touches a document."""

    #: of all files of a description together
    max_bytes: int = 32 * 1024 * 1024
    #: how deep mappings and sequences may nest
    max_depth: int = 64
    #: nodes that aliases, and path items used more than once, add by being repeated
    max_alias_nodes: int = 100_000


DEFAULT_LIMITS = Limits()

#: faults after which a check stops looking for more
MAX_FAULTS = 100
