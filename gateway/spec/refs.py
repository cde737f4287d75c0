"""Finds every `$ref` of a description, in all its files, with the object it leads to."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from graphlib import CycleError, TopologicalSorter

from gateway.errors import DocumentError, Fault, Origin
from gateway.spec.anchors import NAMING
from gateway.spec.fields import DOCUMENT
from gateway.spec.grammar import Found, Grammar, object_name, walk
from gateway.spec.limits import MAX_FAULTS
from gateway.spec.node import Document, MappingNode, Node, ScalarNode, key_origin
from gateway.spec.pointer import PointerError
from gateway.spec.references import Broken, OpenFile, Reference, References, value_origin
from gateway.spec.resolve import Resolver
from gateway.spec.schemes import declared_schemes, requirements_of

#: what may stand beside the `$ref` of a path item: nothing that a request depends on
_BESIDE_PATH_ITEM = frozenset({"$ref", "summary", "description"})


def find_references(
    entry: Document, open_file: OpenFile, *, grammar: Grammar, max_faults: int = MAX_FAULTS
) -> References:
    """Find the references of a document and of every file they lead to."""
    search = _Search(entry, Resolver(entry, open_file), grammar, max_faults)
    search.run()
    refused = {id(broken.node) for broken in search.broken}
    faults = [*search.faults, *_cycle_faults(search.by_node, grammar)]
    return References(
        entry=entry,
        by_node={i: ref for i, ref in search.by_node.items() if i not in refused},
        requirements=search.requirements,
        dynamic={i: ref for i, ref in search.dynamic.items() if i not in refused},
        keeps_names=search.keeps_names,
        native=search.native,
        named=search.named,
        faults=tuple(dict.fromkeys(faults)),
        broken=search.broken,
        warnings=tuple(_ignored_security(search)),
    )


class _Search:
    """Walks the entry document, then whatever was referred to and not walked yet."""

    def __init__(
        self, entry: Document, resolver: Resolver, grammar: Grammar, max_faults: int
    ) -> None:
        self.entry = entry
        self.resolver = resolver
        self.by_node: dict[int, Reference] = {}
        self.requirements: dict[tuple[int, str], Reference] = {}
        self.dynamic: dict[int, Reference] = {}
        self.keeps_names = False
        self.native: AbstractSet[int] = frozenset()
        self.named: set[int] = set()
        self.faults: list[Fault] = []
        self.broken: list[Broken] = []
        #: the kind of each object met, by identity
        self.kinds: dict[int, str] = {}
        self._grammar = grammar
        self._max_faults = max_faults
        self._pending: list[Reference] = []
        declared = declared_schemes(entry.root)
        self._schemes = declared.entries.keys() if declared is not None else frozenset[str]()

    def run(self) -> None:
        """Walk until every target has been walked."""
        self._walk(self.entry.root, DOCUMENT, document=self.entry)
        self.native = frozenset(self.kinds)
        while self._pending:
            reference = self._pending.pop()
            node = reference.target.node
            if not isinstance(node, MappingNode):
                if not self._is_boolean_schema(reference.kind, node):
                    self._refuse(reference, "not an object")
            elif id(node) not in self.kinds:
                self._walk(node, reference.kind, document=reference.target.document)
            elif self.kinds[id(node)] != reference.kind:
                self._refuse(reference, object_name(self.kinds[id(node)]))

    def _is_boolean_schema(self, kind: str, node: Node) -> bool:
        is_boolean = isinstance(node, ScalarNode) and isinstance(node.value, bool)
        return kind == "Schema" and is_boolean and self._grammar.has_json_schema

    def _refuse(self, reference: Reference, is_what: str) -> None:
        wanted = object_name(reference.kind)
        message = f"`{reference.text}` is {is_what}, {wanted} is wanted here"
        fault = Fault("reference", message, reference.origin)
        self.broken.append(Broken(reference.node, reference.kind, fault))

    def _walk(self, node: Node, kind: str, *, document: Document) -> None:
        """Note what is met first: to resolve a reference, all names of its file must be known."""
        met: list[Found] = []
        referable, kinds = self._grammar.referable, self.kinds
        names_schemes = self._grammar.has_scheme_references
        for found in walk(self._grammar, node, kind):
            if id(found.node) in kinds:
                continue
            kinds[id(found.node)] = found.kind
            entries = found.node.entries
            is_reference = "$ref" in entries and found.kind in referable
            if is_reference or (names_schemes and "security" in entries):
                met.append(found)
            if found.kind == "Schema" and not NAMING.isdisjoint(entries):
                self._note_names(found, met, document)
        for found in met:
            self._meet(found, document)

    def _note_names(self, found: Found, met: list[Found], document: Document) -> None:
        if self._grammar.has_json_schema:
            self.named.add(id(found.node))
            self.resolver.expect_names(document)
            met.append(found)

    def _meet(self, found: Found, document: Document) -> None:
        if len(self.faults) + len(self.broken) >= self._max_faults:
            return
        node, kind = found
        if kind in {DOCUMENT, "Operation"}:
            self._meet_requirements(node, document)
            return
        if "$ref" in node.entries and id(node) not in self.by_node:
            if kind == "PathItem":
                self._check_path_item(node)
            reference = self._reference(found, "$ref", document)
            if reference is not None:
                self.by_node[id(node)] = reference
        if kind == "Schema" and "$dynamicRef" in node.entries and self._grammar.has_json_schema:
            self._meet_dynamic(found, document)

    def _check_path_item(self, node: MappingNode) -> None:
        if all(name in _BESIDE_PATH_ITEM or name.startswith("x-") for name in node.entries):
            return
        message = "a path item with a `$ref` has nothing else; move what is beside it there"
        self.faults.append(Fault("path-item-ref", message, key_origin(node, "$ref")))

    def _meet_dynamic(self, found: Found, document: Document) -> None:
        value = found.node.entries["$dynamicRef"]
        text = value.value if isinstance(value, ScalarNode) else None
        has_both = "$ref" in found.node.entries
        if has_both or self.resolver.is_truly_dynamic(str(text), document):
            self.keeps_names = True
        elif id(found.node) not in self.dynamic:
            reference = self._reference(found, "$dynamicRef", document)
            if reference is not None:
                self.dynamic[id(found.node)] = reference

    def _reference(self, found: Found, field: str, document: Document) -> Reference | None:
        node, kind = found
        value, origin = node.entries[field], value_origin(node, field)
        if not isinstance(value, ScalarNode) or not isinstance(value.value, str):
            self._report(found, f"the value of `{field}` must be a text", origin)
            return None
        try:
            target = self.resolver.resolve(value.value, node, document=document, origin=origin)
        except PointerError as error:
            self._report(found, f"`{value.value}` leads nowhere: {error}", origin)
            return None
        except DocumentError as error:
            self._report_file(found, error)
            return None
        reference = Reference(node, kind, document, value.value, origin, target)
        self._pending.append(reference)
        return reference

    def _meet_requirements(self, owner: MappingNode, document: Document) -> None:
        """Take the names that are no name of a component for references, if they lead anywhere."""
        for item in requirements_of(owner):
            for name in item.entries.keys() - self._schemes:
                origin = key_origin(item, name)
                try:
                    target = self.resolver.resolve(name, item, document=document, origin=origin)
                except (PointerError, DocumentError):
                    continue
                reference = Reference(item, "SecurityScheme", document, name, origin, target)
                self.requirements[id(item), name] = reference
                self._pending.append(reference)

    def _report(self, found: Found, message: str, origin: Origin) -> None:
        fault = Fault("reference", message, origin)
        self.broken.append(Broken(found.node, found.kind, fault))

    def _report_file(self, found: Found, error: DocumentError) -> None:
        """A file that is not there breaks one reference; one that cannot be read is worse."""
        for fault in error.faults:
            if fault.rule == "reference":
                self.broken.append(Broken(found.node, found.kind, fault))
            else:
                self.faults.append(fault)


def _cycle_faults(by_node: Mapping[int, Reference], grammar: Grammar) -> Iterator[Fault]:
    """Schemas may contain themselves; nothing else may, and no `$ref` may lead back to itself."""
    edges = dict(_edges(by_node, grammar))
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        circle: Sequence[int] = error.args[1]
        reference = min((by_node[i] for i in circle), key=lambda ref: ref.origin)
        message = f"`{reference.text}` leads back to where it stands"
        yield Fault("reference-cycle", message, reference.origin)


def _edges(
    by_node: Mapping[int, Reference], grammar: Grammar
) -> Iterator[tuple[int, AbstractSet[int]]]:
    """Yield each reference with the references that using its target needs, by identity."""
    inner: dict[int, AbstractSet[int]] = {}
    for identity, reference in by_node.items():
        target = reference.target.node
        if reference.kind == "Schema":
            if id(target) in by_node:
                yield identity, {id(target)}
            continue
        if id(target) not in inner:
            found = walk(grammar, target, reference.kind)
            inner[id(target)] = {
                id(node) for node, kind in found if kind != "Schema" and id(node) in by_node
            }
        yield identity, inner[id(target)]


def _ignored_security(search: _Search) -> Iterator[Fault]:
    """Name the lists at the root of referenced files: the entry document's alone counts."""
    for document in search.resolver.opened:
        root = document.root
        if document is search.entry or id(root) in search.kinds:
            continue
        if isinstance(root, MappingNode) and "security" in root.entries:
            message = "this list is ignored: the root `security` of the entry document counts"
            yield Fault("ignored-security", message, key_origin(root, "security"))
