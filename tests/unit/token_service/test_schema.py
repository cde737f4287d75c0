"""Whether the tables are the newest is told without Alembic, and as Alembic would tell it."""

from sqlalchemy import Engine, text

from token_service.migrations.run import check, head, upgrade
from token_service.store.schema import NEWEST, is_newest


def test_the_newest_revision_is_that_of_the_files() -> None:
    assert head() == NEWEST


def test_an_empty_database_is_not_the_newest(engine: Engine) -> None:
    assert not is_newest(engine)


def test_an_upgraded_database_is_the_newest(engine: Engine) -> None:
    upgrade(engine)

    assert is_newest(engine)
    assert check(engine)


def test_an_older_schema_is_not_the_newest(engine: Engine) -> None:
    upgrade(engine, revision="0001")

    assert not is_newest(engine)


def test_a_place_that_says_more_than_one_thing_is_left_to_alembic(engine: Engine) -> None:
    upgrade(engine)
    with engine.execution_options(write=True).begin() as connection:
        connection.execute(text("INSERT INTO token_service_version VALUES ('0001')"))

    assert not is_newest(engine)


def test_a_place_that_says_nothing_is_not_the_newest(engine: Engine) -> None:
    upgrade(engine)
    with engine.execution_options(write=True).begin() as connection:
        connection.execute(text("DELETE FROM token_service_version"))

    assert not is_newest(engine)
