"""From which id on revocations are read again, since ids may come into sight out of order."""

import pytest

from token_service.revocation_feed import SETTLED_SECONDS, Horizon


@pytest.mark.parametrize(
    ("seconds", "oldest", "settled"),
    [
        pytest.param(SETTLED_SECONDS, 7, 10, id="time is over, all who had begun have ended"),
        pytest.param(SETTLED_SECONDS - 1, 7, 0, id="too early"),
        pytest.param(SETTLED_SECONDS * 100, 6, 0, id="somebody who had begun is still at it"),
    ],
)
def test_an_id_settles_by_time_and_by_the_end_of_who_had_begun(
    seconds: float, oldest: int, settled: int
) -> None:
    seen = Horizon().after(10, at=0, oldest=5, newest=lambda: 7)

    later = seen.after(12, at=seconds, oldest=oldest, newest=lambda: 9)

    assert seen.settled == 0
    assert later.settled == settled


def test_what_came_while_one_id_settled_settles_after_it() -> None:
    horizons = [Horizon()]
    for largest, at in ((10, 0), (20, 30), (30, 60), (40, 120)):
        horizons.append(horizons[-1].after(largest, at=at, oldest=0, newest=lambda: 0))

    assert [each.settled for each in horizons] == [0, 0, 0, 10, 30]


def test_a_horizon_without_news_waits_for_nothing() -> None:
    quiet = Horizon(settled=10)

    assert quiet.after(10, at=1000, oldest=0, newest=pytest.fail) == quiet
