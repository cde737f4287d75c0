"""Hashes of passwords and client secrets."""

from token_service.passwords import SecretHasher
from token_service.settings import Argon2Profile
from token_service.values import MAX_SECRET_BYTES

CHEAP = SecretHasher(Argon2Profile(time_cost=1, memory_kib=8, parallelism=1))


def test_a_secret_matches_its_hash_and_no_other_does() -> None:
    stored = CHEAP.hash("right-secret")

    assert stored.startswith("$argon2id$")
    assert CHEAP.matches(stored, "right-secret")
    assert not CHEAP.matches(stored, "right-secre")
    assert not CHEAP.matches(stored, "")


def test_one_secret_has_two_hashes() -> None:
    assert CHEAP.hash("right-secret") != CHEAP.hash("right-secret")


def test_nobody_s_hash_matches_nothing() -> None:
    assert not CHEAP.matches(None, "nobody")


def test_a_damaged_hash_matches_nothing() -> None:
    assert not CHEAP.matches("", "secret")
    assert not CHEAP.matches("$argon2id$v=19$m=8", "secret")


def test_a_secret_beyond_the_bound_matches_nothing() -> None:
    longest = "x" * MAX_SECRET_BYTES

    assert CHEAP.matches(CHEAP.hash(longest), longest)
    assert not CHEAP.matches(CHEAP.hash(longest + "x"), longest + "x")


def test_the_default_cost_is_owasp_s_minimum() -> None:
    stored = SecretHasher(Argon2Profile()).hash("right-secret")

    assert "$m=19456,t=2,p=1$" in stored
