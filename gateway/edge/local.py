"""Whether a request comes from this very machine: what may be shown to its operator alone."""

import ipaddress
from collections.abc import Sequence

from starlette.types import Scope

_HOSTS = frozenset({b"localhost", b"127.0.0.1", b"[::1]"})
_DEFAULT_PORT = 80
#: what a proxy adds; with one of them the peer is not who asks
_FORWARDED = frozenset({b"forwarded", b"x-real-ip", b"via"})
_FORWARDED_PREFIX = b"x-forwarded-"


def is_local(scope: Scope) -> bool:
    """Whether peer, Host and headers all say that nobody stands between.

    The peer is a loopback address, Host and Origin are as `names_us` has them, and no header tells
    of a proxy. Closed by default: what a server does not tell is not local.
    """
    names = (name.lower() for name, _ in scope.get("headers", ()))
    return _is_loopback_peer(scope) and not any(map(_is_forwarded, names)) and names_us(scope)


def names_us(scope: Scope) -> bool:
    """Whether a request is meant for us, and was not sent by a page of somebody else's.

    The one Host names this machine with the port that the connection came to, so that no name
    that others control can be made to lead here; an Origin is our own, whatever CORS allows.
    """
    hosts, origins = _values(b"host", scope), _values(b"origin", scope)
    if len(hosts) != 1 or not _is_our_host(hosts[0], scope):
        return False
    return all(origin == b"http://" + hosts[0] for origin in origins)


def _values(wanted: bytes, scope: Scope) -> Sequence[bytes]:
    return [v.lower() for name, v in scope.get("headers", ()) if name.lower() == wanted]


def _is_loopback_peer(scope: Scope) -> bool:
    client = scope.get("client")
    try:
        return client is not None and ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False


def _is_forwarded(name: bytes) -> bool:
    return name in _FORWARDED or name.startswith(_FORWARDED_PREFIX)


def _is_our_host(text: bytes, scope: Scope) -> bool:
    server = scope.get("server")
    if server is None:
        return False
    host, port = _parted(text)
    return host in _HOSTS and port == str(server[1]).encode()


def _parted(host: bytes) -> tuple[bytes, bytes]:
    """Name and port; a bracket ends the name of an IPv6 address."""
    name, colon, port = host.rpartition(b":")
    if colon and not port.endswith(b"]"):
        return name, port
    return host, str(_DEFAULT_PORT).encode()
