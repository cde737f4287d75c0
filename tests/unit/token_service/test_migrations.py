"""The schema goes up and down, alike on both databases, and is what the models say."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine, inspect, text

from token_service.migrations.run import (
    VERSION_TABLE,
    check,
    current,
    downgrade,
    drift,
    head,
    upgrade,
)


def test_a_new_database_is_upgraded_to_the_newest_schema(engine: Engine) -> None:
    assert current(engine) is None
    assert not check(engine)

    upgrade(engine)

    assert current(engine) == head()
    assert check(engine)


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    upgrade(engine)

    assert check(engine)


def test_the_migrated_schema_is_what_the_models_say(engine: Engine) -> None:
    upgrade(engine)

    assert drift(engine) == []


def test_a_difference_from_the_models_is_seen(engine: Engine) -> None:
    upgrade(engine)
    with engine.execution_options(write=True).begin() as connection:
        connection.execute(text("ALTER TABLE failures ADD COLUMN extra INTEGER"))

    assert len(drift(engine)) == 1


def test_downgrading_leaves_nothing_but_the_version_table(engine: Engine) -> None:
    upgrade(engine)

    downgrade(engine, revision="base")

    assert inspect(engine).get_table_names() == [VERSION_TABLE]
    assert current(engine) is None
    upgrade(engine)
    assert drift(engine) == []


def test_tables_of_others_are_left_alone(engine: Engine) -> None:
    with engine.execution_options(write=True).begin() as connection:
        connection.execute(text("CREATE TABLE songs (id INTEGER PRIMARY KEY)"))
    upgrade(engine)

    assert drift(engine) == []
    downgrade(engine, revision="base")
    assert "songs" in inspect(engine).get_table_names()


def test_processes_that_start_together_upgrade_one_after_the_other(engine: Engine) -> None:
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        for future in (one.submit(upgrade, engine), other.submit(upgrade, engine)):
            future.result(timeout=30)

    assert check(engine)
