"""A comparison as JSON for machines: nothing is cut short."""

from collections.abc import Sequence
from typing import Any

from gateway.compare import Comparison
from gateway.compare_words import gainers, losers, way_text
from gateway.load import LoadedDocument
from gateway.policy.diff import AccessChange, Change
from gateway.policy.ways import Way


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """All of a comparison."""
    access = comparison.access
    counts = {change.value: len(access.of(change)) for change in Change}
    return {
        "old": _document(comparison.old),
        "new": _document(comparison.new),
        "same_access": not access.changes,
        "compared": access.compared,
        "counts": {**counts, "same": access.same},
        "changes": [_change(change) for change in access.changes],
        "gains": [{"who": who, "operations": list(ops)} for who, ops in gainers(access)],
        "loses": [{"who": who, "operations": list(ops)} for who, ops in losers(access)],
        "renamed_operations": [{"old": p.old, "new": p.new} for p in access.renamed],
        "renamed_schemes": [{"old": p.old, "new": p.new} for p in comparison.renamed_schemes],
        "uncovered": [{"request": c.request, "by": c.operation} for c in comparison.uncovered],
        "covered": [{"request": c.request, "by": c.operation} for c in comparison.covered],
        "changed_but_ungrantable": [
            {"operation": dead.operation, "origin": str(dead.origin)} for dead in access.dead
        ],
    }


def _document(loaded: LoadedDocument) -> dict[str, Any]:
    description = loaded.description
    return {
        "document": description.file,
        "policy": loaded.policy.digest,
        "base_path": description.base_path,
    }


def _change(change: AccessChange) -> dict[str, Any]:
    return {
        "change": change.change.value,
        "operation": change.operation,
        "compared_with": change.compared_with,
        "origin": str(change.origin),
        "opens": change.opens,
        "witness": _way(change.witness) if change.witness else None,
        "gained": _ways(change.gained),
        "lost": _ways(change.lost),
        "before": _ways(change.before),
        "after": _ways(change.after),
    }


def _ways(ways: Sequence[Way]) -> list[dict[str, Any]]:
    return [_way(way) for way in ways]


def _way(way: Way) -> dict[str, Any]:
    return {
        "text": way_text(way, with_schemes=True),
        "needs": {
            need.scheme: {"scopes": list(need.scopes), "roles": list(need.roles)}
            for need in way.needs
        },
        "origin": str(way.origin),
    }
