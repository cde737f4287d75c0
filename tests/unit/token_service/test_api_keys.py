"""API keys on both databases: made, found for their scheme alone, ended, never stored in clear."""

import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, text

from token_service.admin import Administration
from token_service.api_keys import ApiKeys, KeyFault
from token_service.entities import ApiKey
from token_service.errors import InvalidValueError, StoreUnavailableError, UnknownNameError
from token_service.store.api_keys import touch_api_key
from token_service.store.engine import writing

NOW = 1_800_000_000


@dataclass
class ManualClock:
    now: float = NOW + 0.5

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def keys_anywhere(migrated: Engine, clock: ManualClock) -> ApiKeys:
    """On each kind of database, for what the store does."""
    return ApiKeys(migrated, clock)


@pytest.fixture
def keys(administration: Administration, clock: ManualClock) -> ApiKeys:
    """On SQLite, for what no database decides."""
    return ApiKeys(administration.engine, clock)


def test_a_key_is_found_by_its_text_for_its_scheme(keys_anywhere: ApiKeys) -> None:
    made = keys_anywhere.create("key", name="CI", roles=["reader", "writer", "reader"])

    found = keys_anywhere.find("key", made.text)

    assert isinstance(found, ApiKey)
    assert (found.id, found.name, found.roles) == (made.api_key.id, "CI", ("reader", "writer"))
    assert (found.user, found.client, found.expires_at) == (None, None, None)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: "", id="nothing"),
        pytest.param(lambda text: text[:-1], id="shorter"),
        pytest.param(lambda text: text + "A", id="longer"),
        pytest.param(lambda text: text + "\n", id="line-end"),
        pytest.param(lambda text: text.upper(), id="case"),
        pytest.param(lambda text: text.replace("sgk_", "sgk-"), id="prefix"),
        pytest.param(lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"), id="one-sign"),
    ],
)
def test_another_text_is_unknown(keys: ApiKeys, change: object) -> None:
    made = keys.create("key")
    assert callable(change)

    assert keys.find("key", change(made.text)) is KeyFault.UNKNOWN


@pytest.mark.parametrize("scheme", ["Key", "other", ""])
def test_a_key_for_one_scheme_is_unknown_to_another(keys: ApiKeys, scheme: str) -> None:
    made = keys.create("key")

    assert keys.find(scheme, made.text) is KeyFault.UNKNOWN


def test_keys_are_long_different_and_begin_alike(keys: ApiKeys) -> None:
    texts = {keys.create("key").text for _ in range(3)}

    assert len(texts) == 3
    assert {len(each) for each in texts} == {47}
    assert all(each.startswith("sgk_") for each in texts)


def test_a_key_lives_to_its_second_and_no_longer(keys: ApiKeys, clock: ManualClock) -> None:
    made = keys.create("key", ttl=60)

    clock.now = NOW + 59.9
    assert isinstance(keys.find("key", made.text), ApiKey)
    clock.now = NOW + 60

    assert keys.find("key", made.text) is KeyFault.EXPIRED


def test_a_revoked_key_is_refused_and_stays_listed(keys_anywhere: ApiKeys) -> None:
    kept, ended = keys_anywhere.create("key"), keys_anywhere.create("key")

    keys_anywhere.revoke(ended.api_key.id)

    assert keys_anywhere.find("key", ended.text) is KeyFault.REVOKED
    assert isinstance(keys_anywhere.find("key", kept.text), ApiKey)
    assert [key.revoked_at for key in keys_anywhere.all()] == [None, NOW]


def test_a_key_revoked_twice_keeps_its_time(keys: ApiKeys, clock: ManualClock) -> None:
    made = keys.create("key")
    keys.revoke(made.api_key.id)
    clock.now += 100

    keys.revoke(made.api_key.id)

    assert keys.all()[0].revoked_at == NOW


