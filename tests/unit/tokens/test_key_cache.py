import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import pytest

from gateway.errors import KeysUnavailableError
from gateway.tokens.key_cache import CachedKeys, embedded_keys
from gateway.tokens.keys import KeySet, Kid, VerificationKey, key_set_from_jwks
from tests.unit.tokens.minting import ALGORITHMS, public_jwk

ALG = "EdDSA"
OLD, NEW, JUNK = Kid("old"), Kid("new"), Kid("junk")


def keys_named(*kids: str) -> KeySet:
    return key_set_from_jwks({"keys": [public_jwk(ALG, kid=kid) for kid in kids]}, ALGORITHMS)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Issuer:
    """A fetch that answers what it is set to, once its gate is open."""

    def __init__(self, *kids: str) -> None:
        self.answer: KeySet | Exception = keys_named(*kids)
        self.fetches = 0
        self.gate = asyncio.Event()
        self.gate.set()

    def goes_away(self) -> None:
        self.answer = KeysUnavailableError("gone", retry_after=1)

    async def fetch(self) -> KeySet:
        self.fetches += 1
        await self.gate.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def kid_of(key: VerificationKey | None) -> str | None:
    return key.kid if key is not None else None


async def settle() -> None:
    """Let every task that can go on do so."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_a_set_is_fetched_once_and_then_at_hand_without_waiting() -> None:
    async def scenario() -> None:
        issuer, clock = Issuer(OLD), Clock()
        keys = CachedKeys(issuer.fetch, clock=clock)

        before = keys.cached(OLD, ALG), keys.key_set
        asked = await keys.key(OLD, ALG)
        clock.now += 299

        assert before == (None, None)
        assert kid_of(asked) == kid_of(keys.cached(OLD, ALG)) == OLD
        assert kid_of(await keys.key(OLD, ALG)) == OLD
        assert issuer.fetches == 1
        assert keys.key_set is issuer.answer

    asyncio.run(scenario())


def test_a_stale_set_is_fetched_again_so_a_withdrawn_key_stops_verifying() -> None:
    async def scenario() -> None:
        issuer, clock = Issuer(OLD), Clock()
        keys = CachedKeys(issuer.fetch, clock=clock)
        await keys.key(OLD, ALG)

        issuer.answer = keys_named(NEW)
        clock.now += 300

        assert keys.cached(OLD, ALG) is None
        assert await keys.key(OLD, ALG) is None
        assert kid_of(keys.cached(NEW, ALG)) == NEW
        assert issuer.fetches == 2

    asyncio.run(scenario())


def test_requests_at_once_share_one_fetch() -> None:
    async def scenario() -> None:
        issuer = Issuer(OLD)
        issuer.gate.clear()
        keys = CachedKeys(issuer.fetch, clock=Clock())

        asking = [asyncio.create_task(keys.key(OLD, ALG)) for _ in range(50)]
        await settle()
        issuer.gate.set()

        assert {kid_of(key) for key in await asyncio.gather(*asking)} == {OLD}
        assert issuer.fetches == 1

    asyncio.run(scenario())


def test_a_caller_that_goes_away_leaves_the_fetch_to_the_others() -> None:
    async def scenario() -> None:
        issuer = Issuer(OLD)
        issuer.gate.clear()
        keys = CachedKeys(issuer.fetch, clock=Clock())
        leaving = asyncio.create_task(keys.key(OLD, ALG))
        staying = asyncio.create_task(keys.key(OLD, ALG))
        await settle()

        leaving.cancel()
        await settle()
        issuer.gate.set()

        assert kid_of(await staying) == OLD
        assert issuer.fetches == 1

    asyncio.run(scenario())


def test_a_new_kid_is_found_after_the_cooldown_without_a_restart() -> None:
    async def scenario() -> None:
        issuer, clock = Issuer(OLD), Clock()
        keys = CachedKeys(issuer.fetch, clock=clock)
        await keys.key(OLD, ALG)
        issuer.answer = keys_named(OLD, NEW)

        clock.now += 9
        assert await keys.key(NEW, ALG) is None
        clock.now += 1
        assert kid_of(await keys.key(NEW, ALG)) == NEW

    asyncio.run(scenario())


def test_junk_kids_cause_no_storm() -> None:
    async def scenario() -> None:
        issuer, clock = Issuer(OLD), Clock()
        keys = CachedKeys(issuer.fetch, clock=clock)
        await keys.key(OLD, ALG)

        for number in range(1000):
            clock.now += 0.0625
            assert await keys.key(Kid(f"junk-{number}"), ALG) is None

        assert issuer.fetches == 1 + 6

    asyncio.run(scenario())


def test_without_any_set_nothing_can_be_checked_and_the_wait_is_told() -> None:
    async def scenario() -> None:
        issuer, clock = Issuer(), Clock()
        issuer.goes_away()
        keys = CachedKeys(issuer.fetch, clock=clock)

        waits = []
        for seconds in (0.0, 2.5, 7.0):
            clock.now += seconds
            with pytest.raises(KeysUnavailableError) as unavailable:
                await keys.key(OLD, ALG)
            waits.append(unavailable.value.retry_after)

        assert waits == [10, 8, 1]
        assert issuer.fetches == 1
        issuer.answer = keys_named(OLD)
        clock.now += 1
        assert kid_of(await keys.key(OLD, ALG)) == OLD

    asyncio.run(scenario())


def test_the_last_good_set_stays_while_fetches_fail_and_only_the_first_is_waited_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario() -> None:
        issuer, clock = Issuer(OLD), Clock()
        keys = CachedKeys(issuer.fetch, clock=clock)
        await keys.key(OLD, ALG)
        issuer.goes_away()
        clock.now += 300
        assert kid_of(await keys.key(OLD, ALG)) == OLD

        issuer.gate.clear()
        clock.now += 3600
        in_the_meantime = await asyncio.wait_for(keys.key(OLD, ALG), timeout=1)
        await settle()

        assert kid_of(in_the_meantime) == OLD
        assert issuer.fetches == 3
        issuer.answer = keys_named(NEW)
        issuer.gate.set()
        await settle()
        assert kid_of(keys.cached(NEW, ALG)) == NEW
        assert await keys.key(OLD, ALG) is None

    with caplog.at_level(logging.WARNING):
        asyncio.run(scenario())

    assert [record.getMessage() for record in caplog.records] == [
        "verification keys stay as they are: gone"
    ]


def test_an_unknown_kid_is_uncheckable_while_fetches_fail_and_unknown_once_they_work() -> None:
    async def scenario() -> None:
        issuer, clock = Issuer(OLD), Clock()
        keys = CachedKeys(issuer.fetch, clock=clock)
        await keys.key(OLD, ALG)
        issuer.goes_away()
        clock.now += 10

        for _ in range(2):
            with pytest.raises(KeysUnavailableError):
                await keys.key(JUNK, ALG)
        issuer.answer = keys_named(OLD)
        clock.now += 10

        assert await keys.key(JUNK, ALG) is None
        assert issuer.fetches == 3

    asyncio.run(scenario())


def test_a_fetch_that_breaks_its_word_counts_as_failed() -> None:
    async def scenario() -> None:
        issuer, clock = Issuer(OLD), Clock()
        issuer.answer = RuntimeError("a fault of ours")
        keys = CachedKeys(issuer.fetch, clock=clock)

        with pytest.raises(RuntimeError):
            await keys.key(OLD, ALG)
        with pytest.raises(KeysUnavailableError):
            await keys.key(OLD, ALG)

    asyncio.run(scenario())


class Keyring:
    """A keyring at hand that counts how often it is read."""

    def __init__(self, *kids: str) -> None:
        self.reads = 0
        self.has(*kids)

    def has(self, *kids: str) -> None:
        self.published = {"keys": [public_jwk(ALG, kid=kid) for kid in kids]}

    def jwks(self) -> Mapping[str, Any]:
        self.reads += 1
        return self.published


def test_the_embedded_keyring_has_a_new_kid_at_once() -> None:
    async def scenario() -> None:
        keyring = Keyring(OLD)
        keys = embedded_keys(keyring.jwks, ALGORITHMS, clock=Clock())
        assert await keys.key(NEW, ALG) is None

        keyring.has(OLD, NEW)

        assert kid_of(await keys.key(NEW, ALG)) == NEW
        assert kid_of(keys.cached(NEW, ALG)) == NEW

    asyncio.run(scenario())


def test_requests_with_a_new_kid_at_once_share_one_reading() -> None:
    async def scenario() -> None:
        keyring = Keyring(OLD)
        keys = embedded_keys(keyring.jwks, ALGORITHMS, clock=Clock())
        await keys.key(OLD, ALG)

        keyring.has(OLD, NEW)
        asked = await asyncio.gather(*(keys.key(NEW, ALG) for _ in range(50)))

        assert {kid_of(key) for key in asked} == {NEW}
        assert keyring.reads == 2

    asyncio.run(scenario())


def test_keys_of_the_embedded_keyring_are_built_once_however_often_it_is_asked() -> None:
    async def scenario() -> None:
        keyring, clock = Keyring(OLD), Clock()
        keys = embedded_keys(keyring.jwks, ALGORITHMS, clock=clock)
        built = await keys.key(OLD, ALG)

        for number in range(100):
            clock.now += 1
            assert await keys.key(OLD, ALG) is built
            assert await keys.key(Kid(f"junk-{number}"), ALG) is None

    asyncio.run(scenario())


def test_requests_within_a_second_do_not_ask_the_embedded_keyring() -> None:
    async def scenario() -> None:
        keyring, clock = Keyring(OLD), Clock()
        keys = embedded_keys(keyring.jwks, ALGORITHMS, clock=clock)
        await keys.key(OLD, ALG)

        for _ in range(100):
            assert kid_of(keys.cached(OLD, ALG)) == OLD
        clock.now += 0.9
        assert kid_of(keys.cached(OLD, ALG)) == OLD

        assert keyring.reads == 1

    asyncio.run(scenario())


def test_a_key_retired_from_the_embedded_keyring_stops_verifying_after_a_second() -> None:
    async def scenario() -> None:
        keyring, clock = Keyring(OLD, NEW), Clock()
        keys = embedded_keys(keyring.jwks, ALGORITHMS, clock=clock)
        await keys.key(OLD, ALG)

        keyring.has(NEW)
        clock.now += 1

        assert keys.cached(OLD, ALG) is None
        assert await keys.key(OLD, ALG) is None
        assert kid_of(keys.cached(NEW, ALG)) == NEW

    asyncio.run(scenario())
