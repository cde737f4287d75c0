"""What the upstream is told of the way that a request took."""

from collections.abc import Iterable, Sequence

from starlette.types import Scope

from gateway.tokens.peer import Peer

Field = tuple[bytes, bytes]

_FOR, _HOST, _PROTO = b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"


def forwarded_fields(
    scope: Scope, peer: Peer, told: Sequence[Field], host: bytes | None
) -> Iterable[Field]:
    """The X-Forwarded-* and Forwarded of the request to the upstream.

    `told` is what a trusted proxy said, and empty for anybody else. The hop to us is added to it;
    host and protocol stay as the first proxy saw them.
    """
    connected = (peer.connected or peer.address).encode("ascii", "ignore")
    if not told:
        return _fresh(scope, connected, host)
    names = {name for name, _ in told}
    before = [value for name, value in told if name == _FOR]
    others = [(name, value) for name, value in told if name not in {_FOR, b"forwarded"}]
    elements = [value for name, value in told if name == b"forwarded"]
    hop = [connected] if connected else []
    added: list[Field] = []
    if before or hop:
        added.append((_FOR, b", ".join([*before, *hop])))
    if elements:
        added.append((b"forwarded", b", ".join([*elements, b"for=" + _node(connected)])))
    fresh = (field for field in _fresh(scope, b"", host) if field[0] not in names)
    return [*others, *added, *fresh]


def _fresh(scope: Scope, connected: bytes, host: bytes | None) -> list[Field]:
    fields: list[Field] = [(_PROTO, scope.get("scheme", "http").encode("ascii"))]
    if host:
        fields.append((_HOST, host))
    if connected:
        fields.append((_FOR, connected))
    return fields


def _node(address: bytes) -> bytes:
    """An address as Forwarded has it (RFC 7239 s6); nobody knows an empty one."""
    if not address:
        return b"unknown"
    return b'"[' + address + b']"' if b":" in address else address
