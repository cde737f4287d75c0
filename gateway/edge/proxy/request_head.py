"""The head of the request that the upstream gets: line, fields that go on, fields of ours."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from starlette.types import Scope

from gateway.edge.entry import raw_path
from gateway.edge.proxy.faults import UnsendableError
from gateway.edge.proxy.field_rules import Fate, FieldRules
from gateway.edge.proxy.forwarded import forwarded_fields
from gateway.edge.proxy.removed import query_without
from gateway.edge.proxy.target import Target
from gateway.edge.trusted_peer import peer_of

Field = tuple[bytes, bytes]

#: methods of which a second time does what the first did (RFC 9110 s9.2.2)
_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "QUERY"})
_TARGET = re.compile(rb"/[\x21-\x7e]*")
_METHOD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
#: what `Connection` may not name: a client must not take away what others rely on
_NOT_OF_A_CONNECTION = frozenset(
    {
        b"authorization", b"content-type", b"content-encoding", b"cookie", b"forwarded", b"host",
        b"x-real-ip",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RequestHead:
    """A request that is ready to be sent, but for its body."""

    #: line and fields, without what frames the body and without the empty line
    octets: bytes
    is_head: bool
    is_idempotent: bool


def written(fields: Iterable[Field]) -> bytes:
    """Fields of ours as octets, each with its line end."""
    return b"".join([name + b": " + value + b"\r\n" for name, value in fields])


def request_head(
    scope: Scope,
    target: Target,
    rules: FieldRules,
    *,
    added: bytes,
    wants_identity: bool = False,
) -> RequestHead:
    """Write the head; `added` are `written` fields of ours, and come last. Raises UnsendableError.

    With `wants_identity` the upstream is not offered compression: its answer is to be read.
    """
    method = scope["method"]
    lines = [_line(method, _target(scope, target, rules)), b"host: " + target.authority]
    for name, value in _kept(scope, rules, wants_identity=wants_identity):
        lines.append(name + b": " + value)
    octets = b"\r\n".join(lines)
    ends = len(lines) - 1
    if octets.count(b"\n") != ends or octets.count(b"\r") != ends or b"\0" in octets:
        raise UnsendableError
    return RequestHead(octets + b"\r\n" + added, method == "HEAD", method in _IDEMPOTENT)


def _line(method: str, target: bytes) -> bytes:
    if not _METHOD.fullmatch(method):
        raise UnsendableError
    return method.encode("ascii") + b" " + target + b" HTTP/1.1"


def _target(scope: Scope, target: Target, rules: FieldRules) -> bytes:
    """Path and query octet for octet, but for API keys."""
    path = raw_path(scope)
    query = query_without(scope.get("query_string", b""), rules.query)
    whole = target.prefix + path + (b"?" + query if query else b"")
    if not _TARGET.fullmatch(whole):
        raise UnsendableError
    return whole


def _kept(scope: Scope, rules: FieldRules, *, wants_identity: bool) -> Iterable[Field]:
    """The fields that go on, then what is told of the way."""
    kept: list[Field] = []
    others: list[tuple[Fate, Field]] = []
    host = None
    for pair in scope["headers"]:
        fate = rules.fate_of(pair[0])
        if fate is Fate.KEPT:
            kept.append(pair)
        elif fate is Fate.HOST:
            host = pair[1]
        elif fate is Fate.LOOKED_INTO:
            kept += rules.without_credentials(pair)
        elif fate is not Fate.DROPPED:
            others.append((fate, pair))
    peer = peer_of(scope)
    told: list[Field] = []
    if others or wants_identity:
        dropped = _named_by([pair[1] for fate, pair in others if fate is Fate.CONNECTION])
        dropped |= {b"accept-encoding"} if wants_identity else set()
        kept = [pair for pair in kept if pair[0] not in dropped]
        told = [pair for fate, pair in others if fate is Fate.TRUSTED and peer.is_trusted_proxy]
    return [*kept, *forwarded_fields(scope, peer, told, host)]


def _named_by(connection: Collection[bytes]) -> set[bytes]:
    if not connection:
        return set()
    names = {name.strip(b" \t").lower() for name in b",".join(connection).split(b",")}
    return names - _NOT_OF_A_CONNECTION
