"""Which key signs, which comes next and which only verify: the states of a ring, without files.

A key is `next`, then `active`, then `retired`, and then gone. The next one is published before it
ever signs, so that whoever keeps the JWKS for a while has it when its first token comes. A retired
one verifies until the last token it signed has expired.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from token_service.errors import KeyringError, UnknownNameError

#: seconds that a retired key is kept beyond its last token, for clocks that differ
GRACE_SECONDS = 60


class KeyState(StrEnum):
    """What a key of the ring does."""

    #: is published, and signs after the next rotation
    NEXT = "next"
    #: signs
    ACTIVE = "active"
    #: verifies what it signed
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """What is known of one key without its file; times are Unix seconds."""

    kid: str
    alg: str
    state: KeyState
    since: int
    #: of a retired key: when the last token it signed has expired for certain
    until: int | None = None


@dataclass(frozen=True, slots=True)
class RingState:
    """The states of all keys of one folder; refuses with a ValueError what is no ring."""

    #: the active one, the next one, the retired ones
    keys: tuple[KeyRecord, ...]
    #: the longest life that a token of this ring was ever allowed; only grows
    token_seconds: int

    def __post_init__(self) -> None:
        """Refuse a ring that could not sign, or not rotate."""
        states = [key.state for key in self.keys]
        if states[:2] != [KeyState.ACTIVE, KeyState.NEXT]:
            raise ValueError("it needs an active key, then a next one")
        if any(state is not KeyState.RETIRED for state in states[2:]):
            raise ValueError("it has more than one active and one next key")
        if self.active.alg != self.next.alg:
            raise ValueError("its active and its next key differ in `alg`")
        if len(self.kids) != len(self.keys):
            raise ValueError("it names a key twice")
        if any((key.until is None) == (key.state is KeyState.RETIRED) for key in self.keys):
            raise ValueError("`until` belongs to the retired keys")

    @property
    def active(self) -> KeyRecord:
        """The key that signs."""
        return self.keys[0]

    @property
    def next(self) -> KeyRecord:
        """The key that signs after the next rotation."""
        return self.keys[1]

    @property
    def retired(self) -> tuple[KeyRecord, ...]:
        """The keys that only verify, the latest first."""
        return self.keys[2:]

    @property
    def kids(self) -> frozenset[str]:
        """The names of all keys."""
        return frozenset(key.kid for key in self.keys)

    def find(self, kid: str) -> KeyRecord:
        """The key of this name; raises UnknownNameError."""
        for key in self.keys:
            if key.kid == kid:
                return key
        raise UnknownNameError("key", kid)


def begin(
    active: str,
    upcoming: str,
    *,
    alg: str,
    earlier: Mapping[str, str],
    token_seconds: int,
    now: int,
) -> RingState:
    """The first state of a folder; `earlier` are the `alg` of other keys, which are retired."""
    until = now + token_seconds + GRACE_SECONDS
    retired = (KeyRecord(kid, earlier[kid], KeyState.RETIRED, now, until) for kid in earlier)
    return RingState(
        (
            KeyRecord(active, alg, KeyState.ACTIVE, now),
            KeyRecord(upcoming, alg, KeyState.NEXT, now),
            *retired,
        ),
        token_seconds,
    )


def rotate(state: RingState, upcoming: str, *, now: int) -> RingState:
    """The next key signs, the active one is retired, a new one comes next."""
    active = replace(state.next, state=KeyState.ACTIVE, since=now)
    fresh = KeyRecord(upcoming, active.alg, KeyState.NEXT, now)
    return replace(state, keys=(active, fresh, _retire_active(state, now=now), *state.retired))


def change_algorithm(
    state: RingState, active: str, upcoming: str, *, alg: str, now: int
) -> RingState:
    """Keys of another algorithm sign; the next key of the old one is gone, it signed nothing."""
    fresh = (
        KeyRecord(active, alg, KeyState.ACTIVE, now),
        KeyRecord(upcoming, alg, KeyState.NEXT, now),
    )
    return replace(state, keys=(*fresh, _retire_active(state, now=now), *state.retired))


def allow(state: RingState, token_seconds: int) -> RingState:
    """Tokens may live this long from now on."""
    return replace(state, token_seconds=max(state.token_seconds, token_seconds))


def drop(state: RingState, kid: str) -> RingState:
    """The ring without a retired key."""
    if state.find(kid).state is not KeyState.RETIRED:
        raise KeyringError(
            f"key `{kid}` signs, so it cannot be given up: run `scopegate key rotate` first"
        )
    return replace(state, keys=tuple(key for key in state.keys if key.kid != kid))


def replace_next(state: RingState, upcoming: str, *, now: int) -> RingState:
    """The ring with another next key; the one before signed nothing."""
    fresh = KeyRecord(upcoming, state.active.alg, KeyState.NEXT, now)
    return replace(state, keys=(state.active, fresh, *state.retired))


def drop_expired(state: RingState, *, now: int) -> RingState:
    """The ring without the retired keys whose tokens have all expired."""
    kept = tuple(key for key in state.keys if key.until is None or key.until > now)
    return replace(state, keys=kept)


def _retire_active(state: RingState, *, now: int) -> KeyRecord:
    until = now + state.token_seconds + GRACE_SECONDS
    return replace(state.active, state=KeyState.RETIRED, since=now, until=until)
