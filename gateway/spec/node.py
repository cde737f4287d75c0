"""The tree of a document: plain values that know their file, line and column."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.errors import Origin

#: file, line, column: an Origin that costs next to nothing to make
Place = tuple[str, int, int]

Scalar = str | int | float | bool | None


class ScalarNode:
    """A string, number, boolean or null."""

    __slots__ = ("place", "value")

    def __init__(self, value: Scalar, place: Place) -> None:
        self.value = value
        self.place = place


class SequenceNode:
    """A list; nothing adds to `items` once the reader has returned the tree."""

    __slots__ = ("items", "place")

    def __init__(self, items: "list[Node]", place: Place) -> None:
        self.items = items
        self.place = place


class MappingNode:
    """An object, its keys as written; `keys` has the place of each key of `entries`."""

    __slots__ = ("entries", "keys", "place")

    def __init__(self, entries: "dict[str, Node]", place: Place, *, keys: dict[str, Place]) -> None:
        self.entries = entries
        self.place = place
        self.keys = keys


Node = MappingNode | SequenceNode | ScalarNode


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One file of a description: its name as origins show it, and its tree."""

    file: str
    root: Node


def origin_of(node: Node) -> Origin:
    """Return where a node begins."""
    return Origin(*node.place)


def key_origin(node: MappingNode, name: str) -> Origin:
    """Return where the key `name` of a mapping stands."""
    return Origin(*node.keys[name])


def entry_origin(node: MappingNode, name: str) -> Origin:
    """Return where to point for an entry: at a scalar itself, at the key of anything longer.

    Where a mapping or sequence begins is a line that speaks of something else already.
    """
    child = node.entries[name]
    return origin_of(child) if isinstance(child, ScalarNode) else key_origin(node, name)


def plain(node: Node) -> Any:
    """Turn a tree, whose depth the reader has bounded, into JSON-like Python values."""
    if type(node) is ScalarNode:
        return node.value
    if type(node) is MappingNode:
        return {name: plain(child) for name, child in node.entries.items()}
    return [plain(child) for child in node.items]  # type: ignore[union-attr]  # nothing else is left


def child_of(node: Node, step: str | int) -> Node | None:
    """Return the entry or item that one step of a path names, None if there is none."""
    if isinstance(node, MappingNode):
        return node.entries.get(str(step))
    if isinstance(node, SequenceNode) and str(step).isdecimal() and int(step) < len(node.items):
        return node.items[int(step)]
    return None


def locate(root: Node, path: Sequence[str | int]) -> Origin:
    """Return the origin of the deepest existing element on a path of keys and places in lists."""
    node, origin = root, origin_of(root)
    for step in path:
        child = child_of(node, step)
        if child is None:
            break
        if isinstance(node, MappingNode):
            origin = entry_origin(node, str(step))
        else:
            origin = origin_of(child)
        node = child
    return origin
