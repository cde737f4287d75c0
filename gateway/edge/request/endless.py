"""Schemas that lead back to themselves without going into the value: nothing can judge by them."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLE = ("not", "if", "then", "else")


def endless(schemas: Mapping[str, Any]) -> str | None:
    """One of the schemas that is on a circle of references in place; None: there is no circle.

    `schemas` have a reference each as their name; what they refer to and is not there is no part
    of a circle.
    """
    edges = {name: {*in_place_references(schema)} & schemas.keys() for name, schema in
             schemas.items()}  # fmt: skip
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        return min(circle)
    return None


def in_place_references(schema: Any) -> Iterator[str]:
    """The references of a schema that judge the same value as the schema itself."""
    if not isinstance(schema, Mapping):
        return
    if isinstance(schema.get("$ref"), str):
        yield schema["$ref"]
    for keyword in _LISTS:
        for part in schema.get(keyword, ()):
            yield from in_place_references(part)
    for keyword in _SINGLE:
        yield from in_place_references(schema.get(keyword))
    for part in schema.get("dependentSchemas", {}).values():
        yield from in_place_references(part)
