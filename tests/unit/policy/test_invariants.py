"""Invariants 1 and 2 of the house: `decide` is total, pure and monotone."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model import Credentials, Effect, Proven, Reason
from gateway.policy.decide import decide
from gateway.policy.rules import Undeclared
from gateway.spec.model import OperationKey, SchemeName, Scope
from tests.unit.policy.build import Security, policy
from tests.unit.policy.strategies import (
    NAMES,
    WORDS,
    credentials,
    methods,
    security_lists,
    valid_credentials,
    valid_proofs,
)

PERMITS = {Reason.PUBLIC, Reason.MATCHED, Reason.ANONYMOUS}
Proofs = Mapping[SchemeName, Proven]


@settings(deadline=None)
@given(security_lists, methods, credentials, st.sampled_from(Undeclared))
def test_decide_answers_everything_and_says_the_same_twice(
    security: Security, method: str, presented: Credentials, undeclared: Undeclared
) -> None:
    key = OperationKey(f"{method} /x")
    document = policy({key: security}, undeclared=undeclared)

    decision = decide(document, key, presented)

    assert decision == decide(document, key, presented)
    assert decision.permits == (decision.reason in PERMITS)
    assert decision.permits == (decision.effect is Effect.PERMIT)
    assert (decision.matched is not None) == (decision.reason in PERMITS - {Reason.PUBLIC})
    assert (decision.retry_after is not None) == (decision.reason is Reason.UNCHECKABLE)
    is_401 = decision.reason in (Reason.NO_CREDENTIAL, Reason.INVALID_CREDENTIAL)
    assert decision.challenges or not is_401


@settings(deadline=None)
@given(st.text(), credentials)
def test_any_other_key_is_denied(key: str, presented: Credentials) -> None:
    document = policy({"GET /x y z": []})

    decision = decide(document, OperationKey(key), presented)

    assert decision.permits == (key == "GET /x y z")


def _permits(security: Security, method: str, proofs: Proofs) -> bool:
    key = OperationKey(f"{method} /x")
    return decide(policy({key: security}), key, Credentials(proofs)).permits


@settings(deadline=None, max_examples=300)
@given(security_lists, methods, valid_credentials, st.sampled_from(NAMES), valid_proofs)
def test_one_more_valid_credential_never_turns_permit_into_deny(
    security: Security, method: str, held: Proofs, name: SchemeName, more: Proven
) -> None:
    before = _permits(security, method, held)

    assert _permits(security, method, {name: more, **held}) or not before


@settings(deadline=None, max_examples=300)
@given(security_lists, methods, valid_credentials, st.sampled_from(WORDS))
def test_one_more_scope_or_role_never_turns_permit_into_deny(
    security: Security, method: str, held: Proofs, word: str
) -> None:
    before = _permits(security, method, held)

    richer = {
        name: replace(proof, scopes=proof.scopes | {Scope(word)}, roles=proof.roles | {word})
        for name, proof in held.items()
    }

    assert _permits(security, method, richer) or not before


@settings(deadline=None)
@given(security_lists, methods, valid_credentials)
def test_the_order_of_alternatives_never_decides_whether_one_holds(
    security: Security, method: str, held: Proofs
) -> None:
    turned = None if security is None else list(reversed(security))

    assert _permits(security, method, held) == _permits(turned, method, held)
