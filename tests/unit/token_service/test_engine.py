"""The database connection: what can be opened, and how SQLite is used."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from token_service.errors import ConfigurationError, StoreUnavailableError
from token_service.store.engine import open_engine, reading, writing


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "scope gate%.db"


@pytest.fixture
def sqlite(file: Path) -> Engine:
    engine = open_engine(f"sqlite:///{file}", busy_seconds=0.1)
    with writing(engine) as session:
        session.execute(text("CREATE TABLE counters (n INTEGER NOT NULL)"))
        session.execute(text("INSERT INTO counters VALUES (0)"))
    return engine


@pytest.mark.parametrize(
    "url",
    ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x", "postgresql://localhost/x",
     "sqlite+aiosqlite:///x", "nonsense", ""],
)  # fmt: skip
def test_other_databases_are_refused_with_what_to_write_instead(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"write `sqlite:///FILE`"):
        open_engine(url)


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        open_engine(f"sqlite:///{tmp_path}")


def test_the_file_is_made_for_its_owner_alone(sqlite: Engine, file: Path) -> None:
    with reading(sqlite) as session:
        session.execute(text("SELECT n FROM counters"))

    assert file.parent.stat().st_mode & 0o777 == 0o700
    for made in file.parent.iterdir():
        assert made.stat().st_mode & 0o777 == 0o600
    sqlite.dispose()


def test_a_file_open_to_others_is_closed_to_them(file: Path) -> None:
    file.parent.mkdir()
    file.touch(mode=0o644)

    open_engine(f"sqlite:///{file}").dispose()

    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2)]
)
def test_each_connection_is_prepared(sqlite: Engine, pragma: str, value: object) -> None:
    with reading(sqlite) as session:
        assert session.execute(text(f"PRAGMA {pragma}")).scalar() == value
    sqlite.dispose()


def test_writers_that_read_first_lose_no_update(file: Path) -> None:
    engine = open_engine(f"sqlite:///{file}", busy_seconds=10)
    with writing(engine) as session:
        session.execute(text("CREATE TABLE counters (n INTEGER NOT NULL)"))
        session.execute(text("INSERT INTO counters VALUES (0)"))
    barrier = threading.Barrier(8)

    def add_one() -> None:
        barrier.wait(timeout=10)
        for _ in range(5):
            with writing(engine) as session:
                n = session.execute(text("SELECT n FROM counters")).scalar_one()
                session.execute(text("UPDATE counters SET n = :n"), {"n": n + 1})

    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(add_one) for _ in range(8)]:
            future.result(timeout=30)

    with reading(engine) as session:
        assert session.execute(text("SELECT n FROM counters")).scalar_one() == 40
    engine.dispose()


def test_a_second_writer_is_told_that_the_store_is_away(sqlite: Engine) -> None:
    statement = text("UPDATE counters SET n = 7")

    with writing(sqlite) as session:
        session.execute(statement)
        with pytest.raises(StoreUnavailableError) as caught, writing(sqlite) as other:
            other.execute(statement)

    assert caught.value.retry_after > 0
    sqlite.dispose()


def test_readers_are_not_kept_waiting_by_a_writer(sqlite: Engine) -> None:
    with writing(sqlite) as session:
        session.execute(text("UPDATE counters SET n = 7"))
        with reading(sqlite) as other:
            assert other.execute(text("SELECT n FROM counters")).scalar_one() == 0
    sqlite.dispose()


def test_work_that_raises_leaves_no_trace(sqlite: Engine) -> None:
    def fail_on_the_way() -> None:
        with writing(sqlite) as session:
            session.execute(text("UPDATE counters SET n = 7"))
            raise KeyError

    with pytest.raises(KeyError):
        fail_on_the_way()

    with reading(sqlite) as session:
        assert session.execute(text("SELECT n FROM counters")).scalar_one() == 0
    sqlite.dispose()


def test_a_server_that_is_not_there_is_a_store_that_is_away() -> None:
    engine = open_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")

    with pytest.raises(StoreUnavailableError), reading(engine) as session:
        session.execute(text("SELECT 1"))
    engine.dispose()
