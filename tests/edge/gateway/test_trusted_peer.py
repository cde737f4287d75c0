"""What the outermost layer tells of a connection: a stranger's word counts for nothing."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from gateway.edge.trusted_peer import TrustedPeer, peer_of
from gateway.tokens.peer import Peer

FORWARDED = [(b"x-forwarded-for", b"203.0.113.7")]


class Listener:
    """Keeps the scope that it was called with."""

    scope: Scope

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope


def told(**scope: Any) -> Scope:
    """The scope behind the layer, of a request as the server tells it."""
    listener = Listener()
    layer = TrustedPeer(listener, ["192.0.2.1", "2001:db8::/64"])
    whole = {"type": "http", "headers": FORWARDED, "client": ("192.0.2.1", 4711), **scope}

    async def receive() -> Message:
        raise AssertionError("nothing is to be read")

    async def send(_: Message) -> None:
        raise AssertionError("nothing is to be sent")

    asyncio.run(layer(whole, receive, send))
    return listener.scope


@pytest.mark.parametrize("host", ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::5"])
def test_a_trusted_proxy_tells_the_client(host: str) -> None:
    scope = told(client=(host, 4711))

    assert scope["client"] == ("203.0.113.7", 4711)
    assert peer_of(scope) == Peer("203.0.113.7", is_trusted_proxy=True)


@pytest.mark.parametrize(
    ("client", "address"),
    [
        pytest.param(("192.0.2.2", 4711), "192.0.2.2", id="neighbour"),
        pytest.param(("127.0.0.1", 4711), "127.0.0.1", id="loopback"),
        pytest.param(("", 0), "", id="unix-socket"),
        pytest.param(None, "", id="nobody"),
    ],
)
def test_anybody_else_is_who_he_is(client: tuple[str, int] | None, address: str) -> None:
    scope = told(client=client)

    assert scope["client"] == client
    assert peer_of(scope) == Peer(address)


def test_a_proxy_that_tells_nothing_is_the_client_and_trusted() -> None:
    scope = told(headers=[])

    assert scope["client"] == ("192.0.2.1", 4711)
    assert peer_of(scope) == Peer("192.0.2.1", is_trusted_proxy=True)


def test_what_the_server_shares_among_requests_stays_as_it_was() -> None:
    shared: dict[str, Any] = {"tls": {}}

    scope = told(extensions=shared)

    assert shared == {"tls": {}}
    assert scope["extensions"]["tls"] == {}


def test_other_events_pass_untouched() -> None:
    assert "extensions" not in told(type="lifespan")


def test_without_the_layer_nobody_is_trusted() -> None:
    assert peer_of({"client": ("192.0.2.1", 4711)}) == Peer("192.0.2.1")
    assert peer_of({"client": None}) == Peer()
