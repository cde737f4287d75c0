"""The memory of tokens: octet for octet, and bounded in every direction."""

from gateway.model import AccessToken, Credentials, Principal, PrincipalKind
from gateway.tokens.assurance import Assurance, Standing
from gateway.tokens.verified import Held, VerifiedTokens
from tests.unit.tokens.minting import ISSUER, NOW, FixedKeys

KEYS = FixedKeys()


def held(*, until: int = NOW + 100, refused: bool = False) -> Held:
    token = AccessToken(
        Principal(ISSUER, "user:1", PrincipalKind.USER),
        client_id="c",
        scopes=frozenset(),
        roles=frozenset(),
        audience=("a",),
        jti="j",
        issued_at=NOW,
        expires_at=until,
    )
    standing = Standing.of(KEYS, None)
    kept = Assurance(standing, None if refused else token, since=NOW, until=until, changes=0)
    return Held(Credentials(), kept)


def test_a_token_is_found_by_its_whole_text_alone() -> None:
    tokens, one = VerifiedTokens(), held()

    tokens.keep(b"eyJ.a.b", one)

    assert tokens.find(b"eyJ.a.b", NOW) is one
    for other in (b"eyJ.a.B", b"eyJ.a.b=", b" eyJ.a.b", b"eyJ.a.", b""):
        assert tokens.find(other, NOW) is None


def test_a_proof_that_stands_no_more_is_forgotten() -> None:
    tokens = VerifiedTokens()
    tokens.keep(b"t", held(until=NOW + 1))

    assert tokens.find(b"t", NOW + 1) is None
    assert len(tokens) == 0


def test_the_oldest_token_makes_room_for_the_newest() -> None:
    tokens = VerifiedTokens(most=3)
    for number in range(5):
        tokens.keep(b"%d" % number, held())

    assert [n for n in range(5) if tokens.find(b"%d" % n, NOW)] == [2, 3, 4]


def test_refused_tokens_never_take_the_room_of_proven_ones() -> None:
    tokens = VerifiedTokens(most=2, most_refused=2)
    tokens.keep(b"good", held())
    for number in range(1000):
        tokens.keep(b"bad %d" % number, held(refused=True))

    assert tokens.find(b"good", NOW)
    assert len(tokens) == 3


def test_a_token_kept_again_takes_one_place() -> None:
    tokens = VerifiedTokens(most=2)
    for _ in range(5):
        tokens.keep(b"t", held())
    tokens.keep(b"t", held(refused=True))

    assert len(tokens) == 1


def test_what_doors_made_is_bounded_for_all_tokens_together() -> None:
    tokens = VerifiedTokens(most_made=10)
    kept = [held() for _ in range(4)]
    for number, one in enumerate(kept):
        tokens.keep(b"%d" % number, one)

    for number in range(100):
        tokens.keep_made(kept[number % 4], number, "verdict")
        assert sum(len(one.made) for one in kept) <= 10


def test_hits_and_misses_are_counted() -> None:
    tokens = VerifiedTokens()
    tokens.keep(b"t", held())
    tokens.find(b"t", NOW)
    tokens.find(b"u", NOW)
    tokens.find(b"t", NOW)

    assert (tokens.hits, tokens.misses) == (2, 1)


def test_what_was_made_of_a_token_that_left_does_not_count() -> None:
    tokens = VerifiedTokens(most=2, most_made=3)
    first = held()
    tokens.keep(b"first", first)
    tokens.keep_made(first, "operation", "verdict")

    for number in range(100):
        one = held()
        tokens.keep(b"%d" % number, one)
        tokens.keep_made(one, "operation", "verdict")
        if number % 10 == 0:
            tokens.find(b"%d" % number, NOW + 10**9)  # it stands no more, and is forgotten

    last = held()
    tokens.keep(b"last", last)
    tokens.keep_made(last, "operation", "verdict")
    # had those that left been counted, everything would have begun anew by now
    assert one.made == {"operation": "verdict"}
    assert last.made == {"operation": "verdict"}
