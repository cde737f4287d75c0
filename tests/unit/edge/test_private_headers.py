"""What an answer says to caches where a caller had to prove himself: semantics, section 4."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from gateway.edge.policy_middleware import PolicyMiddleware
from gateway.edge.privacy import private_headers, vary_of
from gateway.edge.state import RequestState, with_state
from gateway.edge.verdict import Settle
from gateway.routing.path import Segments
from gateway.spec.model import OperationKey
from tests.edge.gateway.wire import scope_of
from tests.edge.gateway.world import document, gateway, operation
from tests.unit.policy.build import Security, policy

VARY = b"Authorization"


def cache_control(*values: bytes) -> list[bytes]:
    sent = [(b"Cache-Control", value) for value in values]
    return [
        value for name, value in private_headers(sent, VARY) if name.lower() == b"cache-control"
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param((), [b"private, no-cache"], id="nothing"),
        pytest.param((b"no-store",), [b"no-store"], id="stricter"),
        pytest.param((b"private, max-age=60",), [b"private, max-age=60"], id="private"),
        pytest.param((b"public, max-age=60",), [b"max-age=60"], id="public"),
        pytest.param((b"PUBLIC,S-MaxAge=9",), [b"private, no-cache"], id="in capitals"),
        pytest.param((b"s-maxage=60, private",), [b"private"], id="s-maxage"),
        pytest.param((b"public", b"no-store"), [b"private, no-cache", b"no-store"], id="twice"),
        pytest.param((b"",), [b"private, no-cache"], id="empty"),
    ],
)
def test_what_is_shared_does_not_survive_and_what_is_not_said_is_private(
    said: tuple[bytes, ...], expected: list[bytes]
) -> None:
    assert cache_control(*said) == expected


def test_vary_is_added_to_what_the_handler_varies_by() -> None:
    sent = [(b"vary", b"Accept"), (b"x", b"1")]

    assert private_headers(sent, VARY)[:2] == sent
    assert private_headers(sent, VARY).count((b"vary", VARY)) == 1


def test_vary_is_left_out_where_no_header_is_looked_at() -> None:
    assert private_headers((), b"") == [(b"cache-control", b"private, no-cache")]


@pytest.mark.parametrize(
    ("security", "expected"),
    [
        pytest.param([{"oauth": []}], b"Authorization", id="bearer"),
        pytest.param([{"basic": []}, {"oauth": []}], b"Authorization", id="once"),
        pytest.param([{"key": []}], b"k", id="key in a header"),
        pytest.param([{"session": []}], b"Cookie", id="cookie"),
        pytest.param([{"session": []}, {"oauth": []}], b"Cookie, Authorization", id="two"),
        pytest.param([{"second_key": []}], b"", id="a query is part of the URL"),
        pytest.param([{}], b"", id="anonymous"),
    ],
)
def test_an_operation_varies_by_the_headers_its_schemes_look_at(
    security: Security, expected: bytes
) -> None:
    assert vary_of(policy({"GET /songs": security})) == {"GET /songs": expected}


@pytest.mark.parametrize("security", [[], None], ids=["public", "undeclared"])
def test_an_operation_without_a_requirement_is_left_alone(security: Security) -> None:
    assert OperationKey("GET /songs") not in vary_of(policy({"GET /songs": security}))


def test_a_request_that_was_not_routed_goes_no_further() -> None:
    world = gateway(document({"/a": {"get": operation()}}))

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise AssertionError("it went further")

    async def nothing(*_: Message) -> Any:
        raise AssertionError("it was read or answered")

    middleware = PolicyMiddleware(app, guard=world.guard, ruleset=world.ruleset, settle=Settle())
    asked = scope_of("GET", "/a")
    scope = with_state(asked, RequestState(world.ruleset, asked, segments=Segments(("a",))))

    with pytest.raises(RuntimeError, match="without having been routed"):
        asyncio.run(middleware(scope, nothing, nothing))
