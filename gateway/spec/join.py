"""Joins the files of a description: in the result every `$ref` is local.

What a `$ref` takes from another file, or from an extension, becomes an entry of the entry
document's components; a path item, for which OAS 3.0 has no section, is put where it is used.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

from gateway.errors import Fault, Origin
from gateway.spec.grammar import DOCUMENT, SECTION_OF, SECTIONS, Shape, field_of, walk
from gateway.spec.limits import Limits
from gateway.spec.node import (
    Document,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    child_of,
    origin_of,
)
from gateway.spec.pointer import format_pointer
from gateway.spec.refs import OpenFile, Reference, References, Target, find_references

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Joined:
    """One tree for all files; if there are `faults`, the entry document as it was."""

    root: MappingNode
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def join_files(entry: Document, *, open_file: OpenFile, limits: Limits) -> Joined:
    """Return the tree in which nothing refers to another file, and no path item to another one."""
    references = find_references(entry, open_file)
    root, faults = entry.root, list(references.faults)
    if not faults and any(_is_foreign(references, ref) for ref in references.by_node.values()):
        joined = _Joiner(references).join()
        faults = list(_cost_faults(joined, limits))
        root = entry.root if faults else joined
    if not isinstance(root, MappingNode):
        raise AssertionError("only an object gets past the check of its version")
    return Joined(root, tuple(faults), tuple(references.warnings))


def _is_foreign(references: References, reference: Reference) -> bool:
    is_local = reference.text.startswith("#") and references.is_native(reference.target)
    return not is_local or reference.kind == "PathItem"


class _Joiner:
    """Rewrites the entry document; what is not touched is shared with the tree it came from."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._entry = references.entry
        #: target -> section and name of the component it becomes
        self._names: dict[int, tuple[str, str]] = {}
        self._targets: dict[tuple[str, str], Target] = {}
        #: names of the entry document's components that are nothing but a `$ref` to another file
        self._replaced: dict[int, tuple[str, str]] = {}
        self._path_items: dict[int, Node] = {}

    def join(self) -> Node:
        """Return the root of the joined document."""
        self._name_components()
        self._name_targets()
        self._rewrite_path_items()
        root = self._rewrite(self._entry.root, DOCUMENT)
        added = {
            place: self._rewrite(target.node, SECTIONS[place[0]])
            for place, target in self._targets.items()
            if place not in self._replaced.values()
        }
        return _with_components(root, added) if isinstance(root, MappingNode) else root

    def _name_components(self) -> None:
        """A component that is only a `$ref` to another file gives its name to what is there."""
        for (section, name), node in _components(self._entry.root).items():
            reference = self._references.by_node.get(id(node))
            if reference is None or self._references.is_native(reference.target):
                continue
            target = self._references.end_of(reference)
            if not self._references.is_native(target) and id(target.node) not in self._names:
                self._replaced[id(node)] = (section, name)
                self._name(target, (section, name))

    def _name_targets(self) -> None:
        taken = set(_components(self._entry.root))
        for reference in self._references.by_node.values():
            target = self._references.end_of(reference)
            is_named = self._references.is_native(target) or id(target.node) in self._names
            if not is_named and reference.kind in SECTION_OF:
                place = _free_name(SECTION_OF[reference.kind], _wish(target), taken)
                taken.add(place)
                self._name(target, place)

    def _name(self, target: Target, place: tuple[str, str]) -> None:
        self._names[id(target.node)] = place
        self._targets[place] = target

    def _rewrite_path_items(self) -> None:
        """Rewrite each path item that is referred to, those it needs before it."""
        by_node = self._references.by_node
        items = {i: ref for i, ref in by_node.items() if ref.kind == "PathItem"}
        needs = {
            identity: {id(found.node) for found in walk(reference.target.node, "PathItem")}
            & items.keys()
            for identity, reference in items.items()
        }
        for identity in TopologicalSorter(needs).static_order():
            target = items[identity].target.node
            self._path_items[identity] = self._rewrite(target, "PathItem")

    def _rewrite(self, node: Node, kind: str) -> Node:
        """Return a node with its references made local; calls itself as deep as one file nests."""
        if not isinstance(node, MappingNode):
            return node
        if id(node) in self._replaced:
            return self._rewrite(self._targets[self._replaced[id(node)]].node, kind)
        if id(node) in self._path_items:
            return self._path_items[id(node)]
        if id(node) in self._references.by_node:
            return self._localise(self._references.by_node[id(node)])
        changes = {
            name: new
            for name, child in node.entries.items()
            if (new := self._rewrite_field(child, kind, name)) is not child
        }
        return _with_entries(node, changes) if changes else node

    def _rewrite_field(self, child: Node, kind: str, name: str) -> Node:
        field = field_of(kind, name)
        if field is None:
            return child
        if field.shape is Shape.ONE:
            return self._rewrite(child, field.kind)
        if field.shape is Shape.EACH and isinstance(child, SequenceNode):
            items = [self._rewrite(item, field.kind) for item in child.items]
            return child if items == child.items else SequenceNode(items, child.place)
        if field.shape is Shape.NAMED and isinstance(child, MappingNode):
            entries = {n: self._rewrite(item, field.kind) for n, item in child.entries.items()}
            return child if entries == child.entries else _with_entries(child, entries)
        return child

    def _localise(self, reference: Reference) -> MappingNode:
        target = reference.target
        if not self._references.is_native(target):
            target = self._references.end_of(reference)
        steps = target.steps
        if not self._references.is_native(target):
            section, name = self._names[id(target.node)]
            steps = ("components", section, name)
        elif reference.document is self._entry and reference.text.startswith("#"):
            return reference.node
        value = ScalarNode(format_pointer(steps), reference.node.entries["$ref"].place)
        return _with_entries(reference.node, {"$ref": value})


