"""A bounded memory of answers."""

from gateway.tokens.recent import Recent


def test_an_answer_is_found_until_its_time() -> None:
    recent: Recent[str] = Recent(2)

    recent.keep(b"a", "yes", now=0, until=10)

    assert recent.find(b"a", 9) == "yes"
    assert recent.find(b"a", 10) is None
    assert recent.find(b"b", 0) is None


def test_what_is_over_already_is_not_kept() -> None:
    recent: Recent[str] = Recent(2)

    recent.keep(b"a", "yes", now=10, until=10)

    assert len(recent) == 0


def test_the_oldest_makes_room() -> None:
    recent: Recent[int] = Recent(2)

    for number, key in enumerate((b"a", b"b", b"a", b"c")):
        recent.keep(key, number, now=0, until=10)

    assert len(recent) == 2
    assert [recent.find(key, 1) for key in (b"a", b"b", b"c")] == [2, None, 3]
