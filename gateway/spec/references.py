"""The references of a description as values: where each stands, and what it leads to."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from gateway.errors import Fault, Origin
from gateway.spec.node import Document, MappingNode, Node, ScalarNode, origin_of


class OpenFile(Protocol):
    """Opens the file a `$ref` names; the same file is the same Document each time."""

    def __call__(self, location: str, *, document: Document, origin: Origin) -> Document:
        """Return the file at `location`, as seen from `document`; raises DocumentError."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What a reference leads to."""

    document: Document
    steps: tuple[str, ...]
    node: Node
    #: whether the reference is nothing but a pointer from the root of the file it stands in
    is_plain: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """An object that is a `$ref`, or the name in a requirement that is one."""

    node: MappingNode
    #: of the object that is wanted here
    kind: str
    #: the file the reference is written in
    document: Document
    text: str
    origin: Origin
    target: Target


@dataclass(frozen=True, slots=True, eq=False)
class Broken:
    """An object whose `$ref` leads to nothing that could be meant."""

    node: MappingNode
    kind: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class References:
    """All references of a description."""

    entry: Document
    #: by the identity of the referring node
    by_node: Mapping[int, Reference]
    #: by the identity of a security requirement and the name in it
    requirements: Mapping[tuple[int, str], Reference]
    #: by the identity of a schema: each `$dynamicRef` that can only mean one schema
    dynamic: Mapping[int, Reference]
    #: whether some `$dynamicRef` can mean several: then `$id` and anchors must stay
    keeps_names: bool
    #: the identity of each object that stands in the entry document, in a place made for it
    native: AbstractSet[int]
    #: schemas that have a name of their own, by identity
    named: AbstractSet[int]
    faults: Sequence[Fault]
    broken: Sequence[Broken]
    warnings: Sequence[Fault]

    def every(self) -> Sequence[Reference]:
        """Return all references, whatever they are written as."""
        return (*self.by_node.values(), *self.requirements.values(), *self.dynamic.values())

    def is_native(self, target: Target) -> bool:
        """Whether a target can stay where it is; others are in other files or in extensions."""
        if isinstance(target.node, ScalarNode):
            return target.document is self.entry
        return id(target.node) in self.native

    def end_of(self, reference: Reference) -> Target:
        """Follow references that lead to references; there are no cycles if `faults` is empty.

        In JSON Schema a `$ref` with something beside it is an end: what is beside it counts.
        """
        target = reference.target
        while id(target.node) in self.by_node and not self._says_more(target.node):
            target = self.by_node[id(target.node)].target
        return target

    def _says_more(self, node: Node) -> bool:
        has_siblings = isinstance(node, MappingNode) and len(node.entries) > 1
        return has_siblings and self.by_node[id(node)].kind == "Schema"


def value_origin(node: MappingNode, name: str) -> Origin:
    """Return where the value of a field stands."""
    return origin_of(node.entries[name])
