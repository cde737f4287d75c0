"""Users of this installation with tokens of a foreign issuer: from the store, over the gateway."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from anyio import CapacityLimiter

from gateway.app.compose import Application, compose
from gateway.app.composition import Composition
from gateway.app.local_users import StoredUsers
from gateway.guard import build_ruleset
from gateway.load import load_document
from gateway.model import Uncheckable
from gateway.spec.model import SchemeName
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import OAUTH, bearer, document, operation, read
from tests.unit.app.homes import settings_in
from tests.unit.tokens.minting import AUDIENCE, ISSUER, NOW, FixedKeys
from token_service.store.engine import Engine

TEXT = document(
    {
        "/theirs": {"get": operation([{"theirs": ["read"]}], operationId="theirs")},
        "/ours": {"get": operation([{"ours": ["read"]}], operationId="ours")},
    },
    schemes={"theirs": OAUTH, "ours": OAUTH},
)
TABLE = {
    "issuer": ISSUER,
    "jwks_uri": "https://issuer.example/jwks",
    "audience": AUDIENCE,
    "profile": "rfc9068",
}
THEIRS = SchemeName("theirs")
STRANGER = "user:00000000-0000-4000-8000-000000000000"


class ManualClock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def application(home: Path, engine: Engine, table: dict[str, Any]) -> Application:
    """One that takes the tokens that tests mint for those of the foreign issuer."""
    settings = settings_in(home, schemes={"theirs": table})
    made = compose(
        load_document(read(TEXT), settings),
        settings,
        engine,
        composition=Composition(mocks=True, clock=lambda: NOW),
    )
    bearers = dict(made.asgi.served.ruleset.bearers)
    bearers[THEIRS] = replace(bearers[THEIRS], keys=FixedKeys())
    made.asgi.served = made.serving.under(build_ruleset(made.document, bearers))
    return made


def ask(made: Application, subject: str) -> Reply:
    return asyncio.run(call(made.asgi, "GET", "/theirs", bearer("read", sub=subject)))


def test_a_user_of_the_store_is_let_in_and_nobody_else_is(home: Path, engine: Engine) -> None:
    made = application(home, engine, {**TABLE, "users": "local"})
    alice = made.tokens.administration.create_user("alice", "a-password-of-hers")

    assert ask(made, alice.subject).status == 200
    for subject in (STRANGER, "alice", "anything", alice.subject.upper(), f"{alice.subject} "):
        refused = ask(made, subject)
        assert refused.problem() == (401, "invalid-credential")
        assert refused.json()["reason"] == "unknown_credential"
        assert 'error="invalid_token"' in str(refused.header("www-authenticate"))


@pytest.mark.parametrize("end", ["disable", "delete"])
def test_a_user_who_was_disabled_or_deleted_is_refused(
    home: Path, engine: Engine, end: str
) -> None:
    made = application(home, engine, {**TABLE, "users": "local"})
    people = made.tokens.administration
    bob, carol = (people.create_user(name, "a-password-of-theirs") for name in ("bob", "carol"))

    if end == "disable":
        people.set_user_active(bob.id, active=False)
    else:
        people.delete_user(bob.id)

    assert (ask(made, bob.subject).status, ask(made, carol.subject).status) == (401, 200)


def test_while_the_store_is_away_the_answer_is_503(home: Path, engine: Engine) -> None:
    made = application(home, engine, {**TABLE, "users": "local"})
    (home / "scopegate.db").rename(home / "away.db")
    engine.dispose()

    away = ask(made, STRANGER)

    assert away.status == 503
    assert int(away.header("retry-after") or 0) > 0


def test_an_issuer_whose_subjects_are_no_users_here_is_not_looked_up(
    home: Path, engine: Engine
) -> None:
    made = application(home, engine, TABLE)

    assert ask(made, "anything").status == 200
    assert all(bearer.users is None for bearer in made.asgi.served.ruleset.bearers.values())


def test_our_own_tokens_are_not_looked_up(home: Path, engine: Engine) -> None:
    made = application(home, engine, {**TABLE, "users": "local"})

    found = {name: bearer.users for name, bearer in made.asgi.served.ruleset.bearers.items()}

    assert found[SchemeName("ours")] is None
    assert found[THEIRS] is not None


def test_that_a_user_is_active_is_believed_for_a_second_and_the_contrary_never(
    home: Path, engine: Engine
) -> None:
    people = application(home, engine, TABLE).tokens.administration
    clock = ManualClock()
    users = StoredUsers(people, CapacityLimiter(1), clock)
    alice = people.create_user("alice", "a-password-of-hers")

    def known() -> bool | Uncheckable:
        return asyncio.run(users.is_active(alice.subject))

    assert known() is True
    people.set_user_active(alice.id, active=False)
    clock.now += 0.9
    assert known() is True
    clock.now += 0.1
    assert known() is False
    people.set_user_active(alice.id, active=True)
    assert known() is True
