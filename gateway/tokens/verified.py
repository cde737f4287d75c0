"""Tokens that were looked at before: what each proves, kept while nothing speaks against it.

Bounded in every direction: so many tokens, fewer refused ones, and so many things that doors made
of them. The oldest makes room for the newest. The key is the whole value of the header that
presents a token (`bearer_value`), octet by octet: two spellings of one token are two entries.
"""

from itertools import islice
from typing import Any

from gateway.model import Credentials
from gateway.tokens.assurance import Assurance

#: tokens that prove something; about 3 KB each
MOST_PROVEN = 4096
#: tokens that are refused: an attacker can make them at will
MOST_REFUSED = 256
#: what doors made, for all tokens together; about 2 KB each
MOST_MADE = 8192
#: the part of those kept that makes room together
_LEAVE_AT_ONCE = 32


class Held:
    """What a request proves that presents one token and nothing else; its text is not in here."""

    __slots__ = ("assurance", "credentials", "is_known", "made")

    def __init__(self, credentials: Credentials, assurance: Assurance) -> None:
        self.credentials = credentials
        self.assurance = assurance
        #: asked for since it was kept; what is made of a token that never returns is not kept
        self.is_known = False
        #: what a door made of them, by what it made it for
        self.made: dict[object, Any] = {}


class VerifiedTokens:
    """The tokens of schemes that belong together; for one ruleset, and gone with it."""

    def __init__(
        self,
        *,
        most: int = MOST_PROVEN,
        most_refused: int = MOST_REFUSED,
        most_made: int = MOST_MADE,
    ) -> None:
        self._most = most
        self._most_refused = most_refused
        self._most_made = most_made
        self._proven: dict[bytes, Held] = {}
        self._refused: dict[bytes, Held] = {}
        self._made = 0
        #: tokens that needed no other look, and those that did
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        """How many tokens are kept."""
        return len(self._proven) + len(self._refused)

    def find(self, value: bytes, now: float) -> Held | None:
        """What the token proves, if that still stands; None: verify it."""
        held = self._proven.get(value) or self._refused.get(value)
        if held is None:
            self.misses += 1
            return None
        if held.assurance.holds(now):
            self.hits += 1
            held.is_known = True
            return held
        self._forget(value)
        self.misses += 1
        return None

    def keep(self, value: bytes, held: Held) -> None:
        """Keep what a token proves; what it proved before is forgotten."""
        self._forget(value)
        is_refused = held.assurance.token is None
        kept = self._refused if is_refused else self._proven
        most = self._most_refused if is_refused else self._most
        if len(kept) >= most:
            # several at once: to find the oldest takes the longer, the more of them went before
            for oldest in [*islice(kept, max(1, most // _LEAVE_AT_ONCE))]:
                self._made -= len(kept.pop(oldest).made)
        if most:
            kept[value] = held

    def _forget(self, value: bytes) -> None:
        for kept in (self._proven, self._refused):
            held = kept.pop(value, None)
            if held is not None:
                self._made -= len(held.made)

    def keep_made(self, held: Held, key: object, made: Any) -> None:
        """Keep what a door made of a token's proof; beyond the bound all of that begins anew."""
        if self._made >= self._most_made:
            for one in (*self._proven.values(), *self._refused.values()):
                one.made.clear()
            self._made = 0
        if key not in held.made:
            self._made += 1
        held.made[key] = made
