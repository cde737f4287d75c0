"""API keys and basic users as credentials: whom they prove, and for how long."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from anyio import CapacityLimiter, create_task_group

from gateway.app.credentials import WAITING_PASSWORDS, LocalCredentials
from gateway.app.recent import RECENT, RECENT_SECONDS, RecentProofs
from gateway.model import (
    Principal,
    PrincipalKind,
    Proof,
    Proven,
    Refused,
    TokenFault,
    Uncheckable,
)
from gateway.spec.model import SchemeName
from gateway.tokens.csrf import CsrfEvidence
from tests.unit.app.test_credentials import ISSUER, ORIGIN, ManualClock, source_of
from tests.unit.token_service.conftest import administer
from tests.unit.token_service.databases import copy_template, make_template
from token_service.admin import Administration
from token_service.sessions import csrf_token
from token_service.store.engine import Engine, open_engine

KEY = SchemeName("key")
PASSWORD = "correct:horse ü9"
HOME = "192.0.2.1"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def engine(template: Path, tmp_path: Path) -> Iterator[Engine]:
    made = open_engine(copy_template(template, tmp_path), busy_seconds=0.1)
    yield made
    made.dispose()


@pytest.fixture
def people(engine: Engine) -> Administration:
    administration = administer(engine)
    administration.create_group("editors")
    administration.create_user("alice", PASSWORD, groups=["editors"])
    return administration


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def source(engine: Engine, clock: ManualClock) -> LocalCredentials:
    return source_of(engine, clock)


def key(
    source: LocalCredentials,
    text: str,
    *,
    scheme: SchemeName = KEY,
    evidence: CsrfEvidence | None = None,
) -> Proof:
    return asyncio.run(source.api_key(scheme, text, evidence=evidence))


def basic(source: LocalCredentials, name: str, password: str, *, address: str = HOME) -> Proof:
    return asyncio.run(source.basic(name, password, address=address))


def test_a_key_of_nobody_proves_itself_with_its_roles(source: LocalCredentials) -> None:
    made = source.api_keys.create("key", roles=["reader"])

    proof = key(source, made.text)

    principal = Principal(ISSUER, f"key:{made.api_key.id}", PrincipalKind.KEY)
    assert proof == Proven(principal, roles=frozenset({"reader"}))


def test_a_users_key_proves_the_user_with_its_roles_and_his_groups(
    source: LocalCredentials, people: Administration
) -> None:
    alice = people.find_user_by_name("alice")
    assert alice is not None
    made = source.api_keys.create("key", roles=["reader"], user=alice)

    proof = key(source, made.text)

    principal = Principal(ISSUER, alice.subject, PrincipalKind.USER)
    assert proof == Proven(principal, roles=frozenset({"reader", "editors"}), is_local=True)


def test_a_clients_key_proves_the_client(source: LocalCredentials, people: Administration) -> None:
    client = people.create_client("batch", client_id="batch").client
    made = source.api_keys.create("key", roles=["reader"], client=client)

    proof = key(source, made.text)

    principal = Principal(ISSUER, "client:batch", PrincipalKind.CLIENT)
    assert proof == Proven(principal, roles=frozenset({"reader"}), client_id="batch")


def test_a_key_that_is_none_says_why(source: LocalCredentials, clock: ManualClock) -> None:
    expired, revoked = (source.api_keys.create("key", ttl=10) for _ in range(2))
    source.api_keys.revoke(revoked.api_key.id)
    clock.now += 10

    assert key(source, expired.text) == Refused(TokenFault.EXPIRED)
    assert key(source, revoked.text) == Refused(TokenFault.REVOKED)
    assert key(source, "sgk_nothing") == Refused(TokenFault.UNKNOWN_CREDENTIAL)


def test_a_valid_key_of_one_scheme_is_unknown_to_another_even_right_after(
    source: LocalCredentials,
) -> None:
    made = source.api_keys.create("key")

    assert isinstance(key(source, made.text), Proven)
    assert key(source, made.text, scheme=SchemeName("other")) == Refused(
        TokenFault.UNKNOWN_CREDENTIAL
    )


def test_a_revoked_key_is_taken_for_a_second_at_most(
    source: LocalCredentials, clock: ManualClock
) -> None:
    made = source.api_keys.create("key")
    key(source, made.text)
    source.api_keys.revoke(made.api_key.id)

    clock.now += RECENT_SECONDS - 0.01
    assert isinstance(key(source, made.text), Proven)
    clock.now += 0.01

    assert key(source, made.text) == Refused(TokenFault.REVOKED)


def test_what_is_recent_does_not_stay_recent_by_being_asked(
    source: LocalCredentials, clock: ManualClock
) -> None:
    made = source.api_keys.create("key")
    key(source, made.text)
    source.api_keys.revoke(made.api_key.id)

    clock.now += 0.6
    key(source, made.text)
    clock.now += 0.6

    assert key(source, made.text) == Refused(TokenFault.REVOKED)


def test_a_clock_that_was_set_back_makes_nothing_recent(
    source: LocalCredentials, clock: ManualClock
) -> None:
    made = source.api_keys.create("key")
    key(source, made.text)
    source.api_keys.revoke(made.api_key.id)

    clock.now -= 100

    assert key(source, made.text) == Refused(TokenFault.REVOKED)


@pytest.mark.parametrize(
    ("token", "origin", "proven"),
    [
        pytest.param(True, None, True, id="token"),
        pytest.param(True, ORIGIN, True, id="token-from-our-own-page"),
        pytest.param(True, "https://evil.example", False, id="another-origin"),
        pytest.param(False, None, False, id="nothing"),
    ],
)
def test_a_key_in_a_cookie_changes_something_for_who_knows_it(
    source: LocalCredentials, token: bool, origin: str | None, proven: bool
) -> None:
    made = source.api_keys.create("key")
    evidence = CsrfEvidence(csrf_token(made.text) if token else None, origin)

    for _ in range(2):  # from the store, then as recent
        proof = key(source, made.text, evidence=evidence)
        assert isinstance(proof, Proven)
        assert (proof.by_cookie, proof.csrf_proven) == (True, proven)
    elsewhere = key(source, made.text)
    assert isinstance(elsewhere, Proven)
    assert not elsewhere.by_cookie


def test_a_name_with_its_password_proves_the_user_with_his_groups(
    source: LocalCredentials, people: Administration
) -> None:
    alice = people.find_user_by_name("alice")
    assert alice is not None

    proof = basic(source, "alice", PASSWORD)

    principal = Principal(ISSUER, alice.subject, PrincipalKind.USER)
    assert proof == Proven(principal, roles=frozenset({"editors"}), is_local=True)
    assert basic(source, "alice", PASSWORD + "x") == Refused(TokenFault.UNKNOWN_CREDENTIAL)
    assert basic(source, "nobody", PASSWORD) == Refused(TokenFault.UNKNOWN_CREDENTIAL)


def test_guesses_are_told_to_wait_and_so_is_the_right_password_from_there(
    source: LocalCredentials, people: Administration
) -> None:
    for number in range(10):
        basic(source, "alice", f"guess {number}")

    assert isinstance(basic(source, "alice", PASSWORD), Uncheckable)
    assert isinstance(basic(source, "alice", PASSWORD, address="192.0.2.2"), Proven)


def test_a_password_proved_elsewhere_answers_no_guess_from_an_address_that_has_to_wait(
    source: LocalCredentials, people: Administration
) -> None:
    for number in range(10):
        basic(source, "alice", f"guess {number}")

    assert isinstance(basic(source, "alice", PASSWORD, address="192.0.2.2"), Proven)

    for password in (PASSWORD, "guess"):
        assert isinstance(basic(source, "alice", password), Uncheckable)
    assert isinstance(basic(source, "alice", PASSWORD, address="192.0.2.2"), Proven)


def test_a_password_proved_a_moment_ago_waits_with_the_guesses_from_there(
    source: LocalCredentials, people: Administration
) -> None:
    assert isinstance(basic(source, "alice", PASSWORD), Proven)
    for number in range(10):
        basic(source, "alice", f"guess {number}")

    assert isinstance(basic(source, "alice", PASSWORD), Uncheckable)
    assert isinstance(basic(source, "alice", "guess"), Uncheckable)


def test_a_changed_password_is_refused_at_once(
    source: LocalCredentials, people: Administration
) -> None:
    alice = people.find_user_by_name("alice")
    assert alice is not None
    basic(source, "alice", PASSWORD)

    people.set_password(alice.id, "another-password")

    assert basic(source, "alice", PASSWORD) == Refused(TokenFault.UNKNOWN_CREDENTIAL)
    assert isinstance(basic(source, "alice", "another-password"), Proven)


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda s, text: s.api_key(KEY, text, evidence=None), id="key"),
        pytest.param(lambda s, text: s.basic("alice", PASSWORD, address=HOME), id="basic"),
    ],
)
def test_what_nobody_can_look_up_is_uncheckable(
    source: LocalCredentials,
    people: Administration,
    tmp_path: Path,
    ask: Callable[[LocalCredentials, str], Coroutine[Any, Any, Proof]],
) -> None:
    made = source.api_keys.create("key")
    people.engine.dispose()
    (tmp_path / "scopegate.db").rename(tmp_path / "away.db")

    assert isinstance(asyncio.run(ask(source, made.text)), Uncheckable)


def test_a_password_is_not_put_in_a_queue_that_is_too_long(
    source: LocalCredentials, people: Administration
) -> None:
    async def crowd() -> Proof:
        hashing = CapacityLimiter(1)
        crowded = replace(source, hashing=hashing)
        answered: list[Proof] = []
        async with hashing, create_task_group() as tasks:

            async def wait() -> None:
                async with hashing:
                    pass

            for _ in range(WAITING_PASSWORDS):
                tasks.start_soon(wait)
            while hashing.statistics().tasks_waiting < WAITING_PASSWORDS:
                await asyncio.sleep(0)
            answered.append(await crowded.basic("alice", PASSWORD, address=HOME))
            tasks.cancel_scope.cancel()
        return answered[0]

    assert isinstance(asyncio.run(crowd()), Uncheckable)
    assert isinstance(basic(source, "alice", PASSWORD), Proven)


def test_only_so_much_is_kept_and_the_oldest_goes(clock: ManualClock) -> None:
    recent = RecentProofs(clock)
    proof = Proven(Principal(ISSUER, "key:1", PrincipalKind.KEY))

    for number in range(RECENT + 1):
        recent.keep(recent.digest(str(number)), proof, asked_at=clock.now)

    assert recent.find(recent.digest("0")) is None
    assert recent.find(recent.digest("1")) == proof


def test_parts_of_what_is_kept_are_told_apart(clock: ManualClock) -> None:
    recent = RecentProofs(clock)

    assert recent.digest("basic", "ab", "c") != recent.digest("basic", "a", "bc")
    assert recent.digest("basic", "a") != RecentProofs(clock).digest("basic", "a")


def test_no_secret_shows(source: LocalCredentials, people: Administration) -> None:
    made = source.api_keys.create("key")
    key(source, made.text)
    basic(source, "alice", PASSWORD)

    assert made.text not in repr(source)
    assert PASSWORD not in repr(source)
