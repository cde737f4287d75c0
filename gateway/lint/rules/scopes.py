"""Scopes and roles that requirements name: undeclared, impossible, twice, or never."""

import difflib
from collections.abc import Iterator

from gateway.lint.finding import Finding, Severity, Spot
from gateway.lint.rules.subject import Listing, Subject
from gateway.policy.compile import declared_scopes, is_scope_token
from gateway.policy.rules import Alternative, escaped
from gateway.spec.model import SchemeKind, SchemeName, SchemeRequirement, Scope

_SCOPED = frozenset({SchemeKind.OAUTH2, SchemeKind.OPENID_CONNECT})
#: how like a declared scope must be to be offered, and how many are
_LIKENESS = 0.4
#: how like it must be to be the one that was meant
_SURE = 0.7
_OFFERED = 3
#: comparing takes time that grows with the number of names
_COMPARED = 300
#: undeclared scopes for which a like one is looked for
_HINTED = 100
#: scopes that ask for an ID token, its claims or a refresh token: no operation names them
_OF_THE_PROTOCOL = frozenset(
    {"openid", "profile", "email", "address", "phone", "offline_access", "offline"}
)


def undeclared_scope(subject: Subject) -> Iterator[Finding]:
    """A scope that no client can be granted, since no flow declares it."""
    declared = declared_scopes(subject.loaded.description)
    hints: dict[tuple[SchemeName, str], str] = {}
    for listing, alternative, entry in _entries(subject):
        for name, origin in zip(entry.names, entry.name_origins, strict=True):
            if Scope(name) not in alternative.ungrantable or not is_scope_token(name):
                continue
            if name in declared[entry.scheme]:
                continue
            if (entry.scheme, name) not in hints:
                names = declared[entry.scheme] if len(hints) < _HINTED else frozenset()
                hints[entry.scheme, name] = _mend(subject, entry.scheme, name, declared=names)
            yield Finding(
                origin,
                Severity.ERROR,
                "undeclared-scope",
                f"no client can ever be granted `{name}`; {_place(listing, alternative)} is dead",
                hint=hints[entry.scheme, name],
                marked=name,
                see=_scopes_of(subject, entry.scheme),
            )


def invalid_scope_name(subject: Subject) -> Iterator[Finding]:
    """A name that no token can hold as a scope."""
    for listing, alternative, entry in _entries(subject):
        if subject.loaded.policy.schemes[entry.scheme].kind not in _SCOPED:
            continue
        for name, origin in zip(entry.names, entry.name_origins, strict=True):
            if not is_scope_token(name):
                place = _place(listing, alternative)
                yield Finding(
                    origin,
                    Severity.ERROR,
                    "invalid-scope-name",
                    f"`{escaped(name)}` cannot be a scope (RFC 6749 s3.3); {place} is dead",
                    hint='use ASCII without blanks, `"` and `\\`; two scopes are two items',
                )


def roles_before_3_1(subject: Subject) -> Iterator[Finding]:
    """A role of a scheme that is neither oauth2 nor openIdConnect, in a document of OAS 3.0."""
    if not subject.loaded.description.openapi.startswith("3.0"):
        return
    for _, _, entry in _entries(subject):
        if subject.loaded.policy.schemes[entry.scheme].kind in _SCOPED:
            continue
        for name, origin in zip(entry.names, entry.name_origins, strict=True):
            yield Finding(
                origin,
                Severity.ERROR,
                "roles-before-3.1",
                f"`{name}` is a role of `{entry.scheme}`, which OAS 3.0 does not know",
                hint="write `openapi: 3.1.0`, or leave the role out; it is required all the same",
                marked=name,
            )


def duplicate_scope(subject: Subject) -> Iterator[Finding]:
    """A name that a list has already."""
    for listing, alternative, entry in _entries(subject):
        for place, (name, origin) in enumerate(zip(entry.names, entry.name_origins, strict=True)):
            if name in entry.names[:place]:
                yield Finding(
                    origin,
                    Severity.WARNING,
                    "duplicate-scope",
                    f"`{name}` stands twice in {_place(listing, alternative)}",
                    hint="leave one out, or name the scope that was meant",
                    marked=name,
                )


def unused_scope(subject: Subject) -> Iterator[Finding]:
    """A declared scope that no operation asks for."""
    used = {(entry.scheme, name) for _, _, entry in _entries(subject) for name in entry.names}
    asked = {scheme for scheme, _ in used} | {e.scheme for _, _, e in _entries(subject)}
    for scheme in subject.loaded.description.schemes.values():
        told: set[str] = set()
        for flow in scheme.flows if scheme.name in asked else ():
            for scope in flow.scopes:
                if scope in _OF_THE_PROTOCOL or scope in told or (scheme.name, scope) in used:
                    continue
                told.add(scope)
                yield Finding(
                    flow.origin,
                    Severity.WARNING,
                    "unused-scope",
                    f"no operation asks for `{scope}` of `{scheme.name}`",
                    hint="ask for it where it was meant, or stop granting it",
                    spot=Spot(flow.origin, ("scopes", scope)),
                    marked=scope,
                )


def unused_scheme(subject: Subject) -> Iterator[Finding]:
    """A scheme that no operation names."""
    used = {entry.scheme for _, _, entry in _entries(subject)}
    for name, scheme in subject.loaded.description.schemes.items():
        if name not in used:
            yield Finding(
                scheme.origin,
                Severity.WARNING,
                "unused-scheme",
                f"no operation names the scheme `{name}`",
                hint="name it where it was meant, or leave it out",
                marked=name,
            )


def _entries(subject: Subject) -> Iterator[tuple[Listing, Alternative, SchemeRequirement]]:
    for listing in subject.listings:
        for alternative, requirement in listing.pairs():
            for entry in requirement.schemes:
                yield listing, alternative, entry


def _place(listing: Listing, alternative: Alternative) -> str:
    return f"alternative {alternative.index} of {listing.owner}"


def _scopes_of(subject: Subject, scheme: SchemeName) -> Spot:
    found = subject.loaded.description.schemes[scheme]
    return Spot(found.flows[0].origin, ("scopes",)) if found.flows else Spot(found.origin)


def _mend(
    subject: Subject,
    scheme: SchemeName,
    name: str,
    *,
    declared: frozenset[Scope],
) -> str:
    """What to do about an undeclared scope: declare it, or name one that is like it."""
    flows = subject.loaded.description.schemes[scheme].flows
    written = list(dict.fromkeys(scope for flow in flows for scope in flow.scopes))
    names = [n for n in written if n in declared][:_COMPARED]
    declare = f"declare it under {scheme}{{see}}"
    meant = difflib.get_close_matches(name, names, 1, _SURE)
    if meant:
        return f"{declare}, or did you mean `{meant[0]}`?"
    near = difflib.get_close_matches(name, names, _OFFERED, _LIKENESS)
    return f"{declare}, or name one of: {', '.join(near)}" if near else declare
