"""Bounds what joining made: path items put in place may repeat nodes, and nest deeper."""

from collections.abc import Iterable

from gateway.errors import Fault, Origin
from gateway.spec.limits import Limits
from gateway.spec.node import MappingNode, Node, ScalarNode, SequenceNode, origin_of


def cost_faults(root: Node, limits: Limits) -> Iterable[Fault]:
    """Yield what goes past the limits in a tree whose nodes may be shared."""
    measures: dict[int, tuple[int, int]] = {}
    stack = [root]
    while stack:
        node = stack[-1]
        children = _children(node)
        missing = [child for child in children if id(child) not in measures]
        if missing:
            stack.extend(missing)
            continue
        stack.pop()
        inner = [measures[id(child)] for child in children]
        height = max((height for _, height in inner), default=0)
        is_collection = not isinstance(node, ScalarNode)
        measures[id(node)] = (1 + sum(size for size, _ in inner), height + is_collection)
    size, height = measures[id(root)]
    yield from _over(root, size - len(measures), height, limits)


def _over(root: Node, repeated: int, height: int, limits: Limits) -> Iterable[Fault]:
    origin: Origin = origin_of(root)
    if height > limits.max_depth:
        message = f"with its files joined it nests deeper than {limits.max_depth} levels"
        yield Fault("depth", message, origin)
    if repeated > limits.max_alias_nodes:
        message = f"path items used again repeat more than {limits.max_alias_nodes} nodes"
        yield Fault("alias-budget", message, origin)


def _children(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return list(node.entries.values())
    return node.items if isinstance(node, SequenceNode) else []
