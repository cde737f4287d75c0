"""Branch and bound for the least union, over bit masks.

A part is branched on the element that excludes most others. What a branch weighs at least is told
twice: by what choices must pay for (each charged what no other was charged before), and by what
can be left out (of elements of which each two exclude each other, all but one must be taken).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.policy.choices import Choice, bits, exclusions_of, leave_out, settle, take

#: equally light answers that are kept for one part
MOST_EQUALS = 64


@dataclass(slots=True)
class Search:
    """The search through one part after the other, with one allowance of looks for all."""

    weights: Sequence[int]
    #: how many looks are left; none: the search was cut short
    looks: int
    #: no part has more equals than are kept
    is_complete: bool = True
    _best: int = field(default=0)
    _equals: list[int] = field(default_factory=list)
    #: there may be equals of the best that were not looked for
    _overflows: bool = False
    #: set -> its elements, for those asked about
    _elements: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def solve(self, choices: list[Choice]) -> tuple[int, ...]:
        """The least unions of one part; some union if the allowance is spent."""
        found = self._greedy(choices)
        self._best, self._equals, self._overflows = self._weight(found), [], False
        self._descend(choices, 0, 0)
        self.is_complete = self.is_complete and not self._overflows
        return tuple(sorted(self._equals, key=lambda mask: tuple(bits(mask)))) or (found,)

    def _weight(self, mask: int) -> int:
        return sum([self.weights[place] for place in bits(mask)])

    def _greedy(self, choices: list[Choice]) -> int:
        """Some union that is not bad: the bound to start from."""
        taken, rest = 0, choices
        while rest:
            lightest = min((m for c in rest for m in c), key=self._weight)
            taken, rest = settle(rest, taken | lightest)
        for place in sorted(bits(taken), key=lambda place: -self.weights[place]):
            without = taken & ~(1 << place)
            if all(any(mask & without == mask for mask in choice) for choice in choices):
                taken = without
        return taken

    def _descend(self, choices: list[Choice], taken: int, weight: int) -> None:
        """Look at every union of the choices that holds `taken`, as far as it can be light."""
        self.looks -= len(choices) + 1
        if self.looks <= 0:
            return
        if not choices:
            self._keep(taken, weight)
            return
        exclusions = exclusions_of(choices)
        if self._is_hopeless(choices, exclusions, weight):
            return
        element = 1 << self._most_excluding(choices, exclusions)
        for more, rest in (leave_out(choices, element), take(choices, element)):
            self._descend(rest, taken | more, weight + self._weight(more))

    def _is_hopeless(
        self, choices: Sequence[Choice], exclusions: dict[int, int], weight: int
    ) -> bool:
        """Whether nothing below can be as light as the best, or only more of its equals."""
        is_full = len(self._equals) >= MOST_EQUALS
        room = self._best - weight - is_full
        if self._unavoidable(choices, exclusions) > room or self._charged(choices) > room:
            self._overflows = self._overflows or is_full
            return True
        return False

    def _keep(self, taken: int, weight: int) -> None:
        if weight < self._best:
            self._best, self._equals, self._overflows = weight, [], False
        if weight == self._best:
            self._equals.append(taken)

    def _unavoidable(self, choices: Sequence[Choice], exclusions: dict[int, int]) -> int:
        """All elements, but for one of each group of which each two exclude each other."""
        left = 0
        for choice in choices:
            for mask in choice:
                left |= mask
        total = 0
        while left:
            own = left & -left
            group, rest = own, exclusions.get(own, 0) & left
            while rest:
                other = rest & -rest
                group |= other
                rest &= exclusions.get(other, 0)
            left &= ~group
            weights = [self.weights[place] for place in bits(group)]
            total += sum(weights) - max(weights)
        return total

    def _charged(self, choices: Sequence[Choice]) -> int:
        """What the choices must pay: each is charged what no other was charged before."""
        left = list(self.weights)
        total = 0
        for choice in choices:
            sets = [self._elements_of(mask) for mask in choice]
            if charge := min([sum([left[place] for place in own]) for own in sets]):
                total += charge
                _charge(left, sets, charge)
        return total

    def _most_excluding(self, choices: Sequence[Choice], exclusions: dict[int, int]) -> int:
        """The element that excludes most others; among such, the one that most sets hold."""
        most = max((others.bit_count() for others in exclusions.values()), default=0)
        named = [0] * len(self.weights)
        for choice in choices:
            for mask in choice:
                for place in self._elements_of(mask):
                    named[place] += 1
        if not most:
            return named.index(max(named))
        able = [
            e.bit_length() - 1 for e, others in exclusions.items() if others.bit_count() == most
        ]
        return max(able, key=lambda place: named[place])

    def _elements_of(self, mask: int) -> tuple[int, ...]:
        found = self._elements.get(mask)
        if found is None:
            found = self._elements[mask] = tuple(bits(mask))
        return found


def _charge(left: list[int], sets: Sequence[Sequence[int]], charge: int) -> None:
    """Take the charge from the elements of each set; what one set has paid counts for others."""
    paid: dict[int, int] = {}
    for own in sets:
        due = charge - sum([paid.get(place, 0) for place in own])
        for place in own:
            share = min(due, left[place])
            left[place] -= share
            paid[place] = paid.get(place, 0) + share
            due -= share
