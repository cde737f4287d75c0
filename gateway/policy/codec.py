"""The canonical form of a policy, and its digest: equal access, equal digest."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from gateway.policy.rules import Alternative, Need, Rule
from gateway.spec.model import ApiDescription, OperationKey, SchemeName, SecurityScheme

_PARAMETER = re.compile(r"\{[^{}]*\}")


def canonical_policy(
    rules: Mapping[OperationKey, Rule], description: ApiDescription
) -> dict[str, Any]:
    """The policy as plain values in which neither the order of the file nor its texts show."""
    used = {scheme for rule in rules.values() for scheme in rule.schemes}
    known: dict[tuple[bool, int], Any] = {}  # many rules share their alternatives
    operations: dict[str, Any] = {}
    for key, rule in sorted(rules.items()):
        same = (rule.is_public, id(rule.alternatives))
        if same not in known:
            known[same] = _rule(rule)
        operations[nameless(key)] = known[same]
    return {
        "schema": 1,
        "base": description.base_path,
        "operations": operations,
        "schemes": {name: _scheme(description.schemes[name]) for name in sorted(used)},
    }


def digest_of(rules: Mapping[OperationKey, Rule], description: ApiDescription) -> str:
    """SHA-256, in hex, of the canonical form written as compact JSON with sorted keys."""
    text = json.dumps(
        canonical_policy(rules, description),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
    )
    return hashlib.sha256(text.encode()).hexdigest()


def nameless(template: str) -> str:
    """A path, or a method and a path, without the names of its parameters.

    No two operations of a document share it.
    """
    return _PARAMETER.sub("{}", template)


def _rule(rule: Rule) -> Any:
    if rule.is_public:
        return "public"
    if not rule.alternatives:
        return "denied"
    encoded = {
        json.dumps(_alternative(alternative), sort_keys=True): _alternative(alternative)
        for alternative in rule.alternatives
    }
    return [encoded[text] for text in sorted(encoded)]


def _alternative(alternative: Alternative) -> dict[SchemeName, dict[str, list[str]]]:
    return {need.scheme: _need(need) for need in alternative.needs}


def _need(need: Need) -> dict[str, list[str]]:
    return {"scopes": sorted(need.scopes), "roles": sorted(need.roles)}


def _scheme(scheme: SecurityScheme) -> dict[str, Any]:
    return {
        "kind": scheme.kind.value,
        "place": scheme.place.value if scheme.place else None,
        "parameter": scheme.parameter,
        "http_scheme": scheme.http_scheme,
    }
