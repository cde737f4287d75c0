"""Counting failures, in the database that several workers share."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select

from token_service.errors import TooManyFailuresError
from token_service.models import FailureRow
from token_service.store.engine import reading
from token_service.throttle import (
    FORGET_SECONDS,
    WAITS,
    Throttle,
    address_key,
    basic_key,
    device_key,
    login_key,
    network_of,
    password_key,
    secret_key,
)

NOW = 1_800_000_000
KEY = password_key("alice", client_id="shop")


@pytest.fixture
def throttle(migrated: Engine) -> Throttle:
    """A throttle on a migrated database of each kind."""
    return Throttle(migrated)


def rows(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(FailureRow)) or 0


def test_a_key_waits_after_its_free_failures(throttle: Throttle) -> None:
    for _ in range(WAITS.count(0)):
        throttle.fail(KEY, now=NOW)
    throttle.admit(KEY, now=NOW)

    throttle.fail(KEY, now=NOW)

    with pytest.raises(TooManyFailuresError) as caught:
        throttle.admit(KEY, now=NOW)
    assert caught.value.retry_after == 1
    throttle.admit(KEY, now=NOW + 1)


def test_the_last_wait_counts_for_all_failures_that_follow(throttle: Throttle) -> None:
    for _ in range(len(WAITS) + 3):
        throttle.fail(KEY, now=NOW)

    with pytest.raises(TooManyFailuresError) as caught:
        throttle.admit(KEY, now=NOW)
    assert caught.value.retry_after == WAITS[-1] == 900


def test_a_success_in_a_burst_that_used_the_key_up_does_not_count(throttle: Throttle) -> None:
    for _ in range(WAITS.count(0) + 1):
        throttle.fail(KEY, now=NOW)

    with pytest.raises(TooManyFailuresError):
        throttle.succeed(KEY, now=NOW)
    throttle.succeed(KEY, now=NOW + 1)
    throttle.succeed(KEY, now=NOW + 1)


def test_failures_of_several_threads_are_all_counted(throttle: Throttle) -> None:
    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(throttle.fail, KEY, now=NOW) for _ in range(len(WAITS))]:
            future.result(timeout=30)

    with pytest.raises(TooManyFailuresError) as caught:
        throttle.admit(KEY, now=NOW)
    assert caught.value.retry_after == WAITS[-1]


def test_counters_past_their_time_are_removed(throttle: Throttle, engine: Engine) -> None:
    for name in ("a", "b", "c"):
        throttle.fail(password_key(name, client_id="shop"), now=NOW)

    throttle.fail(KEY, now=NOW + FORGET_SECONDS)

    assert rows(engine) == 1


def test_keys_differ_in_every_part_and_show_none() -> None:
    keys = {
        password_key("alice", client_id="shop"),
        password_key("alice", client_id="app"),
        password_key("bob", client_id="shop"),
        secret_key("shop", peer="alice"),
        secret_key("shop", peer="192.0.2.1"),
    }

    assert len(keys) == 5
    assert not any("alice" in key for key in keys)
    assert password_key("ﬁnn", client_id="x") == password_key("finn", client_id="x")


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        pytest.param("192.0.2.1", "192.0.2.1", id="ipv4"),
        pytest.param("::ffff:192.0.2.1", "192.0.2.1", id="ipv4-in-ipv6"),
        pytest.param("::ffff:127.0.0.1", "127.0.0.1", id="loopback-in-ipv6"),
        pytest.param("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", id="ipv6"),
        pytest.param("2001:DB8:1:2::", "2001:db8:1:2::/64", id="ipv6-in-capitals"),
        pytest.param("fe80::1%eth0", "fe80::/64", id="zone"),
        pytest.param("::1", "::1", id="loopback"),
        pytest.param("::2", "::/64", id="beside-the-loopback"),
        pytest.param("testclient", "testclient", id="name"),
        pytest.param("/run/scopegate.sock", "/run/scopegate.sock", id="socket"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_an_address_counts_as_the_network_one_caller_has(peer: str, network: str) -> None:
    assert network_of(peer) == network


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(address_key, id="address"),
        pytest.param(lambda peer: login_key("alice", peer=peer), id="login"),
        pytest.param(lambda peer: basic_key("alice", peer=peer), id="basic"),
        pytest.param(lambda peer: device_key("shop", peer=peer), id="device"),
        pytest.param(lambda peer: secret_key("shop", peer=peer), id="secret"),
    ],
)
def test_every_key_of_an_address_is_one_for_its_network(key: Callable[[str], str]) -> None:
    assert key("2001:db8::1") == key("2001:db8::ffff:1%eth0")
    assert key("::ffff:192.0.2.1") == key("192.0.2.1")

    others = ("2001:db8::1", "2001:db8:0:1::1", "192.0.2.1", "192.0.2.2", "testclient")
    assert len({key(peer) for peer in others}) == len(others)