def _components(root: Node) -> dict[tuple[str, str], Node]:
    """Return every component of a document by section and name."""
    components = child_of(root, "components")
    return {
        (section, name): node
        for section in SECTIONS
        if components is not None and isinstance(held := child_of(components, section), MappingNode)
        for name, node in held.entries.items()
    }


def _wish(target: Target) -> str:
    """Return the name a target asks for: its own, or that of its file."""
    name = target.steps[-1] if target.steps else re.split(r"[\\/]", target.document.file)[-1]
    if not target.steps:
        name = name.rpartition(".")[0] or name
    return _NOT_IN_NAMES.sub("_", name) or "_"


def _free_name(section: str, wish: str, taken: set[tuple[str, str]]) -> tuple[str, str]:
    place, count = (section, wish), 1
    while place in taken:
        count += 1
        place = (section, f"{wish}_{count}")
    return place


def _with_entries(node: MappingNode, entries: Mapping[str, Node]) -> MappingNode:
    """Return a copy with entries replaced or added; an added key stands where its value does."""
    keys = {**{name: child.place for name, child in entries.items()}, **node.keys}
    return MappingNode({**node.entries, **entries}, node.place, keys=keys)


def _with_components(root: MappingNode, added: Mapping[tuple[str, str], Node]) -> MappingNode:
    if not added:
        return root
    components = child_of(root, "components")
    if not isinstance(components, MappingNode):
        components = MappingNode({}, root.place, keys={})
    sections: dict[str, dict[str, Node]] = {}
    for (section, name), node in added.items():
        sections.setdefault(section, {})[name] = node
    new = {
        section: _with_entries(_section(components, section), entries)
        for section, entries in sections.items()
    }
    return _with_entries(root, {"components": _with_entries(components, new)})


def _section(components: MappingNode, section: str) -> MappingNode:
    held = child_of(components, section)
    return held if isinstance(held, MappingNode) else MappingNode({}, components.place, keys={})


def _cost_faults(root: Node, limits: Limits) -> Iterable[Fault]:
    """Bound what joining made: path items put in place may repeat nodes, and nest deeper."""
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
