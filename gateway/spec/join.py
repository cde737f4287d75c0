"""Joins the files of a description: in the result every `$ref` is local.

What a `$ref` takes from another file, or from an extension, becomes an entry of the entry
document's components; a path item is put where it is used.
"""

from collections.abc import Mapping
from graphlib import TopologicalSorter

from gateway.spec.components import components_of, free_name, wished_name, with_components
from gateway.spec.edit import with_entries, without_entries
from gateway.spec.fields import DOCUMENT, Shape
from gateway.spec.grammar import Grammar, field_of, walk
from gateway.spec.node import MappingNode, Node, ScalarNode, SequenceNode
from gateway.spec.pointer import format_pointer
from gateway.spec.references import Reference, References, Target

_IDENTIFIERS = {"$id", "$anchor", "$dynamicAnchor", "$dynamicRef"}


def needs_joining(references: References) -> bool:
    """Whether some reference is anything but a pointer within the entry document."""
    if references.named and not references.keeps_names:
        return True
    return any(_is_foreign(references, reference) for reference in references.every())


def _is_foreign(references: References, reference: Reference) -> bool:
    is_local = reference.target.is_plain and references.is_native(reference.target)
    return not is_local or reference.kind in {"PathItem", "SecurityScheme"}


def join(
    references: References, *, grammar: Grammar, stand_ins: Mapping[int, MappingNode]
) -> MappingNode:
    """Return the joined document; `stand_ins` replace nodes, by identity, wherever they stand."""
    joined = _Joiner(references, grammar, stand_ins).join()
    if not isinstance(joined, MappingNode):
        raise AssertionError("only an object gets past the check of its version")
    return joined


class _Joiner:
    """Rewrites the entry document; what is not touched is shared with the tree it came from."""

    def __init__(
        self, references: References, grammar: Grammar, stand_ins: Mapping[int, MappingNode]
    ) -> None:
        self._references = references
        self._grammar = grammar
        self._stand_ins = stand_ins
        self._entry = references.entry
        self._drops_names = bool(references.named) and not references.keeps_names
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
        replaced = set(self._replaced.values())
        added = {
            place: self._rewrite(target.node, self._grammar.sections[place[0]])
            for place, target in self._targets.items()
            if place not in replaced
        }
        return with_components(root, added) if isinstance(root, MappingNode) else root

    def _name_components(self) -> None:
        """A component that is only a `$ref` to another file gives its name to what is there."""
        for (section, name), node in components_of(self._entry.root, self._grammar).items():
            reference = self._references.by_node.get(id(node))
            is_alone = isinstance(node, MappingNode) and len(node.entries) == 1
            if reference is None or not is_alone or self._references.is_native(reference.target):
                continue
            target = self._references.end_of(reference)
            is_new = id(target.node) not in self._names and reference.kind != "PathItem"
            if is_new and not self._references.is_native(target):
                self._replaced[id(node)] = (section, name)
                self._name(target, (section, name))

    def _name_targets(self) -> None:
        taken = set(components_of(self._entry.root, self._grammar))
        section_of = self._grammar.section_of
        for reference in self._references.every():
            target = self._references.end_of(reference)
            is_named = self._references.is_native(target) or id(target.node) in self._names
            if not is_named and reference.kind in section_of:
                place = free_name(section_of[reference.kind], wished_name(target), taken)
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
            identity: {
                id(found.node) for found in walk(self._grammar, reference.target.node, "PathItem")
            }
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
        if id(node) in self._stand_ins:
            return self._stand_ins[id(node)]
        if id(node) in self._replaced:
            return self._rewrite(self._targets[self._replaced[id(node)]].node, kind)
        if id(node) in self._path_items:
            return self._path_items[id(node)]
        changes = {
            name: new
            for name, child in node.entries.items()
            if (new := self._rewrite_field(child, kind, name)) is not child
        }
        return self._renamed(with_entries(node, changes) if changes else node, node)

    def _renamed(self, new: MappingNode, node: MappingNode) -> MappingNode:
        """Put what a node refers to, in its own words, in words that are local."""
        if self._drops_names and id(node) in self._references.named:
            new = without_entries(new, _IDENTIFIERS)
        reference = self._references.by_node.get(id(node))
        if reference is not None:
            new = self._localised(new, reference, node.entries["$ref"])
        elif self._drops_names and id(node) in self._references.dynamic:
            dynamic = self._references.dynamic[id(node)]
            new = self._localised(new, dynamic, node.entries["$dynamicRef"])
        if self._references.requirements and "security" in node.entries:
            new = self._with_named_schemes(new)
        return new

    def _localised(self, new: MappingNode, reference: Reference, written: Node) -> MappingNode:
        target = reference.target
        if self._references.is_native(target):
            is_local = target.is_plain and reference.document is self._entry
            if is_local or self._references.keeps_names:
                return new
        steps = self._place_of(self._references.end_of(reference))
        if self._references.is_native(target):
            steps = target.steps
        return with_entries(new, {"$ref": ScalarNode(format_pointer(steps), written.place)})

    def _place_of(self, target: Target) -> tuple[str, ...]:
        """Return where a target, which is no reference itself, will stand."""
        if self._references.is_native(target):
            return target.steps
        return ("components", *self._names[id(target.node)])

    def _with_named_schemes(self, owner: MappingNode) -> MappingNode:
        """Put the name of a component for each URI reference in a list of requirements."""
        written = owner.entries["security"]
        if not isinstance(written, SequenceNode):
            return owner
        items = [self._with_names(item) for item in written.items]
        return with_entries(owner, {"security": SequenceNode(items, written.place)})

    def _with_names(self, item: Node) -> Node:
        if not isinstance(item, MappingNode):
            return item
        names = {name: self._scheme_name(item, name) for name in item.entries}
        if len(set(names.values())) < len(names):
            return item
        entries = {names[name]: child for name, child in item.entries.items()}
        keys = {names[name]: item.keys[name] for name in item.entries}
        return MappingNode(entries, item.place, keys=keys)

    def _scheme_name(self, item: MappingNode, name: str) -> str:
        reference = self._references.requirements.get((id(item), name))
        return name if reference is None else self._place_of(self._references.end_of(reference))[-1]

    def _rewrite_field(self, child: Node, kind: str, name: str) -> Node:
        field = field_of(self._grammar, kind, name)
        if field is None:
            return child
        if field.shape is not Shape.NAMED and isinstance(child, SequenceNode):
            items = [self._rewrite(item, field.kind) for item in child.items]
            return child if items == child.items else SequenceNode(items, child.place)
        if field.shape is Shape.ONE:
            return self._rewrite(child, field.kind)
        if field.shape is Shape.NAMED and isinstance(child, MappingNode):
            entries = {n: self._rewrite(item, field.kind) for n, item in child.entries.items()}
            return child if entries == child.entries else with_entries(child, entries)
        return child
