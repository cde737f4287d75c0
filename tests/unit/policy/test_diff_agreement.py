"""The verdict of a comparison is what trying every credential under both documents finds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model import Credentials, Proven
from gateway.policy.compile import compile_policy, grantable_by_scheme
from gateway.policy.decide import decide
from gateway.policy.diff import Change
from gateway.policy.rules import Policy
from gateway.spec.model import ApiDescription, KeyPlace, OperationKey, SchemeKind, SchemeName, Scope
from tests.unit.policy.build import ALICE, BINDINGS, KEY, Security, api_key, description, oauth2
from tests.unit.policy.build import scheme as scheme_of
from tests.unit.policy.comparing import compare_descriptions

OPERATION = OperationKey("POST /x")
#: what a credential of each scheme may carry
CARRIED: Mapping[str, Sequence[str]] = {
    "oauth": ("read", "write"),
    "oidc": ("read",),
    "key": ("admin",),
}
#: those that tell more stand more often
SCHEMES = ("oauth", "oauth", "oauth", "key", "oidc", "digest")

#: a name that is no scope can stand where scopes do
WORDS = {
    name: [*words, *(["two words"] if name != "key" else [])] for name, words in CARRIED.items()
}
requirements = st.lists(st.sampled_from(SCHEMES), min_size=1, max_size=2).flatmap(
    lambda names: st.fixed_dictionaries(
        {
            name: st.lists(st.sampled_from(WORDS.get(name, ["a"])), max_size=2)
            for name in dict.fromkeys(names)
        }
    )
)
securities: st.SearchStrategy[Security] = st.lists(st.just({}) | requirements, max_size=3)
grantable = st.sets(st.sampled_from(CARRIED["oauth"]), min_size=1)


@dataclass(frozen=True)
class Document:
    """One side, as something that answers."""

    description: ApiDescription
    policy: Policy

    def passes(self, held: Mapping[str, frozenset[str]]) -> bool:
        """Whether whoever is granted what he can be of `held` may call the operation."""
        declared = grantable_by_scheme(self.description, self.policy.bindings)
        proofs = {
            SchemeName(name): Proven(
                KEY if name == "key" else ALICE,
                scopes=frozenset(map(Scope, names)) & declared[SchemeName(name)],
                roles=names if name == "key" else frozenset(),
            )
            for name, names in held.items()
        }
        return decide(self.policy, OPERATION, Credentials(proofs)).permits


def document(security: Security, scopes: set[str]) -> Document:
    schemes = (
        oauth2("oauth", scopes=sorted(scopes)),
        scheme_of("oidc", SchemeKind.OPENID_CONNECT),
        scheme_of("digest", SchemeKind.UNSUPPORTED),
        api_key("key", KeyPlace.HEADER),
    )
    made = description({OPERATION: security}, schemes=schemes)
    bound = {name: BINDINGS[name] for name in made.schemes if name in BINDINGS}
    return Document(made, compile_policy(made, bound))


def everything_held() -> Iterator[Mapping[str, frozenset[str]]]:
    """Every credential of every scheme that there can be, together with every other."""
    choices = [
        [None, *map(frozenset, chain.from_iterable(combinations(w, n) for n in range(len(w) + 1)))]
        for w in CARRIED.values()
    ]
    for chosen in product(*choices):
        held = dict(zip(CARRIED, chosen, strict=True))
        yield {name: names for name, names in held.items() if names is not None}


def size(held: Mapping[str, frozenset[str]]) -> int:
    return sum(1 + len(names) for names in held.values())


@settings(deadline=None, max_examples=200)
@given(securities, grantable, securities, grantable)
def test_the_verdict_is_what_trying_everything_finds(
    old_security: Security, old_scopes: set[str], new_security: Security, new_scopes: set[str]
) -> None:
    old, new = document(old_security, old_scopes), document(new_security, new_scopes)
    tried = [(held, old.passes(held), new.passes(held)) for held in everything_held()]
    gained = [held for held, before, after in tried if after and not before]
    lost = [held for held, before, after in tried if before and not after]

    access = compare_descriptions(old.description, new.description)

    if not gained and not lost:
        assert access.changes == ()
        return
    (change,) = access.changes
    assert bool(change.gained) == bool(gained)
    assert bool(change.lost) == bool(lost)
    assert change.change is _expected(gained, lost, any(after for *_, after in tried))
    if gained:
        assert change.witness is not None
        assert len(change.witness.holds) == min(map(size, gained))


def _expected(
    gained: Sequence[Mapping[str, frozenset[str]]],
    lost: Sequence[Mapping[str, frozenset[str]]],
    is_passable: bool,
) -> Change:
    if {} in gained:
        return Change.OPENED
    if gained:
        return Change.MOVED if lost else Change.WIDENED
    return Change.NARROWED if is_passable else Change.CLOSED


@settings(deadline=None, max_examples=100)
@given(securities, grantable, securities, grantable)
def test_the_way_back_swaps_gains_and_losses(
    old_security: Security, old_scopes: set[str], new_security: Security, new_scopes: set[str]
) -> None:
    old = document(old_security, old_scopes).description
    new = document(new_security, new_scopes).description

    there, back = compare_descriptions(old, new), compare_descriptions(new, old)

    swapped = [({w.holds for w in c.lost}, {w.holds for w in c.gained}) for c in back.changes]
    assert [
        ({w.holds for w in c.gained}, {w.holds for w in c.lost}) for c in there.changes
    ] == swapped


@settings(deadline=None, max_examples=50)
@given(securities, grantable)
def test_a_document_gives_the_same_access_as_itself(security: Security, scopes: set[str]) -> None:
    own = document(security, scopes).description

    assert compare_descriptions(own, own).changes == ()
