"""What a process knows of revocations: at once, in any order, for how long without its database."""

import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event, make_url, text, update

from tests.unit.token_service.databases import copy_template
from tests.unit.token_service.feeds import NOW, Hands, knows, learns
from tests.unit.token_service.waiting import until
from token_service.entities import RevocationKind
from token_service.errors import StoreUnavailableError
from token_service.migrations.run import upgrade
from token_service.models import RevocationRow
from token_service.revocation_feed import RevocationFeed
from token_service.revoked import CLOCK_SKEW
from token_service.store.engine import open_engine, writing
from token_service.store.revocations import LEEWAY, revoke_token

FOR_LONG = NOW + 86_400
THREAD = "scopegate-revocations"


def feed_of(engine: Engine, hands: Hands, *, most: int = 1000) -> RevocationFeed:
    """A feed without a thread, whose clocks the test holds."""
    return RevocationFeed(
        engine,
        staleness_seconds=30,
        clock=hands.tell_wall,
        monotonic=hands.tell_monotonic,
        most=most,
    )


@pytest.fixture
def running(migrated: Engine) -> Iterator[RevocationFeed]:
    """A feed with a thread, on each kind of database."""
    feed = RevocationFeed(migrated, staleness_seconds=30, clock=lambda: NOW)
    feed.start()
    yield feed
    feed.stop()


@pytest.fixture
def elsewhere(migrated: Engine, tmp_path: Path) -> Iterator[Engine]:
    """The same database, as another process has it."""
    is_file = migrated.dialect.name == "sqlite"
    file = f"sqlite:///{tmp_path / 'scopegate.db'}"
    engine = open_engine(file if is_file else migrated.url.render_as_string(hide_password=False))
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite(template: Path, tmp_path: Path) -> Iterator[Engine]:
    """SQLite alone, in `scopegate.db`."""
    engine = open_engine(copy_template(template, tmp_path), busy_seconds=1)
    yield engine
    engine.dispose()


@pytest.fixture
def postgresql(postgresql_url: str) -> Iterator[Engine]:
    """PostgreSQL alone, where transactions run side by side."""
    engine = open_engine(postgresql_url)
    upgrade(engine)
    yield engine
    engine.dispose()


def row(jti: str) -> RevocationRow:
    return RevocationRow(
        kind=RevocationKind.JTI.value, value=jti, issued_until=2**53, expires_at=FOR_LONG
    )


def threads() -> set[threading.Thread]:
    """The threads of feeds, those of servers that other tests left running among them."""
    return {thread for thread in threading.enumerate() if thread.name == THREAD}


def test_without_a_thread_each_question_reads_first(migrated: Engine) -> None:
    others = threads()
    feed = feed_of(migrated, Hands())
    before = learns(feed, "j-1")

    revoke_token(migrated, "j-1", expires_at=FOR_LONG)

    assert not before
    assert learns(feed, "j-1")
    assert not learns(feed, "j-2")
    assert threads() <= others


def test_a_glance_reads_what_is_new_and_nothing_twice(migrated: Engine) -> None:
    feed = feed_of(migrated, Hands())
    revoke_token(migrated, "j-1", expires_at=FOR_LONG)
    feed.glance()
    with writing(migrated) as session:
        session.execute(update(RevocationRow).values(value="j-2"))
    feed.glance()
    before = [knows(feed, jti) for jti in ("j-1", "j-2")]

    revoke_token(migrated, "j-3", expires_at=FOR_LONG)
    feed.glance()

    assert before == [True, False]
    assert knows(feed, "j-3")
    assert learns(feed, "j-2")


def test_a_glance_at_a_database_that_is_away_leaves_what_is_known(
    sqlite: Engine, tmp_path: Path
) -> None:
    feed = feed_of(sqlite, Hands())
    revoke_token(sqlite, "j-1", expires_at=FOR_LONG)
    feed.glance()
    sqlite.dispose()
    (tmp_path / "scopegate.db").rename(tmp_path / "elsewhere")

    feed.glance()

    assert knows(feed, "j-1")


def test_what_has_expired_is_dropped(migrated: Engine) -> None:
    hands = Hands()
    feed = feed_of(migrated, hands)
    revoke_token(migrated, "j-1", expires_at=NOW)

    known = learns(feed, "j-1")
    hands.move(LEEWAY)

    assert known
    assert not learns(feed, "j-1")


@pytest.mark.service("postgresql")
@pytest.mark.parametrize("seconds", [0, 59, 61, 86_000])
def test_an_id_that_comes_into_sight_after_a_larger_one_is_read(
    postgresql: Engine, seconds: float
) -> None:
    hands = Hands()
    feed = feed_of(postgresql, hands)
    with writing(postgresql) as slow:
        slow.add(row("smaller id"))
        slow.flush()
        with writing(postgresql) as quick:
            quick.add(row("larger id"))
        before = learns(feed, "larger id"), knows(feed, "smaller id")
        hands.monotonic += seconds
        learns(feed, "larger id")
        hands.monotonic += seconds

    assert before == (True, False)
    assert learns(feed, "smaller id")


