"""A foreign issuer whose subjects are users here: whether they are is asked, each time."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from gateway.model import AccessToken, Proof, Proven, Refused, TokenFault, Uncheckable
from gateway.spec.model import SchemeName
from gateway.tokens.prove import BearerBinding, prove_bearer
from tests.unit.tokens.minting import NOW, TRUST, FixedKeys, NoKeys, mint

SCHEME = SchemeName("foreign")
LOCAL = replace(TRUST, users_are_local=True)


@dataclass
class Users:
    """Answers what it was told, and remembers about whom it was asked."""

    answer: bool | Uncheckable
    asked: list[str] = field(default_factory=list)

    async def is_active(self, subject: str) -> bool | Uncheckable:
        self.asked.append(subject)
        return self.answer


def prove(text: str, users: Users) -> Proof:
    bound = {SCHEME: BearerBinding(LOCAL, FixedKeys(), users=users)}
    return asyncio.run(prove_bearer(text, bound, now=NOW))[SCHEME]


def test_an_active_user_is_proven_as_one_of_ours() -> None:
    users = Users(answer=True)

    proof = prove(mint(sub="user:alice"), users)

    assert isinstance(proof, Proven)
    assert proof.is_local
    assert users.asked == ["user:alice"]


def test_a_subject_that_is_no_active_user_is_refused() -> None:
    assert prove(mint(), Users(answer=False)) == Refused(TokenFault.UNKNOWN_CREDENTIAL)


def test_while_the_store_is_away_nobody_knows() -> None:
    assert prove(mint(), Users(Uncheckable(3))) == Uncheckable(3)


def test_a_token_that_is_not_valid_is_refused_for_that_and_nobody_is_asked_for() -> None:
    users = Users(answer=True)

    assert prove(mint(exp=NOW - 60), users) == Refused(TokenFault.EXPIRED)
    assert users.asked == []


def test_a_clients_own_token_speaks_for_no_user_and_none_is_asked_for() -> None:
    users = Users(answer=False)

    assert isinstance(prove(mint(sub="client-1"), users), Proven)
    assert users.asked == []


@pytest.mark.parametrize(
    ("is_active", "proof"), [(True, Proven), (False, Refused)], ids=["active", "disabled"]
)
def test_a_token_that_the_issuer_was_asked_about_is_looked_up_too(
    is_active: bool,
    proof: type,
) -> None:
    class Issuer:
        async def introspect(self, text: str) -> AccessToken | Refused | Uncheckable:
            bound = {SCHEME: BearerBinding(LOCAL, FixedKeys())}
            found = (await prove_bearer(text, bound, now=NOW))[SCHEME]
            assert isinstance(found, Proven)
            assert found.token is not None
            return found.token

    binding = BearerBinding(LOCAL, NoKeys(), introspector=Issuer(), users=Users(is_active))

    found = asyncio.run(prove_bearer(mint(), {SCHEME: binding}, now=NOW))

    assert isinstance(found[SCHEME], proof)
