"""Follows one reference to the element it means: a pointer, an anchor, a name, another file."""

from collections.abc import Iterable
from urllib.parse import unquote, urljoin, urlsplit

from gateway.errors import Origin
from gateway.spec.anchors import Resource, SchemaNames, names_of
from gateway.spec.nearest import did_you_mean
from gateway.spec.node import Document, MappingNode, Node, ScalarNode
from gateway.spec.pointer import PointerError, follow, parse_pointer, split_reference
from gateway.spec.references import OpenFile, Target


class Resolver:
    """Knows the files opened so far; most references are pointers, answered once each."""

    def __init__(self, entry: Document, open_file: OpenFile) -> None:
        self._entry = entry
        self._open_file = open_file
        self._self = _self_of(entry.root)
        self._opened: dict[int, Document] = {}
        #: of files in which a schema has a name; None: not looked at yet
        self._names: dict[int, SchemaNames | None] = {}
        self._pointers: dict[tuple[int, str], Target] = {}

    @property
    def opened(self) -> Iterable[Document]:
        """The files that references lead to."""
        return self._opened.values()

    def expect_names(self, document: Document) -> None:
        """Take note that schemas of a file have names; must be told before it is resolved in."""
        self._names.setdefault(id(document), None)

    def is_truly_dynamic(self, text: str, document: Document) -> bool:
        """Whether what a `$dynamicRef` means depends on the way that leads to it."""
        return self._names_of(document).is_truly_dynamic(text)

    def resolve(self, text: str, node: Node, *, document: Document, origin: Origin) -> Target:
        """Return what `text`, written at `node`, means; raises PointerError, DocumentError."""
        if id(document) in self._names:
            return self._by_name(text, node, document=document, origin=origin)
        key = (id(document), text)
        if key not in self._pointers:
            location, fragment = split_reference(text)
            held = self._open(location, document, origin) if location else document
            is_plain = not location
            self._pointers[key] = self._within(held, fragment, is_plain=is_plain)
        return self._pointers[key]

    def _by_name(self, text: str, node: Node, *, document: Document, origin: Origin) -> Target:
        """Resolve in a file whose schemas have names: `#` means the schema with the `$id`."""
        location, fragment = split_reference(text)
        names = self._names_of(document)
        resource = names.resource_of(node)
        if location:
            named = names.by_uri.get(urljoin(resource.uri, location))
            if named is None:
                return self._within(self._open(location, document, origin), fragment)
            resource = named
        if resource is names.whole:
            return self._within(document, fragment, is_plain=not location)
        try:
            return _in_resource(document, resource, fragment)
        except PointerError:
            # generators give schemas an `$id` and go on writing pointers from the root
            return self._within(document, fragment)

    def _within(self, document: Document, fragment: str, *, is_plain: bool = False) -> Target:
        if fragment and not unquote(fragment).startswith("/"):
            return _in_resource(document, self._names_of(document).whole, fragment)
        steps = parse_pointer(fragment)
        return Target(document, steps, follow(document.root, steps), is_plain=is_plain)

    def _names_of(self, document: Document) -> SchemaNames:
        names = self._names.get(id(document))
        if names is None:
            names = names_of(document)
            self._names[id(document)] = names
        return names

    def _open(self, location: str, document: Document, origin: Origin) -> Document:
        """Open a file; a URI beside the `$self` of the entry document is one of its folder."""
        if self._self and urljoin(self._self, location) == self._self:
            return self._entry
        folder = self._self.rpartition("/")[0] + "/"
        if urlsplit(self._self).scheme and location.startswith(folder):
            location, document = location.removeprefix(folder), self._entry
        opened = self._open_file(location, document=document, origin=origin)
        self._opened[id(opened)] = opened
        return opened


def _in_resource(document: Document, resource: Resource, fragment: str) -> Target:
    top = resource.top
    if not fragment or unquote(fragment).startswith("/"):
        steps = parse_pointer(fragment)
        return Target(document, (*top.steps, *steps), follow(top.node, steps))
    named = resource.anchors.get(unquote(fragment))
    if named is None:
        offer = did_you_mean(fragment, resource.anchors)
        message = (
            f"`#{fragment}` is not a JSON pointer: it begins with `#/`; nor is it an anchor here"
        )
        raise PointerError(message + offer)
    return Target(document, named.steps, named.node)


def _self_of(root: Node) -> str:
    """Return the `$self` of a document (OAS 3.2), "" if it has none."""
    value = root.entries.get("$self") if isinstance(root, MappingNode) else None
    return value.value if isinstance(value, ScalarNode) and isinstance(value.value, str) else ""
