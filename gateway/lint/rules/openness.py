"""Operations that are open to all, or that nobody has spoken for."""

from collections.abc import Iterator

from gateway.lint.finding import Finding, Severity
from gateway.lint.rules.subject import Listing, Subject, few
from gateway.policy.rules import Alternative


def undeclared_security(subject: Subject) -> Iterator[Finding]:
    """An operation without `security`, in a document without one at its root."""
    for operation in subject.undeclared:
        yield Finding(
            operation.origin,
            Severity.ERROR,
            "undeclared-security",
            f"{operation.key} declares no security; write it, or `security: []` if public",
            hint="it is denied to all: OAS calls it public, and an accident looks the same",
        )


def public_operation(subject: Subject) -> Iterator[Finding]:
    """A list that asks for nothing: `[]`, or nothing but `{}`."""
    for listing in subject.listings:
        if any(alternative.needs for alternative in listing.rule.alternatives):
            continue
        are = "are" if len(listing.operations) > 1 else "is"
        yield Finding(
            listing.origin,
            Severity.WARNING,
            "public-operation",
            f"{few(listing.operations)} {are} open to anyone",
            hint="if that is meant: # scopegate: ignore[public-operation] why",
            marked="security",
        )


def optional_security(subject: Subject) -> Iterator[Finding]:
    """A `{}` beside an alternative that asks for scopes or roles."""
    for listing in subject.listings:
        empty = next((a for a in listing.rule.alternatives if not a.needs), None)
        scoped = _first_scoped(listing)
        if empty is None or scoped is None:
            continue
        yield Finding(
            listing.rule.origin_of(empty),
            Severity.WARNING,
            "optional-security",
            f"`{{}}` lets anyone call {listing.owner}; alternative {scoped.index} keeps nobody out",
            hint="take `{}` away, or ask for the scheme without scopes if they decide nothing",
            marked="{}",
        )


def _first_scoped(listing: Listing) -> Alternative | None:
    return next(
        (a for a in listing.rule.alternatives if any(n.scopes or n.roles for n in a.needs)), None
    )
