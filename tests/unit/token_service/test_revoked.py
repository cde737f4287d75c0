"""What is held of revocations: which tokens it covers, until when, and within which bound."""

from collections.abc import Iterable

import pytest

from token_service.entities import Revocation, RevocationKind
from token_service.revoked import CLOCK_SKEW, RevokedTokens

NOW = 1_800_000_000
ALL_TIME = 2**53


def revocation(
    kind: RevocationKind, value: str, *, until: int = ALL_TIME, expires_at: int = NOW + 100
) -> Revocation:
    return Revocation(1, kind, value, until, expires_at)


NAMES = ("jti", "grant_id", "client_id", "subject")


def covers(revoked: RevokedTokens, names: Iterable[str], value: str, issued_at: int = NOW) -> bool:
    """Whether a token is covered that has the value under these names, and others elsewhere."""
    ids = {name: value if name in names else "another" for name in NAMES}
    return revoked.covers(**ids, issued_at=issued_at)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (RevocationKind.JTI, "jti"),
        (RevocationKind.GRANT, "grant_id"),
        (RevocationKind.CLIENT, "client_id"),
        (RevocationKind.SUBJECT, "subject"),
    ],
)
def test_a_revocation_covers_what_it_names_and_nothing_else(
    kind: RevocationKind, name: str
) -> None:
    revoked = RevokedTokens()
    revoked.add(revocation(kind, "x"))

    assert covers(revoked, [name], "x")
    assert not covers(revoked, set(NAMES) - {name}, "x")


def test_a_token_of_no_grant_is_covered_by_no_grant() -> None:
    revoked = RevokedTokens()
    revoked.add(revocation(RevocationKind.GRANT, "None"))

    assert not revoked.covers(jti="j", grant_id=None, client_id="c", subject="s", issued_at=NOW)


@pytest.mark.parametrize("kind", [RevocationKind.CLIENT, RevocationKind.SUBJECT])
@pytest.mark.parametrize(
    ("issued_at", "is_covered"), [(NOW - 1, True), (NOW, True), (NOW + 1, False)]
)
def test_a_client_or_subject_has_tokens_again_that_were_issued_later(
    kind: RevocationKind, issued_at: int, is_covered: bool
) -> None:
    revoked = RevokedTokens()
    revoked.add(revocation(kind, "x", until=NOW))

    assert covers(revoked, NAMES, "x", issued_at) is is_covered


@pytest.mark.parametrize("first_is_wider", [True, False])
def test_the_wider_of_two_revocations_of_one_thing_counts(first_is_wider: bool) -> None:
    both = [
        revocation(RevocationKind.CLIENT, "x", until=NOW, expires_at=NOW + 100),
        revocation(RevocationKind.CLIENT, "x", until=NOW - 50, expires_at=NOW + 50),
    ]
    revoked = RevokedTokens()
    for each in both if first_is_wider else reversed(both):
        revoked.add(each)

    revoked.forget_expired(now=NOW + 60)

    assert covers(revoked, NAMES, "x")


@pytest.mark.parametrize("kind", list(RevocationKind))
def test_what_has_expired_is_forgotten_and_the_rest_is_kept(kind: RevocationKind) -> None:
    revoked = RevokedTokens()
    revoked.add(revocation(kind, "old", expires_at=NOW))
    revoked.add(revocation(kind, "new", expires_at=NOW + 1))

    revoked.forget_expired(now=NOW)

    assert len(revoked) == 1
    assert covers(revoked, NAMES, "new")
    assert not covers(revoked, NAMES, "old")


def full(*, expires_at: int = NOW + 100) -> RevokedTokens:
    revoked = RevokedTokens(most=3)
    for number in range(4):
        revoked.add(revocation(RevocationKind.JTI, f"j{number}", expires_at=expires_at))
    return revoked


def test_beyond_the_bound_every_token_issued_so_far_is_revoked() -> None:
    revoked = full()

    was_widened = revoked.keep_bound(now=NOW)

    assert was_widened
    assert len(revoked) == 0
    assert covers(revoked, NAMES, "j3")
    assert covers(revoked, NAMES, "never named", NOW + CLOCK_SKEW)
    assert not covers(revoked, NAMES, "never named", NOW + CLOCK_SKEW + 1)


def test_within_the_bound_nothing_is_widened() -> None:
    revoked = RevokedTokens(most=3)
    for number in range(3):
        revoked.add(revocation(RevocationKind.JTI, f"j{number}"))

    assert not revoked.keep_bound(now=NOW)
    assert not covers(revoked, NAMES, "never named")


def test_what_has_expired_does_not_count_against_the_bound() -> None:
    revoked = full(expires_at=NOW)

    assert not revoked.keep_bound(now=NOW)
    assert not covers(revoked, NAMES, "never named")


def test_the_number_of_changes_grows_only_when_more_is_revoked() -> None:
    held = RevokedTokens()
    numbers = [held.changes]

    for kind in (RevocationKind.JTI, RevocationKind.CLIENT):
        for _ in range(2):
            held.add(revocation(kind, "a"))
            numbers.append(held.changes)

    assert numbers == [0, 1, 1, 2, 2]


def test_widening_beyond_the_bound_is_a_change() -> None:
    held = full()
    before = held.changes

    assert held.keep_bound(now=NOW)
    assert held.changes > before