def test_a_deleted_key_is_unknown_and_its_id_is_not_used_again(keys_anywhere: ApiKeys) -> None:
    made = keys_anywhere.create("key")

    keys_anywhere.delete(made.api_key.id)

    assert keys_anywhere.find("key", made.text) is KeyFault.UNKNOWN
    assert keys_anywhere.all() == ()
    assert keys_anywhere.create("key").api_key.id > made.api_key.id


@pytest.mark.parametrize("api_key", [0, -1, 99, 2**31, 2**63])
def test_an_id_that_no_key_has_is_refused(keys: ApiKeys, api_key: int) -> None:
    with pytest.raises(UnknownNameError, match=f"there is no API key `{api_key}`"):
        keys.revoke(api_key)
    with pytest.raises(UnknownNameError, match=f"there is no API key `{api_key}`"):
        keys.delete(api_key)


def test_a_users_key_has_his_groups_and_ends_with_him(
    keys_anywhere: ApiKeys, anywhere: Administration
) -> None:
    anywhere.create_group("editors")
    alice = anywhere.create_user("alice", "a-password", groups=["editors"])
    made = keys_anywhere.create("key", roles=["reader"], user=alice)

    found = keys_anywhere.find("key", made.text)
    assert isinstance(found, ApiKey)
    assert found.all_roles == {"reader", "editors"}
    anywhere.set_user_active(alice.id, active=False)
    assert keys_anywhere.find("key", made.text) is KeyFault.UNKNOWN
    anywhere.set_user_active(alice.id, active=True)
    assert isinstance(keys_anywhere.find("key", made.text), ApiKey)

    anywhere.delete_user(alice.id)

    assert keys_anywhere.find("key", made.text) is KeyFault.UNKNOWN
    assert keys_anywhere.all() == ()


def test_a_clients_key_ends_with_it(keys_anywhere: ApiKeys, anywhere: Administration) -> None:
    client = anywhere.create_client("batch", client_id="batch").client
    made = keys_anywhere.create("key", client=client)

    found = keys_anywhere.find("key", made.text)
    assert isinstance(found, ApiKey)
    assert found.client is not None
    assert found.client.client_id == "batch"
    anywhere.set_client_active("batch", active=False)
    assert keys_anywhere.find("key", made.text) is KeyFault.UNKNOWN

    anywhere.delete_client("batch")

    assert keys_anywhere.all() == ()


def test_the_last_use_is_kept_to_the_minute(keys_anywhere: ApiKeys, clock: ManualClock) -> None:
    made = keys_anywhere.create("key")
    assert keys_anywhere.all()[0].last_used_at is None

    keys_anywhere.find("key", made.text)
    clock.now += 59
    keys_anywhere.find("key", made.text)
    assert keys_anywhere.all()[0].last_used_at == NOW
    clock.now += 1
    keys_anywhere.find("key", made.text)

    assert keys_anywhere.all()[0].last_used_at == NOW + 60


def test_a_guess_leaves_no_use_behind(keys: ApiKeys) -> None:
    made = keys.create("key")

    keys.find("other", made.text)

    assert keys.all()[0].last_used_at is None


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        pytest.param({"ttl": 0}, "1 second to 100 years", id="no-time"),
        pytest.param({"ttl": 10**10}, "1 second to 100 years", id="too-long"),
        pytest.param({"roles": [""]}, "role is empty", id="empty-role"),
        pytest.param({"roles": ["a\nb"]}, "role holds a control character", id="two-in-one"),
        pytest.param({"name": "a\x1b"}, "name holds a control character", id="name"),
    ],
)
def test_what_could_not_be_told_apart_later_is_refused(
    keys: ApiKeys, options: dict[str, object], complaint: str
) -> None:
    with pytest.raises(InvalidValueError, match=complaint):
        keys.create("key", **options)  # type: ignore[arg-type]  # the table's values are right

    assert keys.all() == ()


def test_a_key_has_one_owner(keys: ApiKeys, administration: Administration) -> None:
    alice = administration.create_user("alice", "a-password")
    client = administration.create_client("batch").client

    with pytest.raises(InvalidValueError, match="to a user or to a client"):
        keys.create("key", user=alice, client=client)


