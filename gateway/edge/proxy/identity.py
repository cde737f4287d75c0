"""What the upstream is told of the caller, in headers that nobody else can write."""

from collections.abc import Iterator
from urllib.parse import quote

from gateway.model import Decision, Principal

Field = tuple[bytes, bytes]

#: visible ASCII goes as it is; `%` and everything else is percent-encoded, so that nothing is lost
_VISIBLE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) != "%")


def identity_fields(decision: Decision, operation: str) -> tuple[Field, ...]:
    """The X-Auth-* fields of a permitted request: only what the matched alternative proved.

    Without a principal, on a public operation or through `{}`, there is the operation alone.
    """
    return (
        *(_caller_fields(decision, decision.principal) if decision.principal else ()),
        (b"x-auth-operation", _operation(operation)),
    )


def refused_fields(decision: Decision) -> tuple[Field, ...]:
    """The one field of a request that would have been refused, and is only looked at."""
    return would_deny(decision.reason.value)


def would_deny(reason: str) -> tuple[Field, ...]:
    """The same for a reason that is no decision's, such as a path that nothing declares."""
    return ((b"x-auth-would-deny", _written(reason)),)


def _caller_fields(decision: Decision, principal: Principal) -> Iterator[Field]:
    yield b"x-auth-issuer", _written(principal.issuer)
    yield b"x-auth-subject", _written(principal.subject)
    yield b"x-auth-kind", principal.kind.value.encode("ascii")
    client = next((proven.client_id for proven in decision.proven if proven.client_id), None)
    if client is not None:
        yield b"x-auth-client", _written(client)
    scopes = frozenset[str]().union(*(proven.scopes for proven in decision.proven))
    if scopes:
        yield b"x-auth-scope", b" ".join(_written(scope) for scope in sorted(scopes))


def _written(value: str) -> bytes:
    return quote(value, safe=_VISIBLE).encode("ascii")


def _operation(value: str) -> bytes:
    """An operationId, or method and path with the one blank between them."""
    return quote(value, safe=_VISIBLE + " ").strip(" ").encode("ascii")
