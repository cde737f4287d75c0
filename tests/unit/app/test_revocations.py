"""What is said of revocations that are too old to rule."""

from pathlib import Path

from gateway.app.revocations import OwnRevocations
from token_service.revocation_feed import RevocationFeed
from token_service.store.engine import Engine, open_engine


def test_known_revocations_are_fresh_and_just_as_old_as_the_last_look(engine: Engine) -> None:
    times = iter([100.0, 101.0, 107.0])
    feed = RevocationFeed(engine, staleness_seconds=30, monotonic=lambda: next(times))

    assert OwnRevocations(feed).staleness() == ""
    assert feed.age_seconds == 7


def test_revocations_that_were_never_known_are_told_as_such(tmp_path: Path) -> None:
    empty = open_engine(f"sqlite:///{tmp_path}/empty.db")
    feed = RevocationFeed(empty, staleness_seconds=30)

    told = OwnRevocations(feed).staleness()
    empty.dispose()

    assert told == "never known; requests with a token of ours get 503"
    assert feed.age_seconds == float("inf")


def test_revocations_too_old_are_told_with_their_age(engine: Engine) -> None:
    times = iter([100.0, 140.4, 140.4])
    feed = RevocationFeed(engine, staleness_seconds=30, monotonic=lambda: next(times))

    told = OwnRevocations(feed).staleness()

    assert told == "last known 40 seconds ago; requests with a token of ours get 503"
