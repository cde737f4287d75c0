"""Revocations in the store, on each database: what ends what, for how long, under races too."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import pytest
from sqlalchemy import Engine, select

from tests.unit.token_service.conftest import administer
from tests.unit.token_service.waiting import backend_of, until_somebody_waits_for
from token_service.admin import Administration
from token_service.entities import (
    Client,
    GrantType,
    PresentedToken,
    Revocation,
    RevocationKind,
    User,
)
from token_service.migrations.run import upgrade
from token_service.models import GrantRow
from token_service.settings import MAX_ACCESS_TOKEN_SECONDS
from token_service.store.clients import delete_client, set_active
from token_service.store.engine import open_engine, writing
from token_service.store.families import (
    NewFamily,
    NewRefreshToken,
    begin_family,
    find_refresh_token,
    revoke_family,
    rotate,
)
from token_service.store.grants import (
    end_tokens_of_client,
    end_tokens_of_subject,
    end_tokens_of_user,
)
from token_service.store.purge import purge
from token_service.store.revocations import (
    LEEWAY,
    is_revoked,
    revocations_after,
    revoke_grants,
    revoke_token,
)
from token_service.store.users import delete_user, find_login, set_password_hash
from token_service.store.users import set_active as set_user_active

NOW = 1_800_000_000
HOUR = 3600


@pytest.fixture
def alice(anywhere: Administration) -> User:
    return anywhere.create_user("alice", "a-password-for-alice")


@pytest.fixture
def client(anywhere: Administration) -> Client:
    return anywhere.create_client("c").client


def all_of(engine: Engine) -> tuple[Revocation, ...]:
    return revocations_after(engine, 0, now=0, most=1000)


def told(engine: Engine) -> set[tuple[str, str]]:
    return {(each.kind.value, each.value) for each in all_of(engine)}


def begin(
    engine: Engine,
    client: Client,
    user: User,
    *,
    grant_id: str = "g-1",
    lives_until: int = NOW + HOUR,
) -> None:
    family = NewFamily(
        client=client.id,
        user=user.id,
        grant_type=GrantType.PASSWORD,
        public_id=grant_id,
        scope="read",
        resource=None,
        created_at=NOW,
        access_expires_at=lives_until,
    )
    login = find_login(engine, user.username)
    assert login is not None
    first = refresh_token(f"first of {grant_id}")
    assert begin_family(engine, family, first=first, password_hash=login.password_hash)


def refresh_token(name: str) -> NewRefreshToken:
    return NewRefreshToken(name, scope="read", issued_at=NOW, expires_at=NOW + 100 * HOUR)


def test_a_token_is_revoked_by_its_id_until_it_has_expired_everywhere(migrated: Engine) -> None:
    revoke_token(migrated, "j-1", expires_at=NOW + 60)

    (revocation,) = all_of(migrated)
    assert (revocation.kind, revocation.value) == (RevocationKind.JTI, "j-1")
    assert revocation.expires_at == NOW + 60 + LEEWAY
    assert is_revoked(migrated, [(RevocationKind.JTI, "j-1", NOW)])
    assert not is_revoked(migrated, [(RevocationKind.JTI, "j-2", NOW)])
    assert not is_revoked(migrated, [(RevocationKind.GRANT, "j-1", NOW)])


def test_revocations_are_read_in_pages_by_their_ids(migrated: Engine) -> None:
    for number in range(5):
        revoke_token(migrated, f"j-{number}", expires_at=NOW)

    first = revocations_after(migrated, 0, now=NOW, most=3)
    rest = revocations_after(migrated, first[-1].id, now=NOW, most=3)

    assert [each.value for each in first + rest] == [f"j-{number}" for number in range(5)]
    assert revocations_after(migrated, rest[-1].id, now=NOW, most=3) == ()


def test_a_family_that_ends_takes_its_access_tokens_along(
    migrated: Engine, client: Client, alice: User
) -> None:
    begin(migrated, client, alice)
    presented = find_refresh_token(migrated, "first of g-1")
    assert presented is not None

    revoke_family(migrated, presented.family_id, now=NOW)
    revoke_family(migrated, presented.family_id, now=NOW + 1)

    (revocation,) = all_of(migrated)
    assert (revocation.kind, revocation.value) == (RevocationKind.GRANT, "g-1")
    assert revocation.expires_at == NOW + HOUR + LEEWAY
    ended = find_refresh_token(migrated, "first of g-1")
    assert ended is not None
    assert ended.is_revoked


def test_a_grant_whose_tokens_have_all_expired_needs_no_revocation(
    migrated: Engine, client: Client, alice: User
) -> None:
    begin(migrated, client, alice, lives_until=NOW - LEEWAY)

    with writing(migrated) as session:
        ended = revoke_grants(session, GrantRow.public_id == "g-1", now=NOW)

    assert ended == 1
    assert all_of(migrated) == ()


@pytest.mark.parametrize(
    ("change", "revoked"),
    [
        pytest.param(
            lambda engine, _client, user: delete_user(engine, user.id, now=NOW),
            {"subject", "grant"},
            id="user deleted",
        ),
        pytest.param(
            lambda engine, _client, user: set_user_active(engine, user.id, active=False, now=NOW),
            {"subject", "grant"},
            id="user disabled",
        ),
        pytest.param(
            lambda engine, _client, user: set_password_hash(engine, user.id, "x", now=NOW),
            {"grant"},
            id="password changed",
        ),
        pytest.param(
            lambda engine, client, _user: delete_client(engine, client.client_id, now=NOW),
            {"client"},
            id="client deleted",
        ),
        pytest.param(
            lambda engine, client, _user: set_active(
                engine, client.client_id, active=False, now=NOW
            ),
            {"client"},
            id="client disabled",
        ),
        pytest.param(
            lambda engine, client, _user: end_tokens_of_client(engine, client, now=NOW),
            {"client", "grant"},
            id="operator, by client",
        ),
        pytest.param(
            lambda engine, _client, user: end_tokens_of_user(engine, user, now=NOW),
            {"subject", "grant"},
            id="operator, by user",
        ),
        pytest.param(
            lambda engine, _client, user: end_tokens_of_subject(engine, user.subject, now=NOW),
            {"subject"},
            id="operator, by subject",
        ),
    ],
)
def test_what_ends_an_account_ends_its_tokens(
    migrated: Engine,
    client: Client,
    alice: User,
    change: Callable[[Engine, Client, User], object],
    revoked: set[str],
) -> None:
    begin(migrated, client, alice)
    names = {"subject": alice.subject, "grant": "g-1", "client": client.client_id}

    change(migrated, client, alice)

    assert told(migrated) == {(kind, names[kind]) for kind in revoked}
    for each in all_of(migrated):
        if each.kind is not RevocationKind.GRANT:
            assert each.issued_until == NOW
            assert each.expires_at == NOW + MAX_ACCESS_TOKEN_SECONDS + LEEWAY


def test_only_the_grants_of_the_one_who_is_meant_end(
    migrated: Engine, anywhere: Administration, client: Client, alice: User
) -> None:
    bob, other = (
        anywhere.create_user("bob", "a-password-for-bob"),
        anywhere.create_client("d").client,
    )
    begin(migrated, client, alice, grant_id="alice-c")
    begin(migrated, client, bob, grant_id="bob-c")
    begin(migrated, other, alice, grant_id="alice-d")

    assert end_tokens_of_client(migrated, client, now=NOW) == 2

    grants = {value for kind, value in told(migrated) if kind == "grant"}
    assert grants == {"alice-c", "bob-c"}


def test_purge_keeps_what_still_counts(migrated: Engine) -> None:
    revoke_token(migrated, "old", expires_at=NOW - LEEWAY)
    revoke_token(migrated, "new", expires_at=NOW - LEEWAY + 1)

    purged = purge(migrated, now=NOW)

    assert purged.revocations == 1
    assert told(migrated) == {("jti", "new")}


@pytest.fixture
def postgresql(postgresql_url: str) -> Iterator[Engine]:
    """PostgreSQL, where transactions run side by side; SQLite's writers take turns."""
    engine = open_engine(postgresql_url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def begun(postgresql: Engine) -> PresentedToken:
    """A family whose access tokens expired long ago."""
    admin = administer(postgresql)
    user, client = admin.create_user("alice", "a-password"), admin.create_client("c").client
    begin(postgresql, client, user, lives_until=NOW - 2 * HOUR)
    presented = find_refresh_token(postgresql, "first of g-1")
    assert presented is not None
    return presented


@pytest.mark.service("postgresql")
def test_a_revocation_reaches_the_token_of_a_refresh_that_is_under_way(
    postgresql: Engine, begun: PresentedToken
) -> None:
    revoking = Thread(target=revoke_family, args=(postgresql, begun.family_id), kwargs={"now": NOW})

    with writing(postgresql) as session:
        grant = session.scalars(select(GrantRow).with_for_update()).one()
        revoking.start()
        until_somebody_waits_for(postgresql, backend_of(session))
        grant.access_expires_at = NOW + HOUR
    revoking.join()

    (revocation,) = all_of(postgresql)
    assert (revocation.value, revocation.expires_at) == ("g-1", NOW + HOUR + LEEWAY)


@pytest.mark.service("postgresql")
def test_a_refresh_that_comes_while_its_family_ends_gets_nothing(
    postgresql: Engine, begun: PresentedToken
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with writing(postgresql) as session:
            revoke_grants(session, GrantRow.public_id == "g-1", now=NOW)
            refreshed = pool.submit(
                rotate,
                postgresql,
                begun.id,
                family_id=begun.family_id,
                successor=refresh_token("second"),
                access_expires_at=NOW + 10 * HOUR,
            )
            until_somebody_waits_for(postgresql, backend_of(session))

        assert refreshed.result(timeout=20) is False
    first = find_refresh_token(postgresql, "first of g-1")
    assert first is not None
    assert not first.is_used
    assert find_refresh_token(postgresql, "second") is None
