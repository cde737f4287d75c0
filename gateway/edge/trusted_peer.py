"""The layer that tells whom a connection comes from: a stranger, or a proxy that is trusted."""

import ipaddress
from collections.abc import Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.tokens.forwarded import client_address, is_among, read_address
from gateway.tokens.peer import UNKNOWN_PEER, Peer

_KEY = "scopegate.peer"


class TrustedPeer:
    """Outermost of all layers: what it finds out stands in the scope, and nobody asks again.

    From a trusted proxy `X-Forwarded-For` and `Forwarded` are read, and `scope["client"]` becomes
    the client that they name; from anybody else they are as if absent.
    """

    def __init__(self, app: ASGIApp, networks: Sequence[str]) -> None:
        self._app = app
        self._networks = tuple(ipaddress.ip_network(network) for network in networks)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event of ASGI."""
        if scope["type"] == "http":
            scope = self._told(scope)
        await self._app(scope, receive, send)

    def _told(self, scope: Scope) -> Scope:
        host, port = scope.get("client") or ("", 0)
        connected = read_address(host)
        if connected is None or not is_among(connected, self._networks):
            return _with_peer(scope, Peer(host))
        client = client_address(connected, scope["headers"], self._networks)
        told = scope if client == connected else {**scope, "client": (str(client), port)}
        return _with_peer(told, Peer(str(client), is_trusted_proxy=True, connected=str(connected)))


def peer_of(scope: Scope) -> Peer:
    """Who sent a request; without the layer, the connected address, which is not trusted."""
    told = scope.get("extensions", {}).get(_KEY)
    if isinstance(told, Peer):
        return told
    client = scope.get("client")
    return Peer(client[0]) if client else UNKNOWN_PEER


def address_of(scope: Scope) -> str:
    """The address of the same; "" if nobody knows."""
    extensions = scope.get("extensions")
    if extensions and _KEY in extensions:
        return peer_of(scope).address
    client = scope.get("client")
    return client[0] if client else ""


def _with_peer(scope: Scope, peer: Peer) -> Scope:
    """A scope of its own, for a server may share its extensions among requests."""
    return {**scope, "extensions": {**scope.get("extensions", {}), _KEY: peer}}
