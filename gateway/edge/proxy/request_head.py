"""The head of the request that the upstream gets: line, fields that go on, fields of ours."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

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
_LOOKED_INTO = frozenset({Fate.AUTHORIZATION, Fate.COOKIE})


@dataclass(frozen=True, slots=True)
class RequestHead:
    """A request that is ready to be sent, but for its body."""

    #: line and fields, without what frames the body and without the empty line
    octets: bytes
    is_head: bool
    is_idempotent: bool


def request_head(
    scope: Scope,
    target: Target,
    rules: FieldRules,
    *,
    added: Sequence[Field],
    wants_identity: bool = False,
) -> RequestHead:
    """Write the head; `added` comes last. Raises UnsendableError.

    With `wants_identity` the upstream is not offered compression: its answer is to be read.
    """
    method = scope["method"]
    fields = list(chain(_kept(scope, rules, wants_identity=wants_identity), added))
    lines = [_line(method, _target(scope, target, rules)), b"host: " + target.authority]
    lines += [name + b": " + value for name, value in fields]
    octets = b"\r\n".join(lines) + b"\r\n"
    if octets.count(b"\n") != len(lines) or octets.count(b"\r") != len(lines) or b"\0" in octets:
        raise UnsendableError
    return RequestHead(octets, method == "HEAD", method in _IDEMPOTENT)


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
    sorted_: dict[Fate, list[Field]] = {fate: [] for fate in Fate}
    kept = sorted_[Fate.KEPT]
    for pair in scope["headers"]:
        fate = rules.fate_of(pair[0])
        if fate in _LOOKED_INTO:
            kept += rules.without_credentials(pair)
        else:
            sorted_[fate].append(pair)
    dropped = _named_by([value for _, value in sorted_[Fate.CONNECTION]])
    if wants_identity:
        dropped |= {b"accept-encoding"}
    if dropped:
        kept = [field for field in kept if field[0] not in dropped]
    told = sorted_[Fate.TRUSTED] if peer_of(scope).is_trusted_proxy else []
    host = next((value for _, value in sorted_[Fate.HOST]), None)
    return [*kept, *forwarded_fields(scope, told, host)]


def _named_by(connection: Collection[bytes]) -> set[bytes]:
    if not connection:
        return set()
    names = {name.strip(b" \t").lower() for name in b",".join(connection).split(b",")}
    return names - _NOT_OF_A_CONNECTION
