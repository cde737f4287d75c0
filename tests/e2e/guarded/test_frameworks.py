"""FastAPI and Django behind the guard: who reaches which view, whatever the spelling of a path."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.guarded.uvicorn import Uvicorn, running
from tests.e2e.servers import Server, serving
from tests.e2e.wire import Reply, exchange

#: within which a token that was taken back must be refused, on a busy machine
_SECONDS = 10.0
DOCUMENT = Path(__file__).with_name("openapi.yaml")


@dataclass(frozen=True, slots=True)
class World:
    """An application behind the guard, and the token service whose home it was given."""

    framework: str
    inner: Uvicorn
    tokens: Server

    def call(
        self,
        method: str,
        target: str,
        scope: str | None = None,
        *,
        json: object = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Reply:
        token = None if scope is None else self.tokens.token(scope)
        return exchange(self.inner.port, method, target, token=token, json=json, headers=headers)


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A token service by itself."""
    folder = tmp_path_factory.mktemp("tokens")
    with serving(DOCUMENT, "--only", "tokens", folder=folder) as server:
        yield server


@pytest.fixture(scope="module", params=["fastapi", "django"])
def world(
    request: pytest.FixtureRequest, tokens: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    folder = tmp_path_factory.mktemp(request.param)
    environment = {
        "GUARDED_HOME": str(tokens.home),
        "SCOPEGATE_PUBLIC_URL": tokens.url,
    }
    module = f"tests.e2e.guarded.{request.param}_app:app"
    with running(module, folder, environment=environment) as inner:
        yield World(request.param, inner, tokens)


def handler(reply: Reply) -> str:
    assert reply.status in {200, 201}, reply.body
    told: str = reply.json()["handler"]
    return told


def problem(reply: Reply) -> tuple[int, str]:
    assert reply.header("content-type") == "application/problem+json"
    return reply.status, reply.json()["type"].removeprefix("/-/problems/")


def test_who_may_reaches_the_view_and_the_view_knows_him(world: World) -> None:
    reply = world.call("GET", "/people/", "read")

    assert handler(reply) == "people"
    assert reply.json()["scopes"] == ["read"]
    assert reply.json()["subject"] == f"client:{world.tokens.client['client_id']}"
    assert reply.header("cache-control") == "private, no-cache"


def test_a_public_view_is_for_everyone(world: World) -> None:
    reply = world.call("GET", "/health")

    assert handler(reply) == "health"
    assert reply.json()["subject"] is None


def test_a_view_of_a_router_that_was_included_is_reached(world: World) -> None:
    reply = world.call("GET", "/included/ann/", "read")

    assert handler(reply) in {"included", "page"}
    assert world.call("GET", "/included/ann/").status == 401


def test_a_body_reaches_the_view(world: World) -> None:
    reply = world.call("POST", "/people/", "write", json={"name": "Ann"})

    assert "Ann" in str(reply.json()["body"])


@pytest.mark.parametrize(
    ("method", "target", "scope", "answer"),
    [
        ("GET", "/people/", None, (401, "unauthenticated")),
        ("POST", "/people/", "read", (403, "insufficient-scope")),
        ("DELETE", "/people/ann/", "read write", (403, "insufficient-scope")),
        ("PATCH", "/people/", "read", (405, "method-not-allowed")),
        ("GET", "/people", "read", (404, "not-found")),
        ("GET", "/unknown", "admin", (404, "not-found")),
        ("GET", "/openapi.json", "admin", (404, "not-found")),
    ],
)
def test_who_may_not_is_told_so_before_the_view(
    world: World, method: str, target: str, scope: str | None, answer: tuple[int, str]
) -> None:
    assert problem(world.call(method, target, scope)) == answer


@pytest.mark.parametrize(
    "target",
    [
        "/health%0A", "/health%0a", "/people/me/%0A", "/health/", "//health", "/./health",
        "/people/../health", "/pages/..%2Fsecret/", "/pages/%2e%2e/secret/", "/HEALTH",
        "/pages/x%2F..%2F..%2Fsecret/", "/health%00", "/health;a=b", "/pages%2Fx/", "/pages//x/",
        "/pages/x%5C..%5Csecret/",
    ],
)  # fmt: skip
def test_no_spelling_slips_by(world: World, target: str) -> None:
    assert problem(world.call("GET", target, "read")) == (404, "not-found")


def test_a_view_sees_the_path_that_was_decided(world: World) -> None:
    reply = world.call("GET", "/p%65ople/a%20b%3Fc/", "read")

    assert handler(reply) == "person"
    assert reply.json()["name"] == "a b?c"


def test_an_escape_that_is_escaped_is_not_read_twice(world: World) -> None:
    reply = world.call("GET", "/pages/a%252F..%252Fsecret/")

    assert handler(reply) == "page"
    assert reply.json()["name"] == "a%2F..%2Fsecret"


@pytest.mark.parametrize(
    "header",
    [
        ("X-HTTP-Method-Override", "DELETE"),
        ("X-Original-URL", "/secret/"),
        ("X-Rewrite-URL", "/secret/"),
        ("X-Forwarded-Prefix", "/pages"),
        ("Daphne-Root-Path", "/pages"),
    ],
)
def test_no_header_leads_elsewhere(world: World, header: tuple[str, str]) -> None:
    reply = world.call("GET", "/pages/secret-ish/", headers=(header,))

    assert handler(reply) == "page"


def test_a_method_in_small_letters_is_another_method(world: World) -> None:
    reply = world.call("get", "/people/", "read")

    assert reply.status in {400, 405}


def test_a_view_is_not_reached_by_what_was_decided_for_another(world: World) -> None:
    """`/people/{name}/` asks for `read`; the view of `/people/me/` must not be had for that."""
    mine = world.call("GET", "/people/me/", "admin")
    others = world.call("GET", "/people/me/", "read")
    shouted = world.call("GET", "/people/ME/", "read")

    assert problem(others) == (403, "insufficient-scope")
    if world.framework == "django":  # its pattern ignores case, and the document does not
        assert handler(mine) == "me"
        assert problem(shouted) == (404, "not-found")
    else:  # its route for `/people/{name}/` stands before the one for `/people/me/`
        assert problem(mine) == (404, "not-found")
        assert handler(shouted) == "person"
    assert (
        "was decided, but the application would answer by its route" in world.inner.log.read_text()
    )


def test_a_view_that_the_document_does_not_know_is_not_reached_by_a_template(world: World) -> None:
    page = world.call("GET", "/pages/other/")
    secret = world.call("GET", "/pages/secret/")

    assert handler(page) == "page"
    if world.framework == "fastapi":  # it has a route of that path
        assert problem(secret) == (404, "not-found")
    else:
        assert handler(secret) == "page"


def test_a_token_that_is_taken_back_is_refused_soon(world: World) -> None:
    form = {"grant_type": "client_credentials", "scope": "read", **world.tokens.client}
    token = world.tokens.call("POST", "/o/token/", form=form).json()["access_token"]
    before = exchange(world.inner.port, "GET", "/people/", token=token)

    form = {"token": token, **world.tokens.client}
    revoked = world.tokens.call("POST", "/o/revoke_token/", form=form)

    assert (before.status, revoked.status) == (200, 200)
    until = time.monotonic() + _SECONDS
    while exchange(world.inner.port, "GET", "/people/", token=token).status != 401:
        assert time.monotonic() < until, "the token still passes"
