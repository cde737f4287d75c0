"""The rules that header and claims of an access token must keep (RFC 9068 s4), in their order."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from gateway.model import AccessToken, TokenFault
from gateway.tokens.binding import TokenTrust
from gateway.tokens.facts import Facts, audiences
from gateway.tokens.kind import kind_fault, other_kind
from gateway.tokens.profiles import NO_TYPE, Profile, ScopeForm
from gateway.tokens.subject import principal_of, scopes_in

#: how far the issuer's clock may differ from ours
LEEWAY_SECONDS = 15
#: the last second of the year 9999: later times break calendars, and no token needs them
_LAST_SECOND = 253_402_300_799
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_TEXT_WANTED = "a string, not empty, without control characters"


@dataclass(frozen=True, slots=True)
class Rule:
    """One member of the header or the claims, and what is wrong with it, if anything."""

    name: str
    fault: Callable[[Facts], TokenFault | None]
    #: what would be right, for people
    wanted: Callable[[Facts], str]
    #: a claim; else a header parameter
    is_claim: bool = True
    #: what was seen, where it is not the member called `name`
    seen: Callable[[Facts], str] | None = None


def header_rules() -> tuple[Rule, ...]:
    """The rules that come before the key, in their order: cheap, and about nothing secret."""
    return _HEADER_RULES


def claim_rules(trust: TokenTrust) -> tuple[Rule, ...]:
    """The rules that come after the signature, in their order, to be told one by one."""
    profile = trust.rules
    return (
        *_SHARED_RULES,
        *(Rule(n, _text_fault_of(n), lambda _: _TEXT_WANTED) for n in profile.required),
        Rule(
            " or ".join(profile.client_claims),
            _client_fault,
            lambda _: _TEXT_WANTED,
            seen=_client_seen,
        ),
        Rule(profile.scope_claim, _scope_fault, lambda _: profile.scope_form.value),
    )


def claim_fault(facts: Facts) -> TokenFault | None:
    """The fault of the first of `claim_rules` that is broken, without making the table."""
    for find_fault in _SHARED_FAULTS:
        if fault := find_fault(facts):
            return fault
    for name in facts.trust.rules.required:
        if not _is_text(facts.claims.get(name)):
            return TokenFault.CLAIMS
    return _client_fault(facts) or _scope_fault(facts)


def _crit_fault(facts: Facts) -> TokenFault | None:
    """We understand no extension, so none may be critical (RFC 7515 s4.1.11, RFC 7797 s6)."""
    return TokenFault.CRITICAL if "crit" in facts.header or "b64" in facts.header else None


def _alg_fault(facts: Facts) -> TokenFault | None:
    return None if facts.header.get("alg") in facts.trust.algorithms else TokenFault.ALGORITHM


def _typ_fault(facts: Facts) -> TokenFault | None:
    typ = facts.header.get("typ", NO_TYPE)
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


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value) and not _CONTROL.search(value)


def _text_fault_of(name: str) -> Callable[[Facts], TokenFault | None]:
    return lambda facts: None if _is_text(facts.claims.get(name)) else TokenFault.CLAIMS


def _client_fault(facts: Facts) -> TokenFault | None:
    """One claim of the profile names the client; two that are there name the same one."""
    profile = facts.trust.rules
    named = [facts.claims[n] for n in profile.client_claims if n in facts.claims]
    if not named and not profile.is_client_needed:
        return None
    is_told = bool(named) and _is_text(named[0]) and all(name == named[0] for name in named)
    return None if is_told else TokenFault.CLAIMS


def _client_seen(facts: Facts) -> str:
    names = [n for n in facts.trust.rules.client_claims if n in facts.claims]
    return ", ".join(json.dumps(facts.claims[name]) for name in names) or "absent"


def _scope_fault(facts: Facts) -> TokenFault | None:
    profile = facts.trust.rules
    if profile.scope_claim not in facts.claims:
        return None
    scope = facts.claims[profile.scope_claim]
    if profile.scope_form is ScopeForm.TEXT:
        return None if isinstance(scope, str) else TokenFault.SCOPE
    is_list = isinstance(scope, list) and all(isinstance(name, str) for name in scope)
    return None if is_list else TokenFault.SCOPE


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
    Rule(
        "kind",
        kind_fault,
        lambda _: "an access token",
        seen=lambda facts: other_kind(facts) or "an access token",
    ),
)


_SHARED_FAULTS = tuple(rule.fault for rule in _SHARED_RULES)


def _quoted_types(profile: Profile) -> str:
    named = (f'"{name}"' if name else "none" for name in sorted(profile.types, key=_by_length))
    return " or ".join(named)


def _by_length(name: str) -> tuple[int, str]:
    return len(name), name


def access_token(claims: Mapping[str, Any], trust: TokenTrust) -> AccessToken:
    """The value of a token whose claims keep every rule; roles of any odd form are none."""
    profile = trust.rules
    named = [claims[name] for name in profile.client_claims if name in claims]
    client_id: str = named[0] if named else ""
    return AccessToken(
        principal=principal_of(claims, trust, client_id=client_id),
        client_id=client_id,
        scopes=scopes_in(claims, profile),
        roles=frozenset(_roles(claims.get("roles"))),
        audience=audiences(claims["aud"]),
        jti=_text(claims.get("jti")) or _text(claims.get("uti")) or "",
        issued_at=claims["iat"],
        expires_at=claims["exp"],
        grant_id=_text(claims.get("grant_id")),
    )


def _text(value: object) -> str | None:
    """A claim that is only ours to give a meaning to: of another form it is as if absent."""
    return value if isinstance(value, str) else None


def _roles(roles: object) -> tuple[str, ...]:
    """The `roles` claim (RFC 9068 s2.2.3.1) if it is a list of strings."""
    if isinstance(roles, list) and all(isinstance(role, str) for role in roles):
        return tuple(roles)
    return ()
