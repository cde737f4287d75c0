"""What is put in the place of a faulty object: the same kind of object, which admits nothing."""

from collections.abc import Mapping
from typing import Any

from gateway.spec.node import MappingNode, Node, Place, ScalarNode, SequenceNode

#: no value is valid
_NOTHING: Mapping[str, Any] = {"not": {}}
_NO_CONTENT: Mapping[str, Any] = {"*/*": {"schema": _NOTHING}}

_STAND_INS: Mapping[str, Any] = {
    "Schema": _NOTHING,
    "MediaType": {"schema": _NOTHING},
    "Header": {"schema": _NOTHING},
    "RequestBody": {"required": True, "content": _NO_CONTENT},
    "Response": {"description": "", "content": _NO_CONTENT},
    "Responses": {"default": {"description": "", "content": _NO_CONTENT}},
    "Example": {},
    "Link": {"operationId": ""},
    "Callback": {},
}


def has_stand_in(kind: str) -> bool:
    """Whether an object of a kind can be replaced."""
    return kind in _STAND_INS


def stand_in(kind: str, place: Place) -> MappingNode:
    """Return a new object of a kind that stands at a place and admits nothing."""
    return as_node(_STAND_INS[kind], place)  # type: ignore[return-value]  # every one is an object


def as_node(value: Any, place: Place) -> Node:
    """Return plain values as a tree whose every element stands at one place."""
    if isinstance(value, Mapping):
        entries = {name: as_node(child, place) for name, child in value.items()}
        return MappingNode(entries, place, keys=dict.fromkeys(entries, place))
    if isinstance(value, list):
        return SequenceNode([as_node(item, place) for item in value], place)
    return ScalarNode(value, place)
