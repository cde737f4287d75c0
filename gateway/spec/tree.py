"""Assembles a tree of nodes from what a reader meets, and refuses what goes past the limits."""

from collections.abc import Sequence
from typing import NoReturn

from gateway.errors import DocumentError, Fault, Origin
from gateway.spec.limits import MAX_FAULTS, Limits
from gateway.spec.node import MappingNode, Node, Place, ScalarNode, SequenceNode


class TreeBuilder:
    """Takes keys, scalars, and the beginnings and ends of collections, in the order written.

    A reader meets hundreds of thousands of nodes, hence plain attributes and no property.
    """

    __slots__ = (
        "_aliased",
        "_limits",
        "_open",
        "_root",
        "faults",
        "key",
        "same",
        "top",
        "wants_key",
    )

    def __init__(self, limits: Limits) -> None:
        #: what is wrong but does not stop the reading
        self.faults: list[Fault] = []
        #: the innermost open collection
        self.top: MappingNode | SequenceNode | None = None
        #: whether the next node is a key of a mapping
        self.wants_key = False
        #: the key of the next value of a mapping
        self.key = ""
        self._limits = limits
        #: the open collections around `top`, each with the key it waits for
        self._open: list[tuple[MappingNode | SequenceNode | None, str]] = []
        self._root: Node | None = None
        self._aliased = 0
        #: returns the first text that equals one, so that each is held once: `same(text, text)`
        self.same = dict[str, str]().setdefault

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing, or nothing but a null."""
        root = self._root
        return root is None or (isinstance(root, ScalarNode) and root.value is None)

    def add_key(self, name: str, place: Place) -> None:
        """Take the key of the next node; a second one of the same name is a fault."""
        name = self.same(name, name)
        keys = self.top.keys  # type: ignore[union-attr]  # wants_key: it is a mapping
        if name in keys:
            message = f"`{name}` is written twice (first at line {keys[name][1]})"
            self.report("duplicate-key", message, place=place)
        else:
            keys[name] = place
        self.key = name
        self.wants_key = False

    def add(self, node: Node) -> None:
        """Take a node that is complete, or is about to be opened."""
        top = self.top
        if type(top) is MappingNode:
            top.entries[self.key] = node
            self.wants_key = True
        elif type(top) is SequenceNode:
            top.items.append(node)
        else:
            self._root = node

    def open(self, node: MappingNode | SequenceNode) -> None:
        """Take a collection whose content follows."""
        if len(self._open) >= self._limits.max_depth:
            self._refuse_depth(node.place)
        self.add(node)
        self._open.append((self.top, self.key))
        self.top = node
        self.wants_key = type(node) is MappingNode

    def close(self) -> Node:
        """End the innermost collection, and return it."""
        node = self.top
        self.top, self.key = self._open.pop()
        self.wants_key = type(self.top) is MappingNode
        if node is None:
            raise AssertionError("a collection ends that never began")
        return node

    def repeat(self, node: Node, place: Place) -> None:
        """Take a finished node once more; the budget counts each node within it again."""
        budget = self._limits.max_alias_nodes
        size, height = _measure(node, enough=budget - self._aliased)
        self._aliased += size
        if self._aliased > budget:
            message = f"aliases repeat more than {budget} nodes"
            self.stop("alias-budget", message, place=place)
        if len(self._open) + height > self._limits.max_depth:
            self._refuse_depth(place)
        self.add(node)

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

    def _refuse_depth(self, place: Place) -> NoReturn:
        message = f"nested deeper than {self._limits.max_depth} levels"
        self.stop("depth", message, place=place)


def _measure(node: Node, *, enough: int) -> tuple[int, int]:
    """Count the nodes of a subtree, repeated ones each time, and how deep it nests.

    Counting ends past `enough`, so that what repeats itself exponentially costs no more.
    """
    size = height = 0
    level: Sequence[Node] = [node]
    while level and size <= enough:
        size += len(level)
        inner: list[Node] = []
        for member in level:
            if isinstance(member, MappingNode):
                inner.extend(member.entries.values())
            elif isinstance(member, SequenceNode):
                inner.extend(member.items)
            if len(inner) > enough:
                break
        height += any(not isinstance(member, ScalarNode) for member in level)
        level = inner
    return size, height
