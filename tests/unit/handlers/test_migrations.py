"""Migrations of the demo's tables, on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, inspect, text

from handlers import migrations
from handlers.schema import NEWEST, is_newest


def test_migrated_tables_are_the_models(empty_database: Engine) -> None:
    migrations.upgrade(empty_database)

    assert migrations.check(empty_database) == ()
    assert migrations.current(empty_database) == migrations.head()


def test_a_database_without_tables_is_found_wanting(empty_database: Engine) -> None:
    assert migrations.current(empty_database) is None
    assert migrations.check(empty_database) == (
        f"handlers: the tables are at revision none, wanted {migrations.head()}",
    )


def test_a_column_nobody_migrated_is_found(empty_database: Engine) -> None:
    migrations.upgrade(empty_database)
    with empty_database.begin() as connection:
        connection.execute(text("ALTER TABLE songs ADD COLUMN mood VARCHAR(20)"))

    (difference,) = migrations.check(empty_database)

    assert "mood" in difference


def test_migrating_twice_changes_nothing(empty_database: Engine) -> None:
    migrations.upgrade(empty_database)
    migrations.upgrade(empty_database)

    assert migrations.check(empty_database) == ()


def test_going_down_leaves_nothing_but_the_account_of_versions(empty_database: Engine) -> None:
    migrations.upgrade(empty_database)
    migrations.downgrade(empty_database)

    assert set(inspect(empty_database).get_table_names()) == {migrations.VERSION_TABLE}
    assert migrations.current(empty_database) is None


def test_going_down_and_up_again_ends_at_the_models(empty_database: Engine) -> None:
    migrations.upgrade(empty_database)
    migrations.downgrade(empty_database)
    migrations.upgrade(empty_database)

    assert migrations.check(empty_database) == ()


def test_tables_of_others_are_left_alone(empty_database: Engine) -> None:
    with empty_database.begin() as connection:
        connection.execute(text("CREATE TABLE others (id INTEGER PRIMARY KEY, name VARCHAR(9))"))
        connection.execute(text("CREATE INDEX ix_others ON others (name)"))

    migrations.upgrade(empty_database)
    differences = migrations.check(empty_database)
    migrations.downgrade(empty_database)

    assert differences == ()
    assert "others" in inspect(empty_database).get_table_names()


def test_a_migration_that_fails_leaves_nothing_behind(empty_database: Engine) -> None:
    with empty_database.begin() as connection:
        connection.execute(text("CREATE TABLE songs (id INTEGER PRIMARY KEY)"))

    with pytest.raises(Exception, match="songs"):
        migrations.upgrade(empty_database)

    assert inspect(empty_database).get_table_names() == ["songs"]


def test_several_may_migrate_at_once(empty_database: Engine) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: migrations.upgrade(empty_database), range(4)))

    assert migrations.check(empty_database) == ()


def test_that_the_tables_are_the_newest_is_told_without_alembic(empty_database: Engine) -> None:
    assert migrations.head() == NEWEST
    assert not is_newest(empty_database)

    migrations.upgrade(empty_database)

    assert is_newest(empty_database)


def test_tables_at_another_revision_are_not_the_newest(empty_database: Engine) -> None:
    migrations.upgrade(empty_database)
    with empty_database.begin() as connection:
        connection.execute(text("UPDATE handlers_version SET version_num = '0000'"))

    assert not is_newest(empty_database)
