"""Every `$ref` of a description, in all its files, with the object it leads to."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Protocol

from gateway.errors import DocumentError, Fault, Origin
from gateway.spec.grammar import DOCUMENT, Found, is_reference, object_name, walk
from gateway.spec.limits import MAX_FAULTS
from gateway.spec.node import Document, MappingNode, Node, ScalarNode, key_origin, origin_of
from gateway.spec.pointer import PointerError, follow, parse_pointer, split_reference


class OpenFile(Protocol):
    """Opens the file a `$ref` names; the same file is the same Document each time."""

    def __call__(self, location: str, *, document: Document, origin: Origin) -> Document:
        """Return the file at `location`, as seen from `document`; raises DocumentError."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What a `$ref` leads to."""

    document: Document
    steps: tuple[str, ...]
    node: Node


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """An object that is a `$ref`."""

    node: MappingNode
    #: of the object that is wanted here
    kind: str
    #: the file the `$ref` is written in
    document: Document
    text: str
    target: Target

    @property
    def origin(self) -> Origin:
        """Where the value of the `$ref` stands."""
        return origin_of(self.node.entries["$ref"])


@dataclass(frozen=True, slots=True)
class References:
    """All references of a description."""

    entry: Document
    #: by the identity of the referring node
    by_node: Mapping[int, Reference]
    #: the identity of each object that stands in the entry document, in a place made for it
    native: AbstractSet[int]
    faults: Sequence[Fault]
    warnings: Sequence[Fault]

    def is_native(self, target: Target) -> bool:
        """Whether a target can stay where it is; others are in other files or in extensions."""
        return id(target.node) in self.native

    def end_of(self, reference: Reference) -> Target:
        """Follow references that lead to references; there are no cycles if `faults` is empty."""
        target = reference.target
        while id(target.node) in self.by_node:
            target = self.by_node[id(target.node)].target
        return target


def find_references(entry: Document, open_file: OpenFile) -> References:
    """Find the references of a document and of every file they lead to."""
    search = _Search(entry, open_file)
    search.run()
    faults = [*search.faults, *_cycle_faults(search.by_node)]
    return References(
        entry=entry,
        by_node=search.by_node,
        native=search.native,
        faults=tuple(dict.fromkeys(faults)),
        warnings=tuple(_ignored_security(search)),
    )


class _Search:
    """Walks the entry document, then whatever was referred to and not walked yet."""

    def __init__(self, entry: Document, open_file: OpenFile) -> None:
        self.entry = entry
        self.by_node: dict[int, Reference] = {}
        self.native: AbstractSet[int] = frozenset()
        self.faults: list[Fault] = []
        self.documents: dict[int, Document] = {}
        #: the kind of each object met, by identity
        self.kinds: dict[int, str] = {}
        self._open_file = open_file
        self._targets: dict[tuple[int, str], Target | Fault] = {}
        self._pending: list[Reference] = []

    def run(self) -> None:
        """Walk until every target has been walked."""
        self._walk(self.entry.root, DOCUMENT, document=self.entry)
        self.native = frozenset(self.kinds)
        while self._pending:
            reference = self._pending.pop()
            node = reference.target.node
            if not isinstance(node, MappingNode):
                self._refuse(reference, "not an object")
            elif id(node) not in self.kinds:
                self._walk(node, reference.kind, document=reference.target.document)
            elif self.kinds[id(node)] != reference.kind:
                self._refuse(reference, object_name(self.kinds[id(node)]))

    def _refuse(self, reference: Reference, is_what: str) -> None:
        wanted = object_name(reference.kind)
        self._report(f"`{reference.text}` is {is_what}, {wanted} is wanted here", reference.origin)

    def _walk(self, node: Node, kind: str, *, document: Document) -> None:
        for found in walk(node, kind):
            if id(found.node) in self.kinds:
                continue
            self.kinds[id(found.node)] = found.kind
            if is_reference(found.node, found.kind):
                self._meet(found, document)

    def _meet(self, found: Found, document: Document) -> None:
        if len(self.faults) >= MAX_FAULTS:
            return
        node, kind = found
        value = node.entries["$ref"]
        if kind == "PathItem" and len(node.entries) > 1:
            message = "a path item with a `$ref` has nothing else; move what is beside it there"
            self.faults.append(Fault("path-item-ref", message, key_origin(node, "$ref")))
        if not isinstance(value, ScalarNode) or not isinstance(value.value, str):
            self._report("the value of `$ref` must be a text", origin_of(value))
            return
        try:
            target = self._resolve(value.value, document, origin_of(value))
        except PointerError as error:
            self._report(f"`{value.value}` leads nowhere: {error}", origin_of(value))
        except DocumentError as error:
            self.faults.extend(error.faults)
        else:
            reference = Reference(node, kind, document, value.value, target)
            self.by_node[id(node)] = reference
            self._pending.append(reference)

    def _resolve(self, text: str, document: Document, origin: Origin) -> Target:
        location, fragment = split_reference(text)
        if location:
            document = self._open_file(location, document=document, origin=origin)
            self.documents[id(document)] = document
        steps = parse_pointer(fragment)
        return Target(document, steps, follow(document.root, steps))

    def _report(self, message: str, origin: Origin) -> None:
        self.faults.append(Fault("reference", message, origin))


def _cycle_faults(by_node: Mapping[int, Reference]) -> Iterator[Fault]:
    """Schemas may contain themselves; nothing else may, and no `$ref` may lead back to itself."""
    edges = dict(_edges(by_node))
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        circle: Sequence[int] = error.args[1]
        reference = min((by_node[i] for i in circle), key=lambda ref: ref.origin)
        message = f"`{reference.text}` leads back to where it stands"
        yield Fault("reference-cycle", message, reference.origin)


def _edges(by_node: Mapping[int, Reference]) -> Iterator[tuple[int, set[int]]]:
    """Yield each reference with the references that using its target needs, by identity."""
    inner: dict[int, set[int]] = {}
    for identity, reference in by_node.items():
        target = reference.target.node
        if reference.kind == "Schema":
            yield identity, {id(target)} & by_node.keys()
            continue
        if id(target) not in inner:
            found = {id(node) for node, kind in walk(target, reference.kind) if kind != "Schema"}
            inner[id(target)] = found & by_node.keys()
        yield identity, inner[id(target)]


def _ignored_security(search: _Search) -> Iterator[Fault]:
    """Name the lists at the root of referenced files: the entry document's alone counts."""
    for document in search.documents.values():
        root = document.root
        if document is search.entry or id(root) in search.kinds:
            continue
        if isinstance(root, MappingNode) and "security" in root.entries:
            message = "this list is ignored: the root `security` of the entry document counts"
            yield Fault("ignored-security", message, key_origin(root, "security"))
