"""Whose a request is: ours, the token service's, the document's, or nobody's."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from tests.edge.gateway.wire import Reply, call, scope_of
from tests.edge.gateway.world import Gateway, document, gateway, operation
from tests.unit.tokens.minting import FixedKeys

ANY = {"name": "x", "in": "path", "required": True, "schema": {"type": "string"}}
Y = {**ANY, "name": "y"}
TEXT = document(
    {
        "/a": {"get": operation()},
        "/{x}/{y}": {"get": operation(parameters=[ANY, Y])},
        "/{x}": {"get": operation(parameters=[ANY])},
    }
)


class Recorder:
    """Stands for the token service: answers 299 and keeps what it was asked."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def send(world: Gateway, target: str, **more: Any) -> Reply:
    return asyncio.run(call(world.app, "GET", target, **more))


@pytest.mark.parametrize(
    "target",
    [
        "/o",
        "/o/",
        "/o/token",
        "/o/deep/er",
        "/accounts/login/",
        "/admin",
        "/.well-known/oauth-authorization-server/o",
        "/%6f/token",
    ],
)
def test_a_reserved_path_is_the_token_services_and_never_the_documents(target: str) -> None:
    tokens = Recorder()

    reply = send(gateway(TEXT, token_service=tokens), target)

    assert reply.status == 299
    assert len(tokens.scopes) == 1


@pytest.mark.parametrize("target", ["/O/token", "/ox", "/o%20/token", "/.well-known/x", "/a"])
def test_a_path_beside_a_reserved_one_is_the_documents(target: str) -> None:
    tokens = Recorder()

    reply = send(gateway(TEXT, token_service=tokens), target)

    assert reply.problem() == (501, "no-handler")
    assert tokens.scopes == []


@pytest.mark.parametrize("target", ["/-/x", "/-", "/%2D/x"])
def test_our_own_path_is_neither_the_documents_nor_the_token_services(target: str) -> None:
    tokens = Recorder()

    reply = send(gateway(TEXT, token_service=tokens), target)

    assert reply.problem() == (404, "not-found")
    assert tokens.scopes == []


def test_a_reserved_path_is_never_the_documents_even_without_a_token_service() -> None:
    assert send(gateway(TEXT), "/o/token").problem() == (404, "not-found")


def test_the_token_service_sees_the_path_as_it_was_cut_here() -> None:
    tokens = Recorder()

    send(
        gateway(TEXT, token_service=tokens),
        "/%6F/token",
        path="/something/else",
        root_path="/proxy",
    )

    (scope,) = tokens.scopes
    assert (scope["path"], scope["root_path"]) == ("/o/token", "")


@pytest.mark.parametrize(
    "target",
    [
        "/o/%2e%2e/a",
        "/o/../a",
        "/a/%2F",
        "/a\\b",
        "/a%5Cb",
        "/a%00",
        "/%zz",
        "/%ff",
        "//a",
        "/./a",
        "*",
        "a",
        "",
    ],
)
def test_a_path_that_could_be_read_in_two_ways_is_nobodys(target: str) -> None:
    tokens, keys = Recorder(), FixedKeys()

    reply = send(gateway(TEXT, token_service=tokens, keys=keys), target, path="/a")

    assert reply.problem() == (404, "not-found")
    assert (tokens.scopes, keys.asked) == ([], [])


def test_options_of_the_server_tells_methods_and_asks_nobody() -> None:
    tokens, keys = Recorder(), FixedKeys()

    app = gateway(TEXT, token_service=tokens, keys=keys).app
    reply = asyncio.run(call(app, "OPTIONS", "*"))

    assert (reply.status, reply.body) == (204, b"")
    assert reply.header("allow") == "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY"
    assert (tokens.scopes, keys.asked) == ([], [])


def test_the_raw_path_rules_not_what_a_server_made_of_it() -> None:
    reply = send(gateway(TEXT), "/-/nothing", path="/a")

    assert reply.problem() == (404, "not-found")


def test_a_server_that_does_not_tell_the_raw_path_is_served_too() -> None:
    reply = send(gateway(TEXT), "/a", raw_path=None)

    assert reply.problem() == (501, "no-handler")


def test_a_websocket_is_refused_unread() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("nobody asks for a message")

    async def send_(message: Message) -> None:
        sent.append(message)

    scope = {**scope_of("GET", "/a"), "type": "websocket"}
    asyncio.run(gateway(TEXT).app(scope, receive, send_))

    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_the_application_starts_and_ends_with_its_server() -> None:
    ended: list[str] = []

    async def hook() -> None:
        ended.append("yes")

    app = gateway(TEXT, on_shutdown=[hook, hook]).app
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[tuple[str, int]] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send_(message: Message) -> None:
        sent.append((message["type"], len(ended)))

    asyncio.run(app({"type": "lifespan"}, receive, send_))

    assert sent == [("lifespan.startup.complete", 0), ("lifespan.shutdown.complete", 2)]


def test_each_request_has_an_id_of_its_own() -> None:
    world = gateway(TEXT)

    ids = {send(world, "/a").json()["instance"] for _ in range(3)}

    assert len(ids) == 3
