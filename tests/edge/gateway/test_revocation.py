"""Tokens that were taken back: 401 at the gateway, and 503 while nobody knows which they are."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.types import ASGIApp, Message

from gateway.app.compose import Application, compose
from gateway.guard import build_ruleset
from gateway.load import load_document
from gateway.model import AccessToken
from gateway.spec.model import SchemeName
from tests.edge.gateway.wire import Reply, call
from tests.edge.gateway.world import (
    OAUTH,
    Gateway,
    bearer,
    document,
    gateway,
    operation,
    read,
)
from tests.unit.app.homes import settings_in
from tests.unit.tokens.minting import NOW
from token_service.store.engine import Engine

READ: dict[str, Any] = {"oauth": ["read"]}
SCHEMES = {"oauth": OAUTH, "again": OAUTH}
PASSWORD = "a-password-for-alice"
FOREIGN = {
    "issuer": "https://issuer.example",
    "jwks_uri": "https://issuer.example/jwks",
    "audience": "theirs",
}
TEXT = document(
    {
        "/open": {"get": operation()},
        "/a": {"get": operation([READ])},
        "/both": {"get": operation([{**READ, "again": ["read"]}])},
        "/optional": {"get": operation([{}, READ])},
    },
    schemes=SCHEMES,
)


@dataclass
class ToldFeed:
    """Revocations that the test tells, and how often anybody asked."""

    fresh: bool = True
    revoked: set[str] = field(default_factory=set)
    asked: list[AccessToken] = field(default_factory=list)

    @property
    def changes(self) -> int:
        return len(self.revoked)

    def is_revoked(self, token: AccessToken) -> bool:
        self.asked.append(token)
        return token.jti in self.revoked


def ruled_by(feed: ToldFeed) -> Gateway:
    """A gateway whose schemes take our own tokens, and ask the feed about them."""
    made = gateway(TEXT)
    rules = made.ruleset
    bearers = {n: replace(binding, revocations=feed) for n, binding in rules.bearers.items()}
    made.swap(build_ruleset(rules.document, bearers))
    return made


def get(world: Gateway, path: str, headers: dict[str, str] | None = None) -> Reply:
    return asyncio.run(call(world.app, "GET", path, headers or {}))


def test_a_revoked_token_is_an_invalid_token_that_says_why() -> None:
    world = ruled_by(ToldFeed(revoked={"gone"}))

    reply = get(world, "/a", bearer("read", jti="gone"))

    assert reply.problem() == (401, "invalid-credential")
    assert reply.json()["reason"] == "revoked"
    assert 'error="invalid_token"' in reply.all("www-authenticate")[0]
    assert get(world, "/a", bearer("read", jti="kept")).status == 501


def test_a_revoked_token_is_no_anonymous_caller() -> None:
    world = ruled_by(ToldFeed(revoked={"gone"}))

    assert get(world, "/optional", bearer("read", jti="gone")).status == 401
    assert get(world, "/optional").status == 501


def test_while_nobody_knows_tokens_wait_and_the_public_goes_on() -> None:
    world = ruled_by(ToldFeed(fresh=False))

    refused = get(world, "/a", bearer("read"))

    assert refused.status == 503
    assert int(refused.header("retry-after") or 0) > 0
    assert refused.header("cache-control") == "no-store"
    assert get(world, "/optional", bearer("read")).status == 503
    assert get(world, "/open", bearer("read")).status == 501
    assert get(world, "/optional").status == 501
    assert get(world, "/a").status == 401


def test_what_is_no_valid_token_anyway_is_told_so_while_nobody_knows() -> None:
    feed = ToldFeed(fresh=False)

    reply = get(ruled_by(feed), "/a", bearer("read", exp=NOW - 60))

    assert reply.json()["reason"] == "expired"
    assert feed.asked == []


def test_one_token_is_asked_about_once_however_many_schemes_it_proves() -> None:
    feed = ToldFeed()

    reply = get(ruled_by(feed), "/both", bearer("read", grant_id="g-1"))

    assert reply.status == 501
    assert [(token.jti, token.grant_id) for token in feed.asked] == [("token-1", "g-1")]


@pytest.mark.parametrize("odd", [5, None, True, ["g"], {"g": 1}])
def test_a_grant_id_of_another_form_is_as_if_absent(odd: object) -> None:
    feed = ToldFeed()

    assert get(ruled_by(feed), "/a", bearer("read", grant_id=odd)).status == 501
    assert feed.asked[0].grant_id is None


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole application in process, with alice and a client that knows her password."""

    application: Application
    engine: Engine
    form: Mapping[str, str]

    def get(self, token: str, path: str = "/a") -> Reply:
        headers = {"authorization": f"Bearer {token}"}
        return asyncio.run(call(self.application.asgi, "GET", path, headers))

    def post(self, path: str, **form: str) -> Any:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        body = urlencode({**self.form, **form}).encode()
        return asyncio.run(call(self.application.asgi, "POST", path, headers, body=body)).json()

    def grant(self) -> Any:
        """The answer to alice's password."""
        return self.post("/o/token", grant_type="password", username="alice", password=PASSWORD)


