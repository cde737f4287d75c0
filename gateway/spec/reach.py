"""Which operations need an object that a stand-in stands for."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gateway.errors import Fault
from gateway.spec.grammar import Grammar
from gateway.spec.node import MappingNode, Node, ScalarNode, SequenceNode, child_of
from gateway.spec.paths import operations_of, path_items
from gateway.spec.pointer import PointerError, follow, format_pointer, parse_pointer


class _Contents(NamedTuple):
    """What stands in one part of a document."""

    references: frozenset[str]
    faults: frozenset[Fault]


def operation_faults(
    root: Node, spoilt: Mapping[int, Fault], *, grammar: Grammar
) -> Mapping[int, tuple[Fault, ...]]:
    """Return what is wrong with what each operation needs, by the identity of its node."""
    if not spoilt:
        return {}
    search = _Search(root, spoilt)
    found: dict[int, tuple[Fault, ...]] = {}
    for _, item in path_items(root):
        shared = [item.entries["parameters"]] if "parameters" in item.entries else []
        for written in operations_of(item, grammar):
            needed = [child for name, child in written.node.entries.items() if name != "callbacks"]
            faults = search.faults_of([*needed, *shared])
            if faults:
                found[id(written.node)] = faults
    return found


class _Search:
    """Looks into each part of a document once."""

    def __init__(self, root: Node, spoilt: Mapping[int, Fault]) -> None:
        self._root = root
        self._spoilt = spoilt
        self._known: dict[str, _Contents] = {}

    def faults_of(self, nodes: Iterable[Node]) -> tuple[Fault, ...]:
        """Return the faults in some parts, and in all that they refer to."""
        contents = [self._look(node) for node in nodes]
        faults = {fault for content in contents for fault in content.faults}
        pending = [reference for content in contents for reference in content.references]
        seen = set(pending)
        while pending:
            content = self._target(pending.pop())
            faults |= content.faults
            pending.extend(content.references - seen)
            seen |= content.references
        return tuple(sorted(faults, key=lambda fault: (fault.origin, fault.message)))

    def _target(self, reference: str) -> _Contents:
        if reference not in self._known:
            try:
                target = follow(self._root, parse_pointer(reference.removeprefix("#")))
            except PointerError:
                # a text of an example that only looks like a reference
                self._known[reference] = _Contents(frozenset(), frozenset())
            else:
                self._known[reference] = self._look(target)
        return self._known[reference]

    def _look(self, node: Node) -> _Contents:
        references: set[str] = set()
        faults: set[Fault] = set()
        stack = [node]
        while stack:
            node = stack.pop()
            if id(node) in self._spoilt:
                faults.add(self._spoilt[id(node)])
            if isinstance(node, SequenceNode):
                stack.extend(node.items)
            elif isinstance(node, MappingNode):
                stack.extend(node.entries.values())
                references.update(_mapped(node.entries.get("discriminator")))
            elif isinstance(node.value, str) and node.value.startswith("#/"):
                references.add(node.value)
        return _Contents(frozenset(references), frozenset(faults))


def _mapped(discriminator: Node | None) -> Iterable[str]:
    """Return what a discriminator maps to by name: a text with `#` is a reference anyway."""
    mapping = child_of(discriminator, "mapping") if discriminator is not None else None
    for target in mapping.entries.values() if isinstance(mapping, MappingNode) else ():
        if isinstance(target, ScalarNode):
            yield format_pointer(("components", "schemas", str(target.value)))
