"""That something is waited for is told once, and after a while."""

from gateway.cli.waiting import Waiting


def test_it_is_news_once_and_not_at_once() -> None:
    waiting = Waiting(quiet_seconds=5.0)

    told = [waiting.is_news(now) for now in (1.0, 5.9, 6.0, 6.1, 60.0)]

    assert told == [False, False, True, False, False]


def test_what_is_waited_for_next_is_told_again() -> None:
    waiting = Waiting(quiet_seconds=5.0)
    for now in (1.0, 7.0):
        waiting.is_news(now)

    waiting.end()

    assert [waiting.is_news(now) for now in (8.0, 12.0, 13.0)] == [False, False, True]
