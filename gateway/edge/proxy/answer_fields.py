"""Which fields of an upstream's answer go back to the client."""

from gateway.edge.proxy.answer_head import AnswerHead
from gateway.edge.proxy.target import Target

Field = tuple[bytes, bytes]

#: of one connection (RFC 9110 s7.6.1), or written by the server that the client speaks to
_NOT_HANDED_ON = frozenset(
    {
        b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-connection", b"te", b"trailer",
        b"transfer-encoding", b"upgrade", b"date", b"server",
    }
)  # fmt: skip
#: what `Connection` of an answer may not name
_OF_THE_ANSWER = frozenset({b"cache-control", b"content-length", b"content-type", b"vary"})
#: answers whose Content-Length tells of a body that is not sent, or must not be there
_WITHOUT_LENGTH = frozenset({204, 304})
#: what a Connection says that names no field
_USUAL = frozenset({b"keep-alive", b"close"})
_ADDRESSES = frozenset({b"location", b"content-location"})


def answer_fields(head: AnswerHead, target: Target) -> list[Field]:
    """The fields; addresses at the upstream become paths here."""
    kept: list[Field] = []
    named: set[bytes] = set()
    if head.status in _WITHOUT_LENGTH:
        named.add(b"content-length")
    for pair in head.headers:
        name, value = pair
        if name == b"connection":
            named |= _named(value)
        elif name in _ADDRESSES:
            kept.append((name, _address(value, target)))
        elif name not in _NOT_HANDED_ON:
            kept.append(pair)
    return [pair for pair in kept if pair[0] not in named] if named else kept


def _named(connection: bytes) -> set[bytes]:
    """The fields that a Connection names, and takes along."""
    if connection.lower() in _USUAL:
        return set()
    names = {name.strip(b" \t").lower() for name in connection.split(b",")}
    return names - _OF_THE_ANSWER


def _address(value: bytes, target: Target) -> bytes:
    """A path for an address at the upstream: a client could not, or should not, follow that."""
    if not value.startswith(target.origin):
        return value
    path = value[len(target.origin) :] or b"/"
    below = path.removeprefix(target.prefix) or b"/"
    for candidate in (below, path):
        # what begins with two slashes names another host
        if candidate.startswith(b"/") and not candidate.startswith(b"//"):
            return candidate
    return value
