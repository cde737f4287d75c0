"""A kept proof stands only as long as verifying the token anew would give the same."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway.model import AccessToken, Refused, TokenFault
from gateway.spec.model import SchemeName
from gateway.tokens.assurance import REFUSED_SECONDS, Assurance
from gateway.tokens.claims import LEEWAY_SECONDS
from gateway.tokens.keys import key_set_from_jwks
from gateway.tokens.prove import BearerBinding, LastingProof, prove_for_long
from tests.unit.tokens.minting import ALGORITHMS, NOW, TRUST, FixedKeys, mint, public_jwk

A = SchemeName("a")


@dataclass
class Feed:
    """Revocations that the test makes."""

    fresh: bool = True
    changes: int = 0
    revoked: set[str] = field(default_factory=set)
    asked: int = 0

    def is_revoked(self, token: AccessToken) -> bool:
        self.asked += 1
        return token.jti in self.revoked

    def revoke(self, jti: str) -> None:
        self.revoked.add(jti)
        self.changes += 1


def lasting(
    text: str, *, keys: Any = None, feed: Feed | None = None, now: int = NOW, **more: Any
) -> LastingProof:
    binding = BearerBinding(TRUST, keys or FixedKeys(), feed, **more)
    return asyncio.run(prove_for_long(text, {A: binding}, now=now))


def assurance(text: str, **more: Any) -> Assurance:
    found = lasting(text, **more).assurance
    assert found is not None
    return found


def test_a_proof_stands_until_its_token_expires_and_not_a_second_longer() -> None:
    kept = assurance(mint(exp=NOW + 100))

    end = NOW + 100 + LEEWAY_SECONDS
    assert kept.holds(NOW)
    assert kept.holds(end - 0.001)
    assert not kept.holds(end)
    assert lasting(mint(exp=NOW + 100), now=end - 1).proofs[A] != Refused(TokenFault.EXPIRED)
    assert lasting(mint(exp=NOW + 100), now=end).proofs[A] == Refused(TokenFault.EXPIRED)


def test_a_clock_that_goes_back_is_believed_nothing() -> None:
    assert not assurance(mint()).holds(NOW - 1)


def test_other_keys_end_every_proof_they_did_not_make() -> None:
    keys = FixedKeys()
    kept = assurance(mint(), keys=keys)
    before = kept.holds(NOW)

    keys.keys = key_set_from_jwks({"keys": [public_jwk("EdDSA")]}, ALGORITHMS)

    assert (before, kept.holds(NOW)) == (True, False)


def test_keys_that_are_not_fresh_assure_nothing() -> None:
    class Stale(FixedKeys):
        def current(self) -> object | None:
            return None

    assert lasting(mint(), keys=Stale()).assurance is None


def test_keys_that_change_while_a_token_is_verified_assure_nothing() -> None:
    class Changing(FixedKeys):
        def current(self) -> object | None:
            return object()

    assert lasting(mint(), keys=Changing()).assurance is None


def test_a_revoked_token_is_found_at_the_next_look() -> None:
    feed = Feed()
    kept = assurance(mint(jti="gone"), feed=feed)
    before = kept.holds(NOW)

    feed.revoke("gone")

    assert (before, kept.holds(NOW), kept.holds(NOW)) == (True, False, False)


def test_a_token_is_asked_about_once_a_change_and_not_once_a_request() -> None:
    feed = Feed()
    kept = assurance(mint(), feed=feed)
    feed.revoke("another")
    feed.asked = 0

    assert all(kept.holds(NOW) for _ in range(5))
    assert feed.asked == 1


def test_a_change_while_a_token_is_verified_is_seen_at_the_first_look() -> None:
    class Racing(Feed):
        def is_revoked(self, token: AccessToken) -> bool:
            found = super().is_revoked(token)
            if self.asked == 1:
                self.revoke(token.jti)  # just after the first question was answered
            return found

    feed = Racing()
    kept = assurance(mint(jti="raced"), feed=feed)

    assert not kept.holds(NOW)


def test_a_proof_waits_while_nobody_knows_what_is_revoked() -> None:
    feed = Feed()
    kept = assurance(mint(), feed=feed)

    feed.fresh = False
    while_away = kept.holds(NOW)
    feed.fresh = True

    assert (while_away, kept.holds(NOW)) == (False, True)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(mint(aud="https://elsewhere.example"), id="audience"),
        pytest.param(mint(exp=NOW - 600), id="expired"),
        pytest.param(mint()[:-8] + "AAAAAAAA", id="signature"),
    ],
)
def test_a_refusal_that_lasts_is_believed_for_a_moment(text: str) -> None:
    kept = assurance(text)

    assert kept.token is None
    assert kept.holds(NOW + REFUSED_SECONDS - 0.001)
    assert not kept.holds(NOW + REFUSED_SECONDS)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("junk", id="no JWT"),
        pytest.param(mint(nbf=NOW + 100), id="not yet valid"),
        pytest.param(mint(iat=NOW + 100), id="issued in the future"),
    ],
)
def test_a_refusal_that_time_may_mend_is_not_kept(text: str) -> None:
    found = lasting(text)

    assert isinstance(found.proofs[A], Refused)
    assert found.assurance is None


def test_a_revoked_token_is_refused_anew_each_time() -> None:
    feed = Feed(revoked={"token-1"})

    assert lasting(mint(), feed=feed) == LastingProof({A: Refused(TokenFault.REVOKED)})


def test_a_token_whose_user_or_issuer_is_asked_is_not_kept_here() -> None:
    class Everybody:
        async def is_active(self, _subject: str) -> bool:
            return True

    assert lasting(mint(), users=Everybody()).assurance is None
