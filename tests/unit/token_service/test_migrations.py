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


def test_a_grant_and_its_refresh_token_survive_the_way_up_and_down(engine: Engine) -> None:
    upgrade(engine, revision="0001")
    with engine.execution_options(write=True).begin() as connection:
        for statement in _ROWS_OF_0001:
            connection.execute(text(statement))

    upgrade(engine)
    downgrade(engine, revision="0001")
    upgrade(engine)

    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM refresh_tokens")).scalar() == 1
        kept = connection.execute(text("SELECT created_at, last_used_at FROM grants")).one()
        assert tuple(kept) == (5, 5)
    assert drift(engine) == []


def test_rows_still_go_with_their_owner_after_an_upgrade(engine: Engine) -> None:
    upgrade(engine, revision="0001")
    with engine.execution_options(write=True).begin() as connection:
        for statement in _ROWS_OF_0001:
            connection.execute(text(statement))
    upgrade(engine)

    with engine.execution_options(write=True).begin() as connection:
        connection.execute(text("DELETE FROM clients"))

    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM refresh_tokens")).scalar() == 0


_ROWS_OF_0001 = (
    "INSERT INTO clients (client_id, name, type, grants, scopes, redirect_uris, created_at)"
    " VALUES ('c', 'C', 'public', '', '*', '', 1)",
    "INSERT INTO grants (client_id, grant_type, scope, created_at)"
    " SELECT id, 'password', 'read', 5 FROM clients",
    "INSERT INTO refresh_tokens (token_hash, grant_id, scope, issued_at, expires_at)"
    " SELECT 'h', id, 'read', 5, 6 FROM grants",
)
