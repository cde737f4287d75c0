"""Which answers may be shared by caches: none that a caller had to prove himself for."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import assert_never

from gateway.edge.reply import Headers
from gateway.edge.settled_head import SettledHead
from gateway.policy.rules import Policy
from gateway.settings import CertificateSettings
from gateway.spec.model import KeyPlace, OperationKey, SchemeKind, SchemeName, SecurityScheme

_NO_CERTIFICATES: Mapping[SchemeName, CertificateSettings] = MappingProxyType({})
_PRIVATE = (b"cache-control", b"private, no-cache")


def vary_of(
    policy: Policy, certificates: Mapping[SchemeName, CertificateSettings] = _NO_CERTIFICATES
) -> Mapping[OperationKey, bytes]:
    """For each operation with a requirement the headers that its answers vary by."""
    by_schemes: dict[tuple[SchemeName, ...], bytes] = {}
    vary: dict[OperationKey, bytes] = {}
    for key, rule in policy.rules.items():
        if not rule.alternatives:
            continue
        if rule.schemes not in by_schemes:
            schemes = [policy.schemes[name] for name in rule.schemes]
            by_schemes[rule.schemes] = _vary(schemes, certificates)
        vary[key] = by_schemes[rule.schemes]
    return vary


def _vary(
    schemes: Sequence[SecurityScheme], certificates: Mapping[SchemeName, CertificateSettings]
) -> bytes:
    names = (_credential_header(scheme, certificates.get(scheme.name)) for scheme in schemes)
    return ", ".join(dict.fromkeys(name for name in names if name)).encode()


def _credential_header(scheme: SecurityScheme, certificate: CertificateSettings | None) -> str:
    match scheme.place:
        case None if scheme.kind is SchemeKind.MUTUAL_TLS:
            return certificate.header if certificate else ""
        case None:
            return "Authorization"
        case KeyPlace.HEADER:
            return scheme.parameter or ""
        case KeyPlace.COOKIE:
            return "Cookie"
        case KeyPlace.QUERY:
            return ""
        case _ as never:
            assert_never(never)


def private_headers(
    headers: Sequence[tuple[bytes, bytes]], vary: bytes
) -> list[tuple[bytes, bytes]]:
    """Add Vary; add `private, no-cache` where the handler said nothing, and drop what is shared."""
    kept = list(headers)
    says_cache = False
    for place, (name, value) in enumerate(kept):
        if len(name) == len(_PRIVATE[0]) and name.lower() == _PRIVATE[0]:
            says_cache = True
            kept[place] = (name, _without_shared(value))
    if not says_cache:
        kept.append(_PRIVATE)
    if vary:
        kept.append((b"vary", vary))
    return kept


def private_answer(headers: Headers, vary: bytes, body: bytes) -> Headers:
    """The same for an answer as it is replied."""
    if not isinstance(headers, SettledHead):
        return private_headers(headers, vary)
    known = headers.private.get(vary)
    if known is not None:
        return known
    if vary not in headers.private:
        headers.private[vary] = headers.ending(private_headers(headers.after, vary))
    return headers.private[vary] or private_headers(headers.headers(len(body)), vary)


def _without_shared(value: bytes) -> bytes:
    directives = (piece.strip() for piece in value.split(b","))
    private = [d for d in directives if not d.lower().startswith((b"public", b"s-maxage"))]
    return b", ".join(private) or _PRIVATE[1]
