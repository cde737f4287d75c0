"""Each check of a token as people read it: what holds, what fails, and what would mend it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gateway.cli.issuer_family import issuer_family
from gateway.cli.remedies import CHECKS_OF_ANY_PROFILE, Refusal, remedy, remedy_of_shape
from gateway.cli.shown_token import Examined, ShownCheck
from gateway.model import Refused
from gateway.spec.model import SchemeName, Scope
from gateway.tokens.binding import TokenTrust
from gateway.tokens.check import Check
from gateway.tokens.jwt_text import JwtText, parse_jwt_text
from gateway.tokens.ports import KeySource
from gateway.tokens.profiles import PROFILES, detect_profile
from gateway.tokens.verify import examine


@dataclass(frozen=True, slots=True)
class Presented:
    """A token for one scheme, and how it can be checked."""

    scheme: SchemeName
    trust: TokenTrust
    keys: KeySource
    #: the issuer that the token service of these settings signs as
    own_issuer: str
    #: the scheme trusts that token service
    is_ours: bool
    #: why there are no keys to check the signature by, where there are none
    no_keys: str


async def examine_token(text: str, presented: Presented, *, now: int) -> Examined:
    """Every check of a token, each failed one with its remedy; the token itself is not kept."""
    checks = await examine(text, presented.trust, keys=presented.keys, now=now)
    fault = next((Refused(check.fault) for check in checks if check.fault), None)
    token = parse_jwt_text(text)
    if isinstance(token, Refused):
        mend = remedy_of_shape(text, scheme=presented.scheme)
        return Examined(tuple(ShownCheck(c.name, c.ok, c.text, mend) for c in checks), fault)
    profile = await _profile_that_fits(text, presented, checks, now=now)
    shown = tuple(_shown(check, token, presented, profile=profile) for check in checks)
    return Examined(
        shown,
        fault,
        claimed=tuple(_claimed(token.claims, presented.trust)),
        expires_in=_expires_in(token.claims, now=now),
    )


def _shown(
    check: Check, token: JwtText, presented: Presented, *, profile: str | None
) -> ShownCheck:
    if check.retry_after is not None:
        return ShownCheck(check.name, None, f"not checked: {presented.no_keys}")
    if check.name == "signature" and check.ok:
        algorithm, key = token.header["alg"], _plain(token.header["kid"])
        text = f"{algorithm}, key {key} of {presented.trust.issuer}"
        return ShownCheck(check.name, ok=True, text=text)
    if check.ok:
        return ShownCheck(check.name, ok=True, text=check.text)
    refusal = Refusal(
        check=check,
        scheme=presented.scheme,
        trust=presented.trust,
        family=issuer_family(token.claims, own_issuer=presented.own_issuer),
        header=token.header,
        claims=token.claims,
        is_ours=presented.is_ours,
        profile=profile,
    )
    return ShownCheck(check.name, ok=False, text=check.text, remedy=remedy(refusal))


async def _profile_that_fits(
    text: str, presented: Presented, checks: Sequence[Check], *, now: int
) -> str | None:
    """The profile under which the form of the token would be right, if another one is."""
    if not _form_faults(checks):
        return None
    for name in sorted(PROFILES, key=lambda name: name != detect_profile(presented.trust.issuer)):
        trust = replace(presented.trust, profile=name)
        others = await examine(text, trust, keys=presented.keys, now=now)
        if not _form_faults(others):
            return name
    return None


def _form_faults(checks: Sequence[Check]) -> frozenset[str]:
    """The failed checks that another profile might make otherwise."""
    return frozenset(check.name for check in checks if check.fault) - CHECKS_OF_ANY_PROFILE


def _claimed(claims: Mapping[str, Any], trust: TokenTrust) -> Iterator[Scope]:
    value = claims.get(trust.rules.scope_claim)
    pieces = value.split(" ") if isinstance(value, str) else value
    if isinstance(pieces, list):
        yield from dict.fromkeys(Scope(p) for p in pieces if isinstance(p, str) and p)


def _expires_in(claims: Mapping[str, Any], *, now: int) -> int | None:
    expires_at = claims.get("exp")
    return expires_at - now if type(expires_at) is int else None


def _plain(text: str) -> str:
    return text if text.isascii() and text.isprintable() else ascii(text)
