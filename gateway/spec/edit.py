"""Makes changed copies of nodes; what is not touched is shared with the tree they came from."""

from collections.abc import Mapping, Sequence

from gateway.spec.node import MappingNode, Node, SequenceNode, child_of

Step = str | int


def with_entries(node: MappingNode, entries: Mapping[str, Node]) -> MappingNode:
    """Return a copy with entries replaced or added; an added key stands where its value does."""
    keys = {**{name: child.place for name, child in entries.items()}, **node.keys}
    return MappingNode({**node.entries, **entries}, node.place, keys=keys)


def without_entries(node: MappingNode, names: set[str]) -> MappingNode:
    """Return a copy that has not got some entries."""
    entries = {name: child for name, child in node.entries.items() if name not in names}
    return MappingNode(entries, node.place, keys={name: node.keys[name] for name in entries})


def replaced(root: Node, path: Sequence[Step], new: Node | None) -> Node:
    """Return a tree in which `new` stands at a path; None takes away what stands there."""
    if not path:
        if new is None:
            raise ValueError("the root cannot be taken away")
        return new
    child = child_of(root, path[0])
    if len(path) > 1 and child is not None:
        new = replaced(child, path[1:], new)
    if isinstance(root, MappingNode):
        name = str(path[0])
        return without_entries(root, {name}) if new is None else with_entries(root, {name: new})
    if isinstance(root, SequenceNode):
        items = list(root.items)
        items[int(path[0]) : int(path[0]) + 1] = [] if new is None else [new]
        return SequenceNode(items, root.place)
    return root
