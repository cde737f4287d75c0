"""A login session as a credential: who it is, and whether a page of ours sent the request."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio import CapacityLimiter

from gateway.app.credentials import LocalCredentials
from gateway.app.recent import RecentProofs
from gateway.model import PrincipalKind, Proven, Refused, Uncheckable
from gateway.tokens.csrf import CsrfEvidence, csrf_evidence
from tests.unit.token_service.conftest import CHEAP, administer
from token_service.api_keys import ApiKeys
from token_service.basic_users import BasicUsers
from token_service.migrations.run import upgrade
from token_service.passwords import SecretHasher
from token_service.ports import Clock
from token_service.sessions import IDLE_SECONDS, SESSION_SECONDS, Sessions, csrf_token
from token_service.store.engine import Engine, open_engine
from token_service.throttle import Throttle

ISSUER = "http://localhost:8000/o"
ORIGIN = "http://localhost:8000"


class ManualClock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = open_engine(f"sqlite:///{tmp_path / 'scopegate.db'}", busy_seconds=0.1)
    upgrade(made)
    yield made
    made.dispose()


@pytest.fixture
def sessions(engine: Engine, clock: ManualClock) -> Sessions:
    return Sessions(engine, clock)


@pytest.fixture
def cookie(engine: Engine, sessions: Sessions) -> str:
    administration = administer(engine)
    administration.create_group("editors")
    return sessions.open(administration.create_user("alice", "a-password", groups=["editors"]))


def source_of(engine: Engine, clock: Clock) -> LocalCredentials:
    return LocalCredentials(
        Sessions(engine, clock),
        ApiKeys(engine, clock),
        BasicUsers(engine, SecretHasher(CHEAP), Throttle(engine), clock),
        issuer=ISSUER,
        origins=frozenset({ORIGIN}),
        limiter=CapacityLimiter(1),
        recent=RecentProofs(clock),
    )


def ask(
    sessions: Sessions,
    cookie: str,
    evidence: CsrfEvidence = CsrfEvidence(),  # noqa: B008 -- frozen
) -> Proven | Refused | Uncheckable | None:
    async def session() -> Proven | Refused | Uncheckable | None:
        return await source_of(sessions.engine, sessions.clock).session(cookie, evidence)

    return asyncio.run(session())


def test_a_session_proves_its_user_with_his_groups_as_roles(
    sessions: Sessions, cookie: str
) -> None:
    proof = ask(sessions, cookie)

    assert isinstance(proof, Proven)
    assert (proof.principal.issuer, proof.principal.kind) == (ISSUER, PrincipalKind.USER)
    assert proof.principal.subject.startswith("user:")
    assert (proof.roles, proof.scopes) == (frozenset({"editors"}), frozenset())
    assert (proof.by_cookie, proof.csrf_proven, proof.is_local) == (True, False, True)


@pytest.mark.parametrize(
    ("origin", "proven"),
    [
        pytest.param(None, True, id="no-origin"),
        pytest.param(ORIGIN, True, id="our-own"),
        pytest.param("https://evil.example", False, id="another"),
        pytest.param("null", False, id="null"),
        pytest.param("", False, id="several"),
        pytest.param(f"{ORIGIN}/", False, id="not-an-origin"),
    ],
)
def test_the_csrf_token_counts_only_from_our_own_origin(
    sessions: Sessions, cookie: str, origin: str | None, proven: bool
) -> None:
    proof = ask(sessions, cookie, CsrfEvidence(csrf_token(cookie), origin))

    assert isinstance(proof, Proven)
    assert proof.csrf_proven is proven


@pytest.mark.parametrize("token", ["", "x", "ü", csrf_token("another cookie")])
def test_another_csrf_token_proves_nothing(sessions: Sessions, cookie: str, token: str) -> None:
    proof = ask(sessions, cookie, CsrfEvidence(token, ORIGIN))

    assert isinstance(proof, Proven)
    assert not proof.csrf_proven


@pytest.mark.parametrize("text", ["", "x", "ü", "a" * 4000])
def test_a_cookie_that_is_no_session_is_as_if_absent(sessions: Sessions, text: str) -> None:
    assert ask(sessions, text) is None


def test_a_session_that_lay_idle_or_is_too_old_is_as_if_absent(
    sessions: Sessions, cookie: str, clock: ManualClock
) -> None:
    clock.now += IDLE_SECONDS - 1
    assert ask(sessions, cookie) is not None
    clock.now += IDLE_SECONDS - 1
    assert ask(sessions, cookie) is not None

    clock.now += IDLE_SECONDS + 1

    assert ask(sessions, cookie) is None


def test_no_session_lives_for_ever(sessions: Sessions, cookie: str, clock: ManualClock) -> None:
    end = clock.now + SESSION_SECONDS
    while clock.now + IDLE_SECONDS - 1 < end:
        clock.now += IDLE_SECONDS - 1
        assert ask(sessions, cookie) is not None

    clock.now = end

    assert ask(sessions, cookie) is None


@pytest.mark.parametrize("end", ["closed", "disabled", "deleted", "password"])
def test_a_session_ends_with_what_it_rests_on(
    sessions: Sessions, cookie: str, engine: Engine, end: str
) -> None:
    administration = administer(engine)
    user = administration.find_user_by_name("alice")
    assert user is not None
    match end:
        case "closed":
            sessions.close(cookie)
        case "disabled":
            administration.set_user_active(user.id, active=False)
        case "deleted":
            administration.delete_user(user.id)
        case _:
            administration.set_password(user.id, "another-password")

    assert ask(sessions, cookie) is None


def test_a_session_nobody_can_look_up_is_uncheckable(
    sessions: Sessions, cookie: str, tmp_path: Path, engine: Engine
) -> None:
    engine.dispose()
    (tmp_path / "scopegate.db").rename(tmp_path / "away.db")

    assert isinstance(ask(sessions, cookie), Uncheckable)


@pytest.mark.parametrize(
    ("headers", "token", "origin"),
    [
        pytest.param([], None, None, id="nothing"),
        pytest.param([(b"x-csrf-token", b"t")], "t", None, id="token"),
        pytest.param([(b"x-csrf-token", b"t"), (b"x-csrf-token", b"t")], None, None, id="twice"),
        pytest.param([(b"origin", b"http://a")], None, "http://a", id="origin"),
        pytest.param([(b"origin", b"http://a"), (b"origin", b"http://a")], None, "", id="origins"),
    ],
)
def test_evidence_is_taken_as_it_was_sent(
    headers: list[tuple[bytes, bytes]], token: str | None, origin: str | None
) -> None:
    assert csrf_evidence(headers) == CsrfEvidence(token, origin)


def test_a_link_signs_in_once_and_for_a_while(
    sessions: Sessions, cookie: str, engine: Engine, clock: ManualClock
) -> None:
    user = administer(engine).find_user_by_name("alice")
    assert user is not None
    first, second = sessions.make_link(user), sessions.make_link(user)

    assert sessions.is_link(first)
    spent = sessions.spend_link(first)
    assert spent is not None
    assert spent.username == "alice"
    assert (sessions.is_link(first), sessions.spend_link(first)) == (False, None)
    clock.now += 901
    assert (sessions.is_link(second), sessions.spend_link(second)) == (False, None)