@pytest.fixture
def whole(home: Path, engine: Engine) -> Whole:
    """A whole application; its feed has no thread until it is served."""
    schemes = {"oauth": OAUTH, "foreign": OAUTH}
    text = document(
        {"/a": {"get": operation([READ])}, "/open": {"get": operation()}}, schemes=schemes
    )
    settings = settings_in(home, schemes={"foreign": FOREIGN})
    application = compose(load_document(read(text), settings), settings, engine)
    admin = application.tokens.administration
    admin.create_user("alice", PASSWORD)
    client = admin.create_client("c", client_id="c", grants=["password", "refresh_token"])
    return Whole(application, engine, {"client_id": "c", "client_secret": client.secret or ""})


def test_only_our_own_tokens_are_looked_up(whole: Whole) -> None:
    bearers = whole.application.asgi.served.ruleset.bearers

    assert bearers[SchemeName("oauth")].revocations is not None
    assert bearers[SchemeName("foreign")].revocations is None


def alice_of(whole: Whole) -> int:
    alice = whole.application.tokens.administration.find_user_by_name("alice")
    assert alice is not None
    return alice.id


def by_operator(whole: Whole, granted: Any) -> None:
    whole.application.tokens.revoker.revoke(granted["access_token"])


def by_access_token(whole: Whole, granted: Any) -> None:
    whole.post("/o/revoke_token/", token=granted["access_token"])


def by_refresh_token(whole: Whole, granted: Any) -> None:
    whole.post("/o/revoke_token/", token=granted["refresh_token"])


def by_reuse(whole: Whole, granted: Any) -> None:
    for _ in range(2):
        whole.post("/o/token", grant_type="refresh_token", refresh_token=granted["refresh_token"])


def by_disabling_the_user(whole: Whole, _granted: Any) -> None:
    whole.application.tokens.administration.set_user_active(alice_of(whole), active=False)


def by_deleting_the_user(whole: Whole, _granted: Any) -> None:
    whole.application.tokens.administration.delete_user(alice_of(whole))


def by_a_new_password(whole: Whole, _granted: Any) -> None:
    whole.application.tokens.administration.set_password(alice_of(whole), "another-password")


def by_disabling_the_client(whole: Whole, _granted: Any) -> None:
    whole.application.tokens.administration.set_client_active("c", active=False)


def by_deleting_the_client(whole: Whole, _granted: Any) -> None:
    whole.application.tokens.administration.delete_client("c")


@pytest.mark.parametrize(
    "end",
    [
        by_operator, by_access_token, by_refresh_token, by_reuse, by_disabling_the_user,
        by_deleting_the_user, by_a_new_password, by_disabling_the_client, by_deleting_the_client,
    ],
)  # fmt: skip
def test_whatever_ends_a_token_ends_it_at_the_gateway(
    whole: Whole, end: Callable[[Whole, Any], None]
) -> None:
    granted = whole.grant()
    other = whole.application.tokens.mint("user:x", ["read"], client_id="mint", ttl=60)
    before = whole.get(granted["access_token"]).status

    end(whole, granted)

    after = whole.get(granted["access_token"])
    assert (before, after.status, after.json()["reason"]) == (501, 401, "revoked")
    assert whole.get(other).status == 501


def test_a_user_who_may_come_back_gets_tokens_that_work(whole: Whole) -> None:
    admin, granted = whole.application.tokens.administration, whole.grant()
    admin.set_password(alice_of(whole), "another-password")
    admin.set_password(alice_of(whole), PASSWORD)

    assert whole.get(granted["access_token"]).status == 401
    assert whole.get(whole.grant()["access_token"]).status == 501


def test_a_server_knows_what_is_revoked_before_its_first_request_and_leaves_no_thread(
    whole: Whole,
) -> None:
    others = _followers()  # of servers that other tests left running
    token = whole.grant()["access_token"]
    by_access_token(whole, {"access_token": token})

    status, while_serving = asyncio.run(_first_request(whole, token))

    assert (status, while_serving - others, _followers() - others) == (401, 1, 0)


async def _first_request(whole: Whole, token: str) -> tuple[int, int]:
    served, inbox = whole.application.served, asyncio.Queue[Message]()
    outbox = asyncio.Queue[Message]()
    life = asyncio.create_task(_serve(served, inbox, outbox))
    await inbox.put({"type": "lifespan.startup"})
    assert (await outbox.get())["type"] == "lifespan.startup.complete"
    reply = await call(served, "GET", "/a", {"authorization": f"Bearer {token}"})
    followers = _followers()
    await inbox.put({"type": "lifespan.shutdown"})
    await life
    return reply.status, followers


async def _serve(
    app: ASGIApp, inbox: "asyncio.Queue[Message]", outbox: "asyncio.Queue[Message]"
) -> None:
    await app({"type": "lifespan"}, inbox.get, outbox.put)


def _followers() -> int:
    return sum(thread.name == "scopegate-revocations" for thread in threading.enumerate())
