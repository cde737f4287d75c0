"""Choices between sets, as bit masks: what is left of them once elements are taken or left out."""

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import and_

#: the sets of one choice
Choice = tuple[int, ...]


def bits(mask: int) -> Iterator[int]:
    """The places of the bits that are set, the lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def settle(choices: Sequence[Choice], taken: int) -> tuple[int, list[Choice]]:
    """Take some elements, and what all sets of a choice need; what is left open."""
    left = [_lightest(choice) for choice in choices if 0 not in choice]
    forced = 0
    for choice in left:
        forced |= reduce(and_, choice)
    return take(left, taken | forced)


def take(choices: list[Choice], taken: int) -> tuple[int, list[Choice]]:
    """Take some elements; what is left open.

    INVARIANT: no choice has an element in all of its sets, before as after: taking elements makes
    sets lighter, and a set that is dropped holds one that is kept.
    """
    left: list[Choice] = []
    for choice in choices:
        for mask in choice:
            if mask & taken:
                break
        else:
            left.append(choice)
            continue
        sets = [mask & ~taken for mask in choice]
        if 0 not in sets:
            left.append(_lightest(sets))
    return taken, left


def _lightest(sets: Sequence[int]) -> Choice:
    """Those of the sets that hold no other one, each once."""
    kept: list[int] = []
    for mask in sorted(sets, key=int.bit_count):
        for own in kept:
            if own & mask == own:
                break
        else:
            kept.append(mask)
    return tuple(kept)


def exclusions_of(choices: Sequence[Choice]) -> dict[int, int]:
    """Element -> those that cannot be left out together with it, as far as two sets tell."""
    found: dict[int, int] = {}
    for choice in choices:
        if len(choice) == 2:
            one, other = choice
            for mask, against in ((one, other), (other, one)):
                rest = mask
                while rest:
                    low = rest & -rest
                    found[low] = found.get(low, 0) | against
                    rest ^= low
    return found


def leave_out(choices: list[Choice], element: int) -> tuple[int, list[Choice]]:
    """Leave an element out; what choices force then, and what is left open.

    So far none forced anything: so no choice has the element in all of its sets.
    """
    left: list[Choice] = []
    forced = 0
    for choice in choices:
        rest = tuple([mask for mask in choice if not mask & element])
        if len(rest) < len(choice):
            forced |= reduce(and_, rest)
        left.append(rest)
    return take(left, forced)
