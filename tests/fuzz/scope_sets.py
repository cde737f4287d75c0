"""Which scope sets an operation is tried with, read from the raw document: imports the oracle."""

from collections.abc import Iterable
from typing import Any

from tests.fuzz.oracle import decide

Scopes = frozenset[str]


def alternatives(document: dict[str, Any], method: str, template: str) -> list[Scopes]:
    """The scopes of each alternative that tokens alone can meet."""
    operation = document["paths"][template][method.lower()]
    security = operation.get("security", document.get("security")) or []
    listed = (
        frozenset(name for names in requirement.values() for name in names)
        for requirement in security
    )
    return [scopes for scopes in listed if decide(document, method, template, set(scopes)) == 200]


def minimal_sets(document: dict[str, Any], method: str, template: str) -> list[Scopes]:
    """The smallest sets that pass, none of which holds another; empty if no token can pass."""
    if decide(document, method, template, set()) == 200:
        return [frozenset()]
    found = dict.fromkeys(alternatives(document, method, template))
    return [scopes for scopes in found if not any(other < scopes for other in found)]


def one_less(sets: Iterable[Scopes]) -> list[Scopes]:
    """Each set with one scope less."""
    return list(dict.fromkeys(held - {scope} for held in sets for scope in sorted(held)))


def near_misses(sets: Iterable[Scopes]) -> list[Scopes]:
    """Each set with one scope spelt almost right: in capitals, cut short, gone on."""
    found: dict[Scopes, None] = {}
    for held in sets:
        for scope in sorted(held):
            for wrong in (scope.upper(), scope[:-1], f"{scope}s", f"{scope}:all"):
                found[held - {scope} | {wrong} - {""}] = None
    return [scopes for scopes in found if scopes not in set(sets)]


def declared_scopes(document: dict[str, Any]) -> Scopes:
    """Every scope that a flow declares."""
    schemes = document.get("components", {}).get("securitySchemes", {})
    flows = (flow for scheme in schemes.values() for flow in scheme.get("flows", {}).values())
    return frozenset(scope for flow in flows for scope in flow.get("scopes", {}))


def scope_sets(document: dict[str, Any], method: str, template: str) -> list[Scopes]:
    """What is tried: nothing, the smallest sets, one scope less, near misses, others, all."""
    smallest = minimal_sets(document, method, template)
    every = declared_scopes(document)
    needed = frozenset().union(*alternatives(document, method, template))
    tried = [frozenset(), *smallest, *one_less(smallest), *near_misses(smallest)]
    return list(dict.fromkeys([*tried, every - needed, frozenset({"unrelated"}), every]))
