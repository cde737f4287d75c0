"""The rules that header and claims of an access token must keep (RFC 9068 s4), as one table."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from gateway.model import AccessToken, Principal, PrincipalKind, TokenFault
from gateway.spec.model import Scope
from gateway.tokens.binding import PROFILES, Profile, TokenTrust

#: how far the issuer's clock may differ from ours
LEEWAY_SECONDS = 15
#: the last second of the year 9999: later times break calendars, and no token needs them
_LAST_SECOND = 253_402_300_799
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True, repr=False)
class Facts:
    """All that a rule may look at."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    trust: TokenTrust
    #: Unix seconds
    now: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One member of the header or the claims, and what is wrong with it, if anything."""

    name: str
    fault: Callable[[Facts], TokenFault | None]
    #: what would be right, for people
    wanted: Callable[[Facts], str]
    #: a claim; else a header parameter
    is_claim: bool = True


def header_rules() -> tuple[Rule, ...]:
    """The rules that come before the key, in their order: cheap, and about nothing secret."""
    return _HEADER_RULES


def claim_rules(trust: TokenTrust) -> tuple[Rule, ...]:
    """The rules that come after the signature, in their order."""
    return _CLAIM_RULES[trust.profile]


def _crit_fault(facts: Facts) -> TokenFault | None:
    """We understand no extension, so none may be critical (RFC 7515 s4.1.11, RFC 7797 s6)."""
    return TokenFault.CRITICAL if "crit" in facts.header or "b64" in facts.header else None


def _alg_fault(facts: Facts) -> TokenFault | None:
    return None if facts.header.get("alg") in facts.trust.algorithms else TokenFault.ALGORITHM


def _typ_fault(facts: Facts) -> TokenFault | None:
    typ = facts.header.get("typ")
    is_known = isinstance(typ, str) and typ.lower() in facts.trust.rules.types
    return None if is_known else TokenFault.TYPE


def _kid_fault(facts: Facts) -> TokenFault | None:
    kid = facts.header.get("kid")
    return None if isinstance(kid, str) and kid else TokenFault.UNKNOWN_KEY


def _iss_fault(facts: Facts) -> TokenFault | None:
    return None if facts.claims.get("iss") == facts.trust.issuer else TokenFault.ISSUER


def _aud_fault(facts: Facts) -> TokenFault | None:
    audience = audiences(facts.claims.get("aud"))
    return None if facts.trust.audience in audience else TokenFault.AUDIENCE


def _exp_fault(facts: Facts) -> TokenFault | None:
    expires_at = facts.claims.get("exp")
    if not _is_time(expires_at):
        return TokenFault.CLAIMS
    return TokenFault.EXPIRED if expires_at <= facts.now - LEEWAY_SECONDS else None


def _nbf_fault(facts: Facts) -> TokenFault | None:
    if "nbf" not in facts.claims:
        return None
    not_before = facts.claims["nbf"]
    if not _is_time(not_before):
        return TokenFault.CLAIMS
    return TokenFault.NOT_YET_VALID if not_before > facts.now + LEEWAY_SECONDS else None


def _iat_fault(facts: Facts) -> TokenFault | None:
    issued_at = facts.claims.get("iat")
    if not _is_time(issued_at):
        return TokenFault.CLAIMS
    return TokenFault.ISSUED_IN_FUTURE if issued_at > facts.now + LEEWAY_SECONDS else None


def _cnf_fault(facts: Facts) -> TokenFault | None:
    """A token bound to a key (RFC 7800) is no bearer token; we cannot check the binding."""
    return TokenFault.CLAIMS if "cnf" in facts.claims else None


def _text_rule(name: str) -> Rule:
    def fault(facts: Facts) -> TokenFault | None:
        value = facts.claims.get(name)
        is_text = isinstance(value, str) and value and not _CONTROL.search(value)
        return None if is_text else TokenFault.CLAIMS

    return Rule(name, fault, lambda _: "a string, not empty, without control characters")


def _scope_rule(name: str) -> Rule:
    def fault(facts: Facts) -> TokenFault | None:
        is_text = isinstance(facts.claims.get(name, ""), str)
        return None if is_text else TokenFault.SCOPE

    return Rule(name, fault, lambda _: "a string, names parted by spaces")


def _is_time(value: object) -> TypeGuard[int]:
    """Whether it is a NumericDate without a fraction; True and False are none."""
    return type(value) is int and 0 <= value <= _LAST_SECOND


_HEADER_RULES = (
    Rule("crit", _crit_fault, lambda _: "no critical extension", is_claim=False),
    Rule("alg", _alg_fault, lambda facts: " or ".join(facts.trust.algorithms), is_claim=False),
    Rule("typ", _typ_fault, lambda facts: _quoted_types(facts.trust.rules), is_claim=False),
    Rule("kid", _kid_fault, lambda _: "the name of a key", is_claim=False),
)
_SHARED_RULES = (
    Rule("iss", _iss_fault, lambda facts: f'"{facts.trust.issuer}"'),
    Rule("aud", _aud_fault, lambda facts: f'"{facts.trust.audience}"'),
    Rule("exp", _exp_fault, lambda _: "a time to come, in whole seconds"),
    Rule("nbf", _nbf_fault, lambda _: "a time gone by, in whole seconds"),
    Rule("iat", _iat_fault, lambda _: "a time gone by, in whole seconds"),
    Rule("cnf", _cnf_fault, lambda _: "a token that is bound to no key"),
)
_CLAIM_RULES = {
    name: (
        *_SHARED_RULES,
        *(_text_rule(claim) for claim in profile.required),
        _scope_rule(profile.scope_claim),
    )
    for name, profile in PROFILES.items()
}


def _quoted_types(profile: Profile) -> str:
    return " or ".join(f'"{name}"' for name in sorted(profile.types, key=len))


def audiences(aud: object) -> tuple[str, ...]:
    """The values of an `aud` claim: a string or a list of strings; none if it is neither."""
    if isinstance(aud, str):
        return (aud,)
    if isinstance(aud, list) and all(isinstance(value, str) for value in aud):
        return tuple(aud)
    return ()


def access_token(claims: Mapping[str, Any], trust: TokenTrust) -> AccessToken:
    """The value of a token whose claims keep every rule; roles of any odd form are none."""
    profile = trust.rules
    client_id: str = claims[profile.client_claim]
    scopes = claims.get(profile.scope_claim, "").split(" ")
    return AccessToken(
        principal=_principal(trust.issuer, claims["sub"], client_id=client_id),
        client_id=client_id,
        scopes=frozenset(Scope(name) for name in scopes if name),
        roles=frozenset(_roles(claims.get("roles"))),
        audience=audiences(claims["aud"]),
        jti=claims["jti"],
        issued_at=claims["iat"],
        expires_at=claims["exp"],
        grant_id=_text(claims.get("grant_id")),
    )


def _principal(issuer: str, subject: str, *, client_id: str) -> Principal:
    """A client speaks for itself where the subject is the client (RFC 9068 s2.2)."""
    is_client = subject == client_id or subject.startswith("client:")
    return Principal(issuer, subject, PrincipalKind.CLIENT if is_client else PrincipalKind.USER)


def _text(value: object) -> str | None:
    """A claim that is only ours to give a meaning to: of another form it is as if absent."""
    return value if isinstance(value, str) else None


def _roles(roles: object) -> tuple[str, ...]:
    """The `roles` claim (RFC 9068 s2.2.3.1) if it is a list of strings."""
    if isinstance(roles, list) and all(isinstance(role, str) for role in roles):
        return tuple(roles)
    return ()
