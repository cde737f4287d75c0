"""The paths of a document: its operations in the order written, and templates that cannot load."""

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote

from gateway.errors import Fault, Origin
from gateway.spec.grammar import METHODS, Found
from gateway.spec.node import MappingNode, Node, ScalarNode, child_of, key_origin, origin_of

_PARAMETER = re.compile(r"\{([^{}/]*)\}")


def path_items(root: Node) -> Iterator[tuple[str, MappingNode]]:
    """Yield each path with its item, in the order written."""
    paths = child_of(root, "paths")
    if isinstance(paths, MappingNode):
        for path, item in paths.entries.items():
            if isinstance(item, MappingNode) and not path.startswith("x-"):
                yield path, item


def operations_of(item: MappingNode) -> Iterator[tuple[str, MappingNode]]:
    """Yield each method of a path item with its operation, in the order written."""
    for method, operation in item.entries.items():
        if method in METHODS and isinstance(operation, MappingNode):
            yield method, operation


def path_faults(root: Node) -> Iterator[Fault]:
    """Yield what is wrong with the paths themselves."""
    paths = child_of(root, "paths")
    first: dict[tuple[str, ...], tuple[str, Origin]] = {}
    if not isinstance(paths, MappingNode):
        return
    for path in paths.entries:
        if path.startswith("x-"):
            continue
        origin = key_origin(paths, path)
        yield from _template_faults(path, origin)
        shape = _shape(path)
        if shape in first:
            other, place = first[shape]
            message = f"`{path}` and `{other}` ({place}) are the same path to a request"
            yield Fault("same-template", message, origin)
        first.setdefault(shape, (path, origin))


def _shape(path: str) -> tuple[str, ...]:
    """The path as requests are matched with it: names left out, segments percent-decoded once."""
    pieces = _PARAMETER.sub("\0", path).split("/")
    return tuple(unquote(piece, errors="surrogateescape") for piece in pieces)


def _template_faults(path: str, origin: Origin) -> Iterator[Fault]:
    if not path.startswith("/"):
        yield Fault("path", f"`{path}` is not a path: a path begins with `/`", origin)
        return
    names = _PARAMETER.findall(path)
    try:
        unquote(path, errors="strict")
    except UnicodeDecodeError:
        yield Fault("path", f"the escapes in `{path}` are not UTF-8; no request matches", origin)
    if re.search("[{}]", _PARAMETER.sub("", path)):
        yield Fault("template", f"the braces in `{path}` do not pair within a segment", origin)
    if "" in names:
        yield Fault("template", f"a parameter in `{path}` has no name", origin)
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        yield Fault("template", f"`{{{name}}}` stands twice in `{path}`", origin)


def operation_id_faults(root: Node, objects: Sequence[Found]) -> Iterator[Fault]:
    """Name each operationId that another operation, or a callback's, has already.

    `objects` are all of the document's. A path item used at two paths is two operations; used in
    two callbacks it is one, for nobody calls it here.
    """
    first: dict[str, Origin] = {}
    for value, origin in sorted(_operation_ids(root, objects), key=lambda found: found[1]):
        if value in first:
            message = f"`{value}` is the operationId of two operations (first at {first[value]})"
            yield Fault("duplicate-operation-id", message, origin)
        first.setdefault(value, origin)


def _operation_ids(root: Node, objects: Sequence[Found]) -> Iterator[tuple[str, Origin]]:
    routed = (operation for _, item in path_items(root) for _, operation in operations_of(item))
    served = [*_named(routed)]
    others = {*_named(node for node, kind in objects if kind == "Operation")}
    yield from served
    yield from others.difference(served)


def _named(operations: Iterable[MappingNode]) -> Iterator[tuple[str, Origin]]:
    for operation in operations:
        named = operation.entries.get("operationId")
        if isinstance(named, ScalarNode) and isinstance(named.value, str):
            yield named.value, origin_of(named)


def path_warnings(root: Node) -> Iterator[Fault]:
    """Name the operations that load but are never served."""
    for path, item in path_items(root):
        if "trace" in item.entries:
            message = f"`TRACE {path}` is never served: every TRACE is answered with 405"
            yield Fault("trace", message, key_origin(item, "trace"))
