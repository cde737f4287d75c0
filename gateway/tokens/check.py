"""How one check of a token reads to a person: its name, whether it holds, and what was seen."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.model import Refused, TokenFault, Uncheckable
from gateway.tokens.claims import Rule
from gateway.tokens.facts import Facts

#: longer values are cut: a terminal line, not a dump
_MAX_SHOWN = 80
_TIMES = frozenset({"exp", "nbf", "iat"})
_SIGNATURE_FAULTS = {
    TokenFault.SIGNATURE: "not made by this key over this text",
    TokenFault.UNKNOWN_KEY: "the issuer publishes no such key",
}
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


@dataclass(frozen=True, slots=True)
class Check:
    """One named check. Neither fault nor retry_after: it holds."""

    name: str
    #: ASCII on one line, never the token
    text: str
    fault: TokenFault | None = None
    #: nobody can say now; in seconds
    retry_after: int | None = None

    @property
    def ok(self) -> bool:
        """Whether the check holds."""
        return self.fault is None and self.retry_after is None


def check_of_rule(rule: Rule, facts: Facts) -> Check:
    """Apply a rule and tell what it saw."""
    members = facts.claims if rule.is_claim else facts.header
    seen = rule.seen(facts) if rule.seen else _shown(rule.name, members, now=facts.now)
    fault = rule.fault(facts)
    if fault is None:
        return Check(rule.name, seen)
    return Check(rule.name, f"is {seen}, wanted {rule.wanted(facts)}", fault=fault)


def check_of_signature(header: Mapping[str, Any], unproven: Refused | Uncheckable | None) -> Check:
    """Tell how the signature fared; the header may be of any form."""
    key = f"{_quote(header.get('alg'))}, key {_quote(header.get('kid'))}"
    if unproven is None:
        return Check("signature", key)
    if isinstance(unproven, Uncheckable):
        text = f"{key}: no keys to check it"
        return Check("signature", text, retry_after=unproven.retry_after)
    why = _SIGNATURE_FAULTS.get(unproven.fault, "cannot be checked with this header")
    return Check("signature", f"{key}: {why}", fault=unproven.fault)


def _shown(name: str, members: Mapping[str, Any], *, now: int) -> str:
    if name not in members:
        return "absent"
    value = members[name]
    if name in _TIMES and type(value) is int:
        return f"{value} ({_distance(value - now)})"
    return _quote(value)


def _quote(value: object) -> str:
    """JSON in ASCII, so that no control character of a token reaches a terminal."""
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "..."


def _distance(seconds: int) -> str:
    """How far a time is from now, in the largest unit that fits."""
    size, unit = next(((size, unit) for size, unit in _UNITS if abs(seconds) >= size), _UNITS[-1])
    count = abs(seconds) // size
    return f"{count} {unit} ago" if seconds <= 0 else f"in {count} {unit}"
