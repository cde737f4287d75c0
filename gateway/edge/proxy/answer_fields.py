"""Which fields of an upstream's answer go back to the client."""

from collections.abc import Sequence

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
_ADDRESSES = frozenset({b"location", b"content-location"})


def answer_fields(head: AnswerHead, target: Target) -> list[Field]:
    """The fields; addresses at the upstream become paths here."""
    dropped = _NOT_HANDED_ON | _named(head.headers)
    if head.status in _WITHOUT_LENGTH:
        dropped |= {b"content-length"}
    return [
        (name, _address(value, target) if name in _ADDRESSES else value)
        for name, value in head.headers
        if name not in dropped
    ]


def _named(headers: Sequence[Field]) -> frozenset[bytes]:
    named = [value for name, value in headers if name == b"connection"]
    if not named:
        return frozenset()
    names = {name.strip(b" \t").lower() for name in b",".join(named).split(b",")}
    return frozenset(names - _OF_THE_ANSWER)


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
