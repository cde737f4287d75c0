"""The row of new tokens is of tokens that are new to the product, each time they come round."""

import time

from benchmarks.catalogue import FRESH_TOKENS
from gateway.model import AccessToken, Credentials, Principal, PrincipalKind
from gateway.spec.model import Scope
from gateway.tokens.assurance import Assurance, Standing
from gateway.tokens.keys import NoKeys
from gateway.tokens.verified import MOST_PROVEN, Held, VerifiedTokens


def a_held_token() -> Held:
    now = int(time.time())
    token = AccessToken(
        principal=Principal("https://issuer.example", "client:bench", PrincipalKind.CLIENT),
        client_id="bench",
        scopes=frozenset({Scope("read")}),
        roles=frozenset(),
        audience=("https://api.example",),
        jti="token-1",
        issued_at=now,
        expires_at=now + 3600,
    )
    standing = Standing.of(NoKeys(), None)
    assurance = Assurance(standing, token, since=now, until=now + 3600, changes=0)
    return Held(Credentials(), assurance)


def hits_in_turns(tokens: int) -> int:
    kept, held = VerifiedTokens(), a_held_token()
    for number in [*range(tokens), *range(tokens)]:
        value = b"%d" % number
        if kept.find(value, time.time()) is None:
            kept.keep(value, held)
    return kept.hits


def test_more_tokens_are_sent_in_turn_than_are_kept() -> None:
    assert FRESH_TOKENS > MOST_PROVEN


def test_tokens_sent_in_turn_are_forgotten_before_they_return() -> None:
    assert hits_in_turns(FRESH_TOKENS) == 0


def test_fewer_would_be_known_when_they_return() -> None:
    assert hits_in_turns(100) == 100
