"""The names that schemas of one file give themselves: `$id`, `$anchor`, `$dynamicAnchor`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from gateway.spec.node import Document, MappingNode, Node, ScalarNode, SequenceNode

#: keywords that make the meaning of a reference more than a path through the document
NAMING = frozenset({"$id", "$anchor", "$dynamicAnchor", "$dynamicRef"})

Steps = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """An element of a file, and the way to it from the root."""

    node: Node
    steps: Steps


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """A schema with an `$id`, or the file itself: what `#` means within it."""

    uri: str
    top: Named
    #: `$anchor` and `$dynamicAnchor` -> the schema that has it
    anchors: dict[str, Named] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class SchemaNames:
    """The resources of a file."""

    whole: Resource
    by_uri: Mapping[str, Resource]
    #: the identity of each mapping within a schema with an `$id` -> the innermost such schema
    owner: Mapping[int, Resource]
    #: `$dynamicAnchor` -> the schemas that have it, in all resources
    dynamic: Mapping[str, list[Named]]

    def resource_of(self, node: Node) -> Resource:
        """Return the resource that a node belongs to."""
        return self.owner.get(id(node), self.whole)

    def is_truly_dynamic(self, text: str) -> bool:
        """Whether a `$dynamicRef` depends on the way that leads to it."""
        name = text.partition("#")[2]
        return len(self.dynamic.get(name, ())) > 1


def names_of(document: Document) -> SchemaNames:
    """Return the names in a file; what only looks like one, in an example, harms nobody."""
    whole = Resource("", Named(document.root, ()))
    by_uri: dict[str, Resource] = {}
    owner: dict[int, Resource] = {}
    dynamic: dict[str, list[Named]] = {}
    stack: list[tuple[Node, Steps, Resource]] = [(document.root, (), whole)]
    while stack:
        node, steps, resource = stack.pop()
        if isinstance(node, MappingNode):
            identifier = _text(node, "$id")
            if identifier is not None:
                uri = urljoin(resource.uri, identifier.rstrip("#"))
                resource = by_uri.setdefault(uri, Resource(uri, Named(node, steps)))
            if resource is not whole:
                owner[id(node)] = resource
            _take_anchors(Named(node, steps), node, resource, dynamic)
        stack.extend((child, (*steps, name), resource) for name, child in _children(node))
    return SchemaNames(whole, by_uri, owner, dynamic)


def _take_anchors(
    named: Named, node: MappingNode, resource: Resource, dynamic: dict[str, list[Named]]
) -> None:
    for keyword in ("$anchor", "$dynamicAnchor"):
        name = _text(node, keyword)
        if name is not None:
            resource.anchors.setdefault(name, named)
            if keyword == "$dynamicAnchor":
                dynamic.setdefault(name, []).append(named)


def _text(node: MappingNode, name: str) -> str | None:
    value = node.entries.get(name)
    return value.value if isinstance(value, ScalarNode) and isinstance(value.value, str) else None


def _children(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node, MappingNode):
        yield from node.entries.items()
    elif isinstance(node, SequenceNode):
        yield from ((str(place), item) for place, item in enumerate(node.items))
