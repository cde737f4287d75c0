"""Hypothesis: security lists over every kind of scheme, and credentials that may meet them."""

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from gateway.model import (
    Credentials,
    Principal,
    Proof,
    Proven,
    Refused,
    RequestFault,
    TokenFault,
    Uncheckable,
)
from gateway.spec.model import SchemeName, Scope
from tests.unit.policy.build import ALICE, BOB, CLIENT, KEY, SCHEMES

NAMES = [scheme.name for scheme in SCHEMES]
WORDS = ["read", "write", "a", "b", "undeclared", "two words"]

requirements = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.sampled_from(WORDS), max_size=3), max_size=3
)
security_lists: st.SearchStrategy[Sequence[Mapping[str, Sequence[str]]] | None] = st.one_of(
    st.none(), st.lists(requirements, max_size=4)
)
methods = st.sampled_from(["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "QUERY"])


def _proven(
    principals: Sequence[Principal],
) -> st.SearchStrategy[Proven]:
    return st.builds(
        Proven,
        st.sampled_from(principals),
        scopes=st.frozensets(st.sampled_from([Scope(word) for word in WORDS])),
        roles=st.frozensets(st.sampled_from(WORDS)),
        by_cookie=st.booleans(),
        csrf_proven=st.booleans(),
    )


#: of one user, so that two users never meet in an AND
valid_proofs = _proven([ALICE, CLIENT, KEY])

proofs: st.SearchStrategy[Proof] = st.one_of(
    _proven([ALICE, BOB, CLIENT, KEY]),
    st.builds(Refused, st.sampled_from(TokenFault)),
    st.builds(Uncheckable, st.integers(min_value=0, max_value=600)),
)

#: schemes the document does not know are among the names
_scheme_names = st.sampled_from([*NAMES, SchemeName("nowhere")])

credentials = st.builds(
    Credentials,
    st.dictionaries(_scheme_names, proofs, max_size=5),
    fault=st.one_of(st.none(), st.sampled_from(RequestFault)),
)
valid_credentials = st.dictionaries(_scheme_names, valid_proofs, max_size=4)
