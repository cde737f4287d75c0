"""Assembles a tree of nodes from what a reader meets, and refuses what goes past the limits."""

from typing import NamedTuple, NoReturn

from gateway.errors import DocumentError, Fault, Origin
from gateway.spec.limits import MAX_FAULTS, Limits
from gateway.spec.node import MappingNode, Node, Place, ScalarNode, SequenceNode


class Subtree(NamedTuple):
    """A finished node with what repeating it would cost."""

    node: Node
    #: nodes, with every alias in it counted in full
    size: int
    #: nested collections
    height: int


class _Frame:
    """A collection that is still being read."""

    __slots__ = ("height", "key", "keys", "node", "size_before")

    def __init__(self, node: MappingNode | SequenceNode, size_before: int) -> None:
        self.node = node
        #: those of the mapping; a sequence has none
        self.keys = node.keys if isinstance(node, MappingNode) else {}
        self.size_before = size_before
        self.key: str | None = None
        self.height = 0


class TreeBuilder:
    """Takes keys, scalars, and the beginnings and ends of collections, in the order written."""

    __slots__ = ("_aliased", "_frames", "_limits", "_root", "_size", "faults")

    def __init__(self, limits: Limits) -> None:
        #: what is wrong but does not stop the reading
        self.faults: list[Fault] = []
        self._limits = limits
        self._frames: list[_Frame] = []
        self._root: Node | None = None
        self._size = 0
        self._aliased = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing, or nothing but a null."""
        root = self._root
        return root is None or (isinstance(root, ScalarNode) and root.value is None)

    @property
    def is_open(self) -> bool:
        """Whether a collection waits for its end."""
        return bool(self._frames)

    @property
    def is_in_mapping(self) -> bool:
        """Whether the innermost open collection is a mapping."""
        return bool(self._frames) and isinstance(self._frames[-1].node, MappingNode)

    @property
    def wants_key(self) -> bool:
        """Whether the next node is a key of a mapping."""
        return self.is_in_mapping and self._frames[-1].key is None

    def add_key(self, name: str, place: Place) -> None:
        """Take the key of the next node; a second one of the same name is a fault."""
        frame = self._frames[-1]
        if name in frame.keys:
            message = f"`{name}` is written twice (first at line {frame.keys[name][1]})"
            self.report("duplicate-key", message, place=place)
        else:
            frame.keys[name] = place
        frame.key = name

    def add(self, node: Node) -> None:
        """Take a node that is complete, or is about to be opened."""
        self._size += 1
        if not self._frames:
            self._root = node
            return
        frame = self._frames[-1]
        parent = frame.node
        if isinstance(parent, SequenceNode):
            parent.items.append(node)
        elif frame.key is not None:
            parent.entries[frame.key] = node
            frame.key = None

    def open(self, node: MappingNode | SequenceNode) -> None:
        """Take a collection whose content follows."""
        self._refuse_depth(len(self._frames) + 1, node.place)
        size_before = self._size
        self.add(node)
        self._frames.append(_Frame(node, size_before))

    def close(self) -> Subtree:
        """End the innermost collection."""
        frame = self._frames.pop()
        height = frame.height + 1
        if self._frames:
            self._frames[-1].height = max(self._frames[-1].height, height)
        return Subtree(frame.node, self._size - frame.size_before, height)

    def repeat(self, subtree: Subtree, place: Place) -> None:
        """Take a finished subtree once more; the budget counts each node of it again."""
        self._aliased += subtree.size
        if self._aliased > self._limits.max_alias_nodes:
            message = f"aliases repeat more than {self._limits.max_alias_nodes} nodes"
            self.stop("alias-budget", message, place=place)
        self._refuse_depth(len(self._frames) + subtree.height, place)
        self.add(subtree.node)
        self._size += subtree.size - 1
        if self._frames:
            self._frames[-1].height = max(self._frames[-1].height, subtree.height)

    def finish(self) -> Node:
        """Return the tree; raises DocumentError if there were faults."""
        if self.faults:
            raise DocumentError(self.faults)
        if self._root is None:
            raise AssertionError("the reader found no node and reported no fault")
        return self._root

    def report(self, rule: str, message: str, *, place: Place) -> None:
        """Note a fault after which reading can go on, up to a number."""
        self.faults.append(Fault(rule, message, Origin(*place)))
        if len(self.faults) >= MAX_FAULTS:
            raise DocumentError(self.faults)

    def stop(self, rule: str, message: str, *, place: Place) -> NoReturn:
        """End the reading with a fault after which nothing else can be told."""
        raise DocumentError([*self.faults, Fault(rule, message, Origin(*place))])

    def _refuse_depth(self, depth: int, place: Place) -> None:
        if depth > self._limits.max_depth:
            message = f"nested deeper than {self._limits.max_depth} levels"
            self.stop("depth", message, place=place)
