"""The least union: from each list of sets one, so that together they weigh as little as can be.

Exact: what every choice needs is taken first, choices that another one implies are dropped, and
parts that share nothing are searched apart. The problem is hard in general, so the search is
bounded; a result says whether it came to its end.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Generic, TypeVar

from gateway.policy.branching import Search
from gateway.policy.choices import Choice, bits, settle

T = TypeVar("T", bound=Hashable)

#: looks at one choice during the search, less than a second's worth
MOST_LOOKS = 150_000


@dataclass(frozen=True, slots=True)
class LeastUnions(Generic[T]):
    """Every least union: `fixed`, and from each part any one of its sets."""

    fixed: frozenset[T]
    #: parts that share no element; the sets of one part weigh the same
    parts: tuple[tuple[frozenset[T], ...], ...]
    #: the search came to its end: nothing weighs less
    is_proven: bool = True
    #: no part has more equals than are listed
    is_complete: bool = True


def least_unions(
    choices: Iterable[Sequence[AbstractSet[T]]],
    weights: Mapping[T, int],
    *,
    most_looks: int = MOST_LOOKS,
) -> LeastUnions[T]:
    """Choose a set from each choice; a choice without sets is a fault of the caller.

    `weights` has a positive weight for each element, in the order that answers follow.
    """
    elements = list(weights)
    bit = {element: 1 << place for place, element in enumerate(elements)}
    masks = dict.fromkeys(
        tuple(sorted({sum(bit[e] for e in chosen) for chosen in choice})) for choice in choices
    )
    forced, rest = settle(list(masks), 0)
    rest = _without_implied(rest)
    search = Search([weights[element] for element in elements], looks=most_looks)
    parts = [search.solve(part) for part in _parts(rest)]
    return LeastUnions(
        fixed=_elements(forced, elements),
        parts=tuple(tuple(_elements(mask, elements) for mask in part) for part in parts),
        is_proven=search.looks > 0,
        is_complete=search.is_complete,
    )


def _elements(mask: int, elements: Sequence[T]) -> frozenset[T]:
    return frozenset(elements[place] for place in bits(mask))


def _without_implied(choices: Sequence[Choice]) -> list[Choice]:
    """Drop what is met whenever another choice is: each set of that one holds one of its own."""
    distinct = list(dict.fromkeys(tuple(sorted(choice)) for choice in choices))
    naming: dict[int, list[Choice]] = {}
    for choice in distinct:
        for place in bits(reduce(or_, choice)):
            naming.setdefault(place, []).append(choice)
    return [choice for choice in distinct if not _is_implied(choice, naming)]


def _is_implied(choice: Choice, naming: Mapping[int, Sequence[Choice]]) -> bool:
    """Whether another choice implies it; no two imply each other, for both are antichains."""
    others = {other for place in bits(reduce(or_, choice)) for other in naming[place]}
    return any(other != choice and _implies(other, choice) for other in others)


def _implies(stronger: Choice, weaker: Choice) -> bool:
    for mask in stronger:
        for own in weaker:
            if own & mask == own:
                break
        else:
            return False
    return True


def _parts(choices: Sequence[Choice]) -> list[list[Choice]]:
    """The choices parted so that no two parts share an element."""
    parts: list[tuple[int, list[Choice]]] = []
    for choice in choices:
        touched, members = reduce(or_, choice), [choice]
        apart = []
        for other, others in parts:
            if other & touched:
                touched |= other
                members += others
            else:
                apart.append((other, others))
        parts = [*apart, (touched, members)]
    return [members for _, members in parts]
