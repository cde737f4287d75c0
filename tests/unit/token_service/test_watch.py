"""When there may be new revocations in the database, without reading them."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.unit.token_service.databases import copy_template
from token_service.errors import StoreUnavailableError
from token_service.store.engine import open_engine
from token_service.store.revocations import revocations_after, revoke_token
from token_service.store.watch import (
    SqliteWatch,
    newest_transaction,
    oldest_transaction,
    watch,
)

NOW = 1_800_000_000


@pytest.fixture
def sqlite(template: Path, tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(copy_template(template, tmp_path))
    yield engine
    engine.dispose()


@pytest.fixture
def eye(sqlite: Engine) -> Iterator[SqliteWatch]:
    watching = SqliteWatch(sqlite)
    yield watching
    watching.close()


def test_a_file_has_changed_at_first_and_after_each_commit(
    sqlite: Engine, eye: SqliteWatch, tmp_path: Path
) -> None:
    looks = [eye.has_changed(), eye.has_changed()]
    revoke_token(sqlite, "j-1", expires_at=NOW)
    looks += [eye.has_changed(), eye.has_changed()]
    elsewhere = open_engine(f"sqlite:///{tmp_path / 'scopegate.db'}")
    revoke_token(elsewhere, "j-2", expires_at=NOW)
    looks += [eye.has_changed(), eye.has_changed()]
    elsewhere.dispose()

    assert looks == [True, False, True, False, True, False]


def test_a_file_that_was_closed_has_changed(eye: SqliteWatch) -> None:
    eye.has_changed()

    eye.close()

    assert eye.has_changed()


def test_a_file_that_is_away_is_noticed_though_connections_to_it_live(
    eye: SqliteWatch, tmp_path: Path
) -> None:
    eye.has_changed()
    (tmp_path / "scopegate.db").rename(tmp_path / "aside.db")

    for _ in range(2):
        with pytest.raises(StoreUnavailableError):
            eye.has_changed()

    (tmp_path / "aside.db").rename(tmp_path / "scopegate.db")
    assert eye.has_changed()


def test_another_file_in_its_place_is_refused_once_and_then_read(
    sqlite: Engine, eye: SqliteWatch, tmp_path: Path
) -> None:
    shutil.copy(tmp_path / "scopegate.db", tmp_path / "backup.db")
    revoke_token(sqlite, "j-1", expires_at=NOW)
    eye.has_changed()
    for file in tmp_path.glob("scopegate.db*"):
        file.unlink()
    (tmp_path / "backup.db").rename(tmp_path / "scopegate.db")

    with pytest.raises(StoreUnavailableError, match="another one"):
        eye.has_changed()

    assert eye.has_changed()
    assert revocations_after(sqlite, 0, now=0, most=10) == ()


def test_nothing_is_read_from_a_file_that_was_away_while_another_took_its_place(
    sqlite: Engine, eye: SqliteWatch, tmp_path: Path
) -> None:
    shutil.copy(tmp_path / "scopegate.db", tmp_path / "backup.db")
    revoke_token(sqlite, "j-1", expires_at=NOW)
    eye.has_changed()
    for file in tmp_path.glob("scopegate.db*"):
        file.unlink()
    with pytest.raises(StoreUnavailableError, match="away"):
        eye.has_changed()
    (tmp_path / "backup.db").rename(tmp_path / "scopegate.db")

    assert eye.has_changed()
    assert revocations_after(sqlite, 0, now=0, most=10) == ()


def test_a_wait_ends_when_it_is_to_stop(migrated: Engine) -> None:
    watching, stopping = watch(migrated), threading.Event()
    watching.wait(stopping, at_most=0.01)

    waiting = threading.Thread(target=watching.wait, args=(stopping,), kwargs={"at_most": 60})
    waiting.start()
    stopping.set()
    waiting.join(timeout=20)
    watching.close()

    assert not waiting.is_alive()


@pytest.mark.service("postgresql")
def test_a_transaction_that_is_under_way_is_the_oldest(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    with engine.begin() as slow:
        mine = slow.exec_driver_sql("SELECT pg_current_xact_id()::text::bigint").scalar_one()

        oldest, newest = oldest_transaction(engine), newest_transaction(engine)

    engine.dispose()
    assert oldest <= mine < newest


def test_on_sqlite_writers_take_turns(sqlite: Engine) -> None:
    assert (oldest_transaction(sqlite), newest_transaction(sqlite)) == (0, 0)