def test_a_database_that_is_away_leaves_what_is_known_for_30_seconds(
    sqlite: Engine, tmp_path: Path
) -> None:
    hands = Hands()
    feed = feed_of(sqlite, hands)
    revoke_token(sqlite, "j-1", expires_at=FOR_LONG)
    learns(feed, "j-1")
    sqlite.dispose()
    (tmp_path / "scopegate.db").rename(tmp_path / "aside.db")

    hands.move(30)
    within = feed.fresh, knows(feed, "j-1")
    hands.move(0.1)
    after = feed.fresh, knows(feed, "j-1")
    (tmp_path / "aside.db").rename(tmp_path / "scopegate.db")
    revoke_token(sqlite, "j-2", expires_at=FOR_LONG)

    assert within == (True, True)
    assert after == (False, True)
    assert learns(feed, "j-2")


def test_a_feed_that_never_read_anything_is_not_fresh(sqlite: Engine, tmp_path: Path) -> None:
    sqlite.dispose()
    (tmp_path / "scopegate.db").unlink()

    assert not feed_of(sqlite, Hands()).fresh


def test_a_fault_nobody_thought_of_is_not_taken_for_good_news(
    migrated: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    feed = feed_of(migrated, Hands())
    with migrated.execution_options(write=True).begin() as connection:
        connection.execute(text("ALTER TABLE revocations RENAME TO elsewhere"))

    assert not feed.fresh
    assert not feed.fresh
    assert caplog.text.count("revocations cannot be read") == 1


def test_beyond_the_bound_tokens_issued_so_far_are_refused_and_later_ones_are_not(
    migrated: Engine,
) -> None:
    hands = Hands()
    feed = feed_of(migrated, hands, most=3)
    for number in range(4):
        revoke_token(migrated, f"j-{number}", expires_at=FOR_LONG)

    widened = [learns(feed, jti) for jti in ("j-0", "j-3", "never named")]
    hands.move(1000)
    later = NOW + CLOCK_SKEW + 1

    assert widened == [True, True, True]
    assert learns(feed, "j-0")
    assert not learns(feed, "issued later", issued_at=later)
    revoke_token(migrated, "j-4", expires_at=FOR_LONG)
    assert learns(feed, "j-4", issued_at=later)
    assert not learns(feed, "issued later", issued_at=later)


def test_a_start_returns_when_everything_is_known(migrated: Engine) -> None:
    others = threads()
    revoke_token(migrated, "j-1", expires_at=FOR_LONG)
    feed = RevocationFeed(migrated, staleness_seconds=30, clock=lambda: NOW)

    feed.start()
    feed.start()
    known, running = learns(feed, "j-1"), threads() - others
    feed.stop()

    assert known
    assert len(running) == 1
    assert threads() <= others


def test_a_running_feed_learns_within_two_seconds_what_another_process_revokes(
    elsewhere: Engine, running: RevocationFeed
) -> None:
    for number in range(3):
        revoke_token(elsewhere, f"j-{number}", expires_at=FOR_LONG)

        assert until(lambda jti=f"j-{number}": learns(running, jti)) < 2  # type: ignore[misc]  # bound


def test_a_feed_that_was_stopped_can_start_again(migrated: Engine, running: RevocationFeed) -> None:
    running.stop()
    revoke_token(migrated, "j-1", expires_at=FOR_LONG)

    running.start()

    assert knows(running, "j-1")


def test_a_running_feed_notices_that_its_file_is_away_and_back(
    sqlite: Engine, tmp_path: Path
) -> None:
    feed = RevocationFeed(sqlite, staleness_seconds=1, clock=lambda: NOW)
    feed.start()
    file, aside = tmp_path / "scopegate.db", tmp_path / "aside.db"

    file.rename(aside)
    until(lambda: not feed.fresh)
    aside.rename(file)
    revoke_token(sqlite, "j-1", expires_at=FOR_LONG)

    until(lambda: learns(feed, "j-1"))
    feed.stop()


def test_a_read_that_failed_is_made_up_for_though_nothing_changed_since(
    migrated: Engine, elsewhere: Engine
) -> None:
    feed = RevocationFeed(migrated, staleness_seconds=1, clock=lambda: NOW)
    feed.start()
    away = [True]

    @event.listens_for(migrated, "begin")
    def refuse(_connection: Connection) -> None:
        if away:
            raise StoreUnavailableError("the test has taken it away")

    revoke_token(elsewhere, "j-1", expires_at=FOR_LONG)
    until(lambda: not feed.fresh)
    away.clear()

    until(lambda: learns(feed, "j-1"))
    feed.stop()


@pytest.mark.service("postgresql")
def test_a_running_feed_survives_the_end_of_its_connections(
    postgresql: Engine, postgresql_url: str
) -> None:
    name = f"feed-{uuid.uuid4()}"
    url = make_url(postgresql_url).update_query_dict({"application_name": name})
    theirs = open_engine(url.render_as_string(hide_password=False))
    feed = RevocationFeed(theirs, staleness_seconds=30, clock=lambda: NOW)
    feed.start()
    until(lambda: len(processes(postgresql, name)) == 2)

    ended = set(processes(postgresql, name))
    for pid in ended:
        with postgresql.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    until(lambda: ended.isdisjoint(processes(postgresql, name)))
    revoke_token(postgresql, "j-1", expires_at=FOR_LONG)

    assert until(lambda: learns(feed, "j-1")) < 2
    feed.stop()
    theirs.dispose()
    until(lambda: not processes(postgresql, name))


def processes(engine: Engine, name: str) -> list[int]:
    """The PostgreSQL processes of an application: its listener, and what its pool holds."""
    named = text("SELECT pid FROM pg_stat_activity WHERE application_name = :name")
    with engine.connect() as connection:
        return list(connection.execute(named, {"name": name}).scalars())
