"""The least union: checked against trying everything, and quick where documents are."""

import itertools
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.branching import MOST_EQUALS
from gateway.policy.unions import LeastUnions, least_unions

LETTERS = "abcdef"
letter_sets = st.frozensets(st.sampled_from(LETTERS), max_size=3)
problems = st.lists(st.lists(letter_sets, min_size=1, max_size=3), max_size=6)
weights = st.fixed_dictionaries({letter: st.sampled_from([1, 1, 3]) for letter in LETTERS})


def _unions(found: LeastUnions[str]) -> set[frozenset[str]]:
    return {found.fixed.union(*chosen) for chosen in itertools.product(*found.parts)}


def _by_trying_everything(
    choices: Sequence[Sequence[frozenset[str]]], weights: dict[str, int]
) -> set[frozenset[str]]:
    subsets = (
        frozenset(chosen)
        for size in range(len(LETTERS) + 1)
        for chosen in itertools.combinations(LETTERS, size)
    )
    opening = [s for s in subsets if all(any(own <= s for own in c) for c in choices)]
    weight = {s: sum(weights[letter] for letter in s) for s in opening}
    return {s for s in opening if weight[s] == min(weight.values())}


@given(choices=problems, weights=weights)
def test_every_least_union_is_found_and_nothing_else(
    choices: list[list[frozenset[str]]], weights: dict[str, int]
) -> None:
    found = least_unions(choices, weights)

    assert found.is_proven
    assert found.is_complete
    assert _unions(found) == _by_trying_everything(choices, weights)


def test_parts_that_share_nothing_are_solved_apart() -> None:
    choices = [[{f"{n}a"}, {f"{n}b"}] for n in range(40)]

    found = least_unions(choices, {f"{n}{letter}": 1 for n in range(40) for letter in "ab"})

    assert [len(part) for part in found.parts] == [2] * 40


def test_a_thousand_choices_over_fifty_elements_are_solved_within_the_bound() -> None:
    chance = random.Random(7)
    elements = [f"e{number}" for number in range(50)]
    choices = [
        [{*chance.sample(elements, chance.randint(1, 2))} for _ in range(chance.randint(2, 3))]
        for _ in range(1000)
    ]

    found = least_unions(choices, dict.fromkeys(elements, 1))

    assert found.is_proven
    assert all(any(own <= union for own in c) for union in _unions(found) for c in choices)


@pytest.mark.parametrize(("looks", "is_proven"), [(2, False), (1000, True)])
def test_a_search_that_is_cut_short_says_so_and_still_opens_all(
    looks: int, is_proven: bool
) -> None:
    choices = [[{a}, {b}] for a, b in itertools.combinations("abcdefgh", 2)]

    found = least_unions(choices, dict.fromkeys("abcdefgh", 1), most_looks=looks)

    assert found.is_proven is is_proven
    assert all(any(own <= union for own in c) for union in _unions(found) for c in choices)


def test_more_equals_than_are_kept_are_told() -> None:
    # one of each pair, and each choice names two neighbouring pairs: any selection is as good
    pairs = [(f"{place}a", f"{place}b") for place in range(9)]
    choices = [
        [{own, following} for own, following in itertools.product(*neighbours)]
        for neighbours in itertools.pairwise(pairs)
    ]

    found = least_unions(choices, {element: 1 for pair in pairs for element in pair})

    assert (len(found.parts[0]), found.is_complete) == (MOST_EQUALS, False)