def test_a_key_stands_in_no_column_no_repr_and_no_log(
    keys: ApiKeys, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        made = keys.create("key", name="CI")
        found = keys.find("key", made.text)
        keys.revoke(made.api_key.id)

    with keys.engine.connect() as connection:
        stored = str(connection.execute(text("SELECT * FROM api_keys")).all())
    secret = made.text.removeprefix("sgk_")
    for written in (stored, repr(made), repr(found), caplog.text):
        assert secret not in written
    events = [json.loads(r.message) for r in caplog.records if r.name == "scopegate.audit"]
    assert [event["event"] for event in events] == ["api_key.created", "api_key.revoked"]
    assert {event["api_key"] for event in events} == {made.api_key.id}


@contextmanager
def others_writing(engine: Engine, api_key: int) -> Iterator[None]:
    """Somebody else's transaction that locks what the note of the last use is to change."""
    with writing(engine) as session:
        session.execute(text("UPDATE api_keys SET name = 'x' WHERE id = :id"), {"id": api_key})
        yield


def test_a_key_is_found_while_somebody_else_writes_and_noted_a_minute_later(
    keys_anywhere: ApiKeys, clock: ManualClock
) -> None:
    made = keys_anywhere.create("key")

    with others_writing(keys_anywhere.engine, made.api_key.id):
        found = keys_anywhere.find("key", made.text)
    clock.now += 59
    keys_anywhere.find("key", made.text)

    assert isinstance(found, ApiKey)
    assert keys_anywhere.all()[0].last_used_at is None
    clock.now += 1
    keys_anywhere.find("key", made.text)
    assert keys_anywhere.all()[0].last_used_at == NOW + 60


def test_a_note_that_failed_holds_back_those_of_other_keys_too(keys_anywhere: ApiKeys) -> None:
    first, second = keys_anywhere.create("key"), keys_anywhere.create("key")
    with others_writing(keys_anywhere.engine, first.api_key.id):
        keys_anywhere.find("key", first.text)

    assert isinstance(keys_anywhere.find("key", second.text), ApiKey)

    assert [key.last_used_at for key in keys_anywhere.all()] == [None, None]


def test_a_clock_that_was_set_back_holds_no_note_back(
    keys_anywhere: ApiKeys, clock: ManualClock
) -> None:
    made = keys_anywhere.create("key")
    with others_writing(keys_anywhere.engine, made.api_key.id):
        keys_anywhere.find("key", made.text)

    clock.now -= 3600
    keys_anywhere.find("key", made.text)

    assert keys_anywhere.all()[0].last_used_at == NOW - 3600


def test_a_note_of_the_last_use_waits_for_nobody(keys_anywhere: ApiKeys) -> None:
    engine, made = keys_anywhere.engine, keys_anywhere.create("key")
    with others_writing(engine, made.api_key.id), ThreadPoolExecutor(1) as pool:
        noted = pool.submit(touch_api_key, engine, made.api_key.id, now=NOW)

        # the lock is held until the note has given up: one that waits for it would wait for ever
        fault = noted.exception(timeout=5)

    assert isinstance(fault, StoreUnavailableError)


def test_connections_wait_for_their_turn_again_after_a_note(keys_anywhere: ApiKeys) -> None:
    made = keys_anywhere.create("key")
    is_sqlite = keys_anywhere.engine.dialect.name == "sqlite"
    ask = text("PRAGMA busy_timeout" if is_sqlite else "SHOW lock_timeout")
    with others_writing(keys_anywhere.engine, made.api_key.id):
        keys_anywhere.find("key", made.text)

    with ExitStack() as stack:
        pooled = [stack.enter_context(keys_anywhere.engine.connect()) for _ in range(3)]
        patience = {connection.execute(ask).scalar() for connection in pooled}

    assert patience == {10_000 if is_sqlite else "10s"}
