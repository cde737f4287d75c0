"""Alternatives that change nothing: written twice, or asking for more than another one does."""

from collections.abc import Iterator

from gateway.lint.finding import Finding, Severity
from gateway.lint.rules.openings import Opening, asks_no_more, opening_of
from gateway.lint.rules.subject import Listing, Subject
from gateway.policy.rules import Alternative


def duplicate_alternative(subject: Subject) -> Iterator[Finding]:
    """An alternative that asks for just what an earlier one asks for."""
    for listing in subject.listings:
        first: dict[Opening, Alternative] = {}
        for alternative in listing.supposed.alternatives:
            earlier = first.setdefault(opening_of(alternative), alternative)
            if earlier is not alternative:
                yield Finding(
                    listing.supposed.origin_of(alternative),
                    Severity.WARNING,
                    "duplicate-alternative",
                    f"{_place(listing, alternative)} asks for what alternative {earlier.index} "
                    "asks for",
                    hint="leave one out, or write what was meant",
                )


def shadowed_alternative(subject: Subject) -> Iterator[Finding]:
    """An alternative that is never needed, since another one asks for less."""
    for listing in subject.listings:
        for alternative in listing.supposed.alternatives:
            wider = _wider(listing, alternative)
            if wider is not None:
                yield Finding(
                    listing.supposed.origin_of(alternative),
                    Severity.WARNING,
                    "shadowed-alternative",
                    f"{_place(listing, alternative)} lets nobody in whom alternative "
                    f"{wider.index} keeps out",
                    hint=f"items of the list are OR: take alternative {wider.index} away if both "
                    "were meant, else this one",
                )


def _wider(listing: Listing, alternative: Alternative) -> Alternative | None:
    """Another alternative that asks for less and can be met; `{}` has a rule of its own."""
    if alternative.unmet:
        return None
    wanted = opening_of(alternative)
    for other in listing.supposed.alternatives:
        less = opening_of(other)
        if less and less != wanted and other.is_grantable and asks_no_more(less, wanted):
            return other
    return None


def _place(listing: Listing, alternative: Alternative) -> str:
    return f"alternative {alternative.index} of {listing.owner}"
