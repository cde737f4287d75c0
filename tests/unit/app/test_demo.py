"""What the demo puts into an empty database, and into no other."""

import handlers.store
from gateway.app.demo import CLIENT_ID, fill_demo
from tests.unit.app.test_accounts import administration_of
from token_service.entities import GrantType
from token_service.store.engine import Engine


def test_an_empty_database_gets_people_a_client_and_music(engine: Engine) -> None:
    administration = administration_of(engine)

    made = fill_demo(administration, engine)

    assert made is not None
    users = {user.username: user for user in administration.list_users()}
    assert {name: user.is_staff for name, user in users.items()} == {"alice": True, "bob": False}
    assert set(made.passwords) == set(users)
    (client,) = administration.list_clients()
    assert client.client_id == made.client_id == CLIENT_ID
    assert set(client.grants) == {
        GrantType.PASSWORD,
        GrantType.REFRESH_TOKEN,
        GrantType.CLIENT_CREDENTIALS,
    }
    store = handlers.store.Store(engine)
    assert store.list_songs(limit=10, offset=0).total == 3
    assert store.list_albums(limit=10, offset=0).items[0].artist == users["bob"].id


def test_the_demo_has_two_groups_with_one_person_each(engine: Engine) -> None:
    administration = administration_of(engine)

    fill_demo(administration, engine)

    groups = {user.username: set(user.groups) for user in administration.list_users()}
    assert groups["alice"] - {"everyone"} == {"editors"}
    assert groups["bob"] - {"everyone"} == {"listeners"}


def test_a_database_with_users_is_left_as_it_is(engine: Engine) -> None:
    administration = administration_of(engine)
    administration.create_user("carol", "a-long-password")

    assert fill_demo(administration, engine) is None

    assert [user.username for user in administration.list_users()] == ["carol"]
    assert administration.list_clients() == ()


def test_secrets_are_long_readable_and_hidden_from_a_log(engine: Engine) -> None:
    made = fill_demo(administration_of(engine), engine)

    assert made is not None
    secrets = [made.client_secret, *made.passwords.values()]
    assert len(set(secrets)) == 3
    assert all(len(secret) >= 19 for secret in secrets)
    assert all(secret.replace("-", "").isalnum() for secret in secrets)
    assert not any(secret in repr(made) for secret in secrets)
