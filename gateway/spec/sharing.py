"""Turns a tree into plain values in which what is written alike is there once."""

from typing import Any

from gateway.spec.node import MappingNode, Node, ScalarNode, plain

#: keywords by which a schema names itself: then its place matters, and a place has one identity
_NAMING = frozenset({"$id", "$anchor", "$dynamicAnchor", "$self"})


def plain_shared(node: Node) -> Any:
    """JSON-like values as `plain` makes them, equal objects and lists being one; for reading only.

    A document in which schemas name themselves is left unshared.
    """
    sharing = _Sharing()
    value = sharing.value(node)
    return plain(node) if sharing.meets_names else value


class _Sharing:
    """Knows what was made so far, by the identities of its parts: the tree keeps them alive."""

    def __init__(self) -> None:
        self.meets_names = False
        self._objects: dict[tuple[str | int, ...], dict[str, Any]] = {}
        self._lists: dict[tuple[int, ...], list[Any]] = {}

    def value(self, node: Node) -> Any:
        """The value of a node, whose depth the reader has bounded."""
        if type(node) is ScalarNode:
            return node.value
        if type(node) is MappingNode:
            made = {name: self.value(child) for name, child in node.entries.items()}
            if not _NAMING.isdisjoint(made):
                self.meets_names = True
            return self._objects.setdefault((*made, *map(id, made.values())), made)
        items = [self.value(item) for item in node.items]  # type: ignore[union-attr]  # what is left
        return self._lists.setdefault(tuple(map(id, items)), items)
