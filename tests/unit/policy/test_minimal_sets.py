"""What opens one operation at the least: an antichain of ways."""

import pytest
from hypothesis import given

from gateway.model import Credentials, Principal, PrincipalKind, Proof, Proven
from gateway.policy.compile import compile_policy
from gateway.policy.decide import decide
from gateway.policy.rules import Undeclared
from gateway.policy.solve import Atom, AtomKind, Way, minimal_sets
from gateway.spec.model import OperationKey, SchemeName, Scope
from tests.unit.policy.build import BINDINGS, Security, description, policy, rule
from tests.unit.policy.strategies import methods, security_lists

SOMEBODY = Principal("anywhere", "somebody", PrincipalKind.USER)


def way(*atoms: str) -> Way:
    """`oauth` is a credential, `oauth:read` a scope with it, `key=admin` a role with it."""
    found: set[Atom] = set()
    for atom in atoms:
        for mark, kind in ((":", AtomKind.SCOPE), ("=", AtomKind.ROLE)):
            scheme, _, name = atom.partition(mark)
            if name:
                found |= {Atom(SchemeName(scheme)), Atom(SchemeName(scheme), kind, name)}
        if ":" not in atom and "=" not in atom:
            found.add(Atom(SchemeName(atom)))
    return frozenset(found)


@pytest.mark.parametrize(
    ("security", "ways"),
    [
        ([], [way()]),
        (None, []),
        ([{}], [way()]),
        ([{"oauth": ["a"]}, {}], [way()]),
        ([{"oauth": ["a"]}, {"oauth": ["a", "b"]}], [way("oauth:a")]),
        ([{"oauth": ["a", "b"]}, {"oauth": ["a"]}], [way("oauth:a")]),
        ([{"oauth": ["a"]}, {"oauth": ["b"]}], [way("oauth:a"), way("oauth:b")]),
        ([{"oauth": ["a"]}, {"oauth": []}], [way("oauth")]),
        ([{"oauth": ["a"]}, {"other": ["a"]}], [way("oauth:a"), way("other:a")]),
        ([{"key": ["admin"]}, {"key": []}], [way("key")]),
        ([{"bearer": ["a"]}, {"oauth": ["a"]}], [way("bearer=a"), way("oauth:a")]),
        ([{"digest": []}, {"oauth": ["two words"]}], []),
        ([{"oauth": ["undeclared"]}], [way("oauth:undeclared")]),
        ([{"oauth": [], "basic": []}], []),
    ],
    ids=[
        "public",
        "undeclared",
        "empty object",
        "empty object beside a scope",
        "shadowed",
        "shadowed by a later one",
        "two ways",
        "any token",
        "two schemes",
        "a role less",
        "a role is no scope",
        "nothing that can be met",
        "not grantable, but it would open",
        "two values of one header",
    ],
)
def test_the_ways_into_an_operation_hold_no_other_way(security: Security, ways: list[Way]) -> None:
    assert list(minimal_sets(rule(security))) == ways


def test_a_way_that_no_client_can_be_granted_is_left_out_on_demand() -> None:
    told = rule([{"oauth": ["undeclared"]}, {"oauth": ["a", "b"]}])

    assert minimal_sets(told, grantable_only=True) == (way("oauth:a", "oauth:b"),)


def test_schemes_that_one_credential_proves_are_told_as_one() -> None:
    told = rule([{"oauth": ["a"], "other": ["b"]}])
    speaks_as = {SchemeName("other"): SchemeName("oauth")}

    assert minimal_sets(told, speaks_as=speaks_as) == (way("oauth:a", "oauth:b"),)


def test_undeclared_security_read_as_public_opens_to_everyone() -> None:
    compiled = policy({"GET /songs": None}, undeclared=Undeclared.PUBLIC)

    assert minimal_sets(compiled.rules[OperationKey("GET /songs")]) == (frozenset(),)


@given(security=security_lists, method=methods)
def test_each_way_opens_and_one_atom_less_does_not(security: Security, method: str) -> None:
    key = OperationKey(f"{method} /x")
    compiled = compile_policy(description({key: security}), BINDINGS)

    for found in minimal_sets(compiled.rules[key]):
        assert decide(compiled, key, _holding(found)).permits
        for atom in found:
            assert not decide(compiled, key, _holding(found - {atom})).permits


def _holding(found: Way) -> Credentials:
    """Credentials that hold exactly the atoms; without its credential a name is nothing."""
    proofs: dict[SchemeName, Proof] = {
        atom.scheme: Proven(
            SOMEBODY,
            scopes=_names(found, atom.scheme, AtomKind.SCOPE),
            roles=frozenset(_names(found, atom.scheme, AtomKind.ROLE)),
            csrf_proven=True,
        )
        for atom in found
        if atom.kind is AtomKind.CREDENTIAL
    }
    return Credentials(proofs)


def _names(found: Way, scheme: SchemeName, kind: AtomKind) -> frozenset[Scope]:
    return frozenset(Scope(a.name) for a in found if (a.scheme, a.kind) == (scheme, kind))
