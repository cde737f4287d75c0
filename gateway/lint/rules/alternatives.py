"""Alternatives that no credential meets, and operations that nobody can call."""

from collections.abc import Iterator, Mapping

from gateway.lint.finding import Finding, Severity
from gateway.lint.rules.subject import Listing, Subject, few
from gateway.policy.compile import takes_bearer_token
from gateway.policy.rules import Alternative, Rule
from gateway.spec.model import SchemeKind, SchemeName, SchemeRequirement

_PLACES = 100
#: the key of its table that binds a scheme of a kind
_BINDS: Mapping[SchemeKind, str] = {
    SchemeKind.API_KEY: '`keys = "local"` binds it, or `session = true` if it is the login cookie',
    SchemeKind.HTTP_BASIC: '`users = "local"` binds it',
    SchemeKind.MUTUAL_TLS: "`certificate_header` binds it",
}


def unsupported_scheme(subject: Subject) -> Iterator[Finding]:
    """A scheme that nothing can prove, once, where it is first asked for."""
    for name, uses in _uses(subject).items():
        message = _why(subject, name)
        if message:
            closed = {
                o.key: o
                for listing, _ in uses
                if _is_closed(listing.rule)
                for o in listing.operations
            }
            advice = [_BINDS.get(subject.loaded.policy.schemes[name].kind, "")]
            advice += [f"until then nobody can call {few(closed.values())}"] if closed else []
            first, *others = [entry.origin for _, entry in uses]
            yield Finding(
                first,
                Severity.ERROR,
                "unsupported-scheme",
                message,
                hint="; ".join(filter(None, advice)),
                also=tuple(dict.fromkeys(others))[:_PLACES],
            )


def unsatisfiable_alternative(subject: Subject) -> Iterator[Finding]:
    """Schemes asked for together that need different values of one header."""
    for listing in subject.listings:
        for alternative in listing.supposed.alternatives:
            if alternative.unmet and not _has_unsupported(subject, alternative):
                place = f"alternative {alternative.index} of {listing.owner}"
                yield Finding(
                    listing.supposed.origin_of(alternative),
                    Severity.ERROR,
                    "unsatisfiable-alternative",
                    f"{place} is dead: {alternative.unmet}",
                    hint="make them alternatives of their own, or let them trust one issuer",
                )


def unreachable_operation(subject: Subject) -> Iterator[Finding]:
    """An operation that no token which can be granted opens, nor any other credential.

    Where a scheme without a binding is to blame, `unsupported-scheme` says so.
    """
    for listing in subject.listings:
        if not _is_closed(listing.supposed):
            continue
        is_one = len(listing.supposed.alternatives) == 1
        why = "its one alternative is dead" if is_one else "all its alternatives are dead"
        yield Finding(
            listing.origin,
            Severity.ERROR,
            "unreachable-operation",
            f"nobody can ever call {few(listing.operations)}: {why}",
            hint="declare the scopes it asks for, or ask for some that are declared",
        )


def _is_closed(rule: Rule) -> bool:
    return bool(rule.alternatives) and not any(a.is_grantable for a in rule.alternatives)


def _has_unsupported(subject: Subject, alternative: Alternative) -> bool:
    schemes = subject.loaded.policy.schemes
    return any(schemes[n.scheme].kind is SchemeKind.UNSUPPORTED for n in alternative.needs)


def _uses(subject: Subject) -> dict[SchemeName, list[tuple[Listing, SchemeRequirement]]]:
    """Where each scheme is asked for, in the order met."""
    found: dict[SchemeName, list[tuple[Listing, SchemeRequirement]]] = {}
    for listing in subject.listings:
        for requirement in listing.requirements:
            for entry in requirement.schemes:
                found.setdefault(entry.scheme, []).append((listing, entry))
    return found


def _why(subject: Subject, name: SchemeName) -> str:
    """Why nothing can prove a scheme; "" if something can."""
    policy = subject.loaded.policy
    scheme = policy.schemes[name]
    if scheme.kind is SchemeKind.UNSUPPORTED:
        word = f"http {scheme.http_scheme}" if scheme.http_scheme else "this kind"
        return f"`{name}` is never proven: {word} is not supported; use http bearer or apiKey"
    if name in policy.bindings:
        return ""
    lacks = "no issuer" if takes_bearer_token(scheme) else "no binding"
    return f"`{name}` has {lacks}; bind [schemes.{name}] in scopegate.toml"
