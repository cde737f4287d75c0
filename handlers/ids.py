"""Which integers can be the id of anything: those a 64-bit column holds."""

from typing import Final

LARGEST_ID: Final = 2**63 - 1


def can_be_id(value: int) -> bool:
    """Whether a store may be asked about `value` at all; other integers are nobody's id."""
    return 0 < value <= LARGEST_ID
