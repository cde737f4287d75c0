"""Schemas of older dialects said in the words of JSON Schema 2020-12."""

from collections.abc import Mapping
from typing import Any

from gateway.edge.request.dialects import Dialect

_BOUNDS = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))


def in_2020_12(schema: Mapping[str, Any], dialect: Dialect) -> Mapping[str, Any]:
    """The schema itself, not what is within it; one of OAS 3.0 stays Draft 4."""
    if dialect.is_30 or not (dialect.has_item_lists or dialect.unknown):
        return schema
    said = {key: part for key, part in schema.items() if key not in dialect.unknown}
    if dialect.has_item_lists:
        _say_items(said)
        _say_dependencies(said)
    if dialect.has_boolean_bounds:
        _say_bounds(said)
    if "$recursiveRef" in said:
        raise ValueError("`$recursiveRef` is not read; write `$ref`, or `$dynamicRef`")
    return said


def _say_items(said: dict[str, Any]) -> None:
    if isinstance(said.get("items"), list):
        said["prefixItems"] = said.pop("items")
        if "additionalItems" in said:
            said["items"] = said["additionalItems"]


def _say_dependencies(said: dict[str, Any]) -> None:
    for name, wanted in said.pop("dependencies", {}).items():
        keyword = "dependentRequired" if isinstance(wanted, list) else "dependentSchemas"
        said[keyword] = {**said.get(keyword, {}), name: wanted}


def _say_bounds(said: dict[str, Any]) -> None:
    for bound, exclusive in _BOUNDS:
        if said.pop(exclusive, False) is True and bound in said:
            said[exclusive] = said.pop(bound)
