"""How many requests are made, and from which seed: few in `make test`, many in `make fuzz`."""

import math
import os
import zlib

#: different requests for an operation where few will do; each is sent with several credentials
_FEW_DRAWN = 12

#: what FUZZ_REQUESTS asks for over all tests; None: nobody has asked, so few will do
ASKED = int(os.environ.get("FUZZ_REQUESTS") or 0) or None
#: the same seed draws the same requests
SEED = int(os.environ.get("FUZZ_SEED") or 0)


def requests_of(share: float, *, units: int, least: int) -> int:
    """How many requests one of a number of like tests makes, that together have a share of all."""
    return max(least, math.ceil((ASKED or 0) * share / units))


def drawn_of(count: int) -> int:
    """How many of so many requests are drawn; the others repeat them with other credentials."""
    return count if ASKED else min(count, _FEW_DRAWN)


def seed_of(unit: str) -> int:
    """The seed of one test: every test draws something else, and every run the same."""
    return zlib.crc32(f"{SEED} {unit}".encode())
