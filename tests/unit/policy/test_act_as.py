"""What opens for whom, by comparing sets: the same as `decide` says of the credentials."""

from collections.abc import Collection, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Credentials, Proof
from gateway.policy.act_as import Openings, Verdict, openings_of, verdict_of
from gateway.policy.decide import decide
from gateway.policy.matrix import build_matrix
from gateway.policy.rules import Policy, Undeclared
from gateway.policy.solve import Atom, AtomKind
from gateway.spec.model import OperationKey, SchemeName
from tests.unit.policy.build import SCHEMES, Security, description, policy, proven
from tests.unit.policy.strategies import WORDS, methods, security_lists

KEY = OperationKey("GET /x")

atoms = st.builds(
    Atom,
    st.sampled_from([scheme.name for scheme in SCHEMES]),
    st.sampled_from(AtomKind),
    st.sampled_from(WORDS),
)


def credentials_of(openings: Openings, atoms: Collection[Atom]) -> Credentials:
    """One person with what these atoms say, as requests would prove it."""
    held = openings.held(atoms)
    proofs: dict[SchemeName, Proof] = {}
    for scheme in SCHEMES:
        speaker = openings.told(Atom(scheme.name)).scheme
        own = [atom for atom in held if atom.scheme == speaker]
        if own:
            proofs[scheme.name] = proven(
                *(atom.name for atom in own if atom.kind is AtomKind.SCOPE),
                roles=[atom.name for atom in own if atom.kind is AtomKind.ROLE],
                csrf_proven=True,
            )
    return Credentials(proofs)


def judged(security: Security, *held: Atom) -> Verdict:
    openings = openings_of(policy({KEY: security}))
    return verdict_of(openings.ways[KEY], openings.held(held))


def scope(name: str, scheme: str = "oauth") -> Atom:
    return Atom(SchemeName(scheme), AtomKind.SCOPE, name)


@given(security_lists, methods, st.lists(atoms, max_size=6), st.sampled_from(Undeclared))
def test_a_verdict_is_what_decide_says(
    security: Security, method: str, held: list[Atom], undeclared: Undeclared
) -> None:
    key = OperationKey(f"{method} /x")
    compiled: Policy = policy({key: security}, undeclared=undeclared)
    openings = openings_of(compiled)

    verdict = verdict_of(openings.ways[key], openings.held(held))

    decision = decide(compiled, key, credentials_of(openings, held))
    assert verdict.opens is decision.permits


@given(security_lists, st.lists(atoms, max_size=6))
def test_what_is_missing_opens_the_operation_once_it_is_held(
    security: Security, held: list[Atom]
) -> None:
    openings = openings_of(policy({KEY: security}))
    verdict = verdict_of(openings.ways[KEY], openings.held(held))

    then = verdict_of(openings.ways[KEY], openings.held([*held, *verdict.missing]))

    assert then.opens is bool(verdict.opens or verdict.missing)


@given(security_lists)
def test_all_that_ways_ask_for_is_a_column_of_the_matrix(security: Security) -> None:
    told = description({KEY: security})
    compiled = policy({KEY: security})
    openings = openings_of(compiled)

    columns = {openings.told(c.atom) for c in build_matrix(told, compiled, told.operations).columns}

    assert {atom for way in openings.ways[KEY] for atom in way.atoms} <= columns


MISSING: Mapping[str, tuple[Security, tuple[Atom, ...], Verdict]] = {
    "nothing held, the fewest": (
        [{"oauth": ["a", "b"]}, {"oauth": ["c"]}],
        (),
        Verdict(opens=False, missing=(scope("c"),)),
    ),
    "the nearest alternative": (
        [{"oauth": ["c"]}, {"oauth": ["a", "b"]}],
        (scope("a"),),
        Verdict(opens=False, missing=(scope("c"),)),
    ),
    "rather two that can be granted": (
        [{"oauth": ["undeclared"]}, {"oauth": ["a", "b"]}],
        (),
        Verdict(opens=False, missing=(scope("a"), scope("b"))),
    ),
    "nothing that can be granted": (
        [{"oauth": ["undeclared"]}],
        (),
        Verdict(opens=False, missing=(scope("undeclared"),), is_grantable=False),
    ),
    "a credential": ([{"key": []}], (), Verdict(opens=False, missing=(Atom(SchemeName("key")),))),
    "nobody": ([{"digest": []}], (), Verdict(opens=False)),
    "undeclared": (None, (), Verdict(opens=False)),
    "public": ([], (), Verdict(opens=True)),
    "optional": ([{"oauth": ["a"]}, {}], (), Verdict(opens=True)),
    "one token for two schemes": ([{"other": ["a"]}], (scope("a"),), Verdict(opens=True)),
}


@pytest.mark.parametrize(("security", "held", "verdict"), MISSING.values(), ids=MISSING.keys())
def test_the_least_that_is_missing(
    security: Security, held: tuple[Atom, ...], verdict: Verdict
) -> None:
    assert judged(security, *held) == verdict
