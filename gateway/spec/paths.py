"""The paths of a document: its operations in the order written, and templates that cannot load."""

import re
from collections.abc import Iterable, Iterator, Sequence
from sys import intern
from typing import NamedTuple
from urllib.parse import unquote

from gateway.errors import Fault, Origin
from gateway.spec.grammar import Found, Grammar
from gateway.spec.node import MappingNode, Node, ScalarNode, child_of, key_origin, origin_of

#: the field of a path item for methods without a field of their own
ADDITIONAL = "additionalOperations"

_NEVER_SERVED = frozenset({"TRACE", "CONNECT"})
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_PARAMETER = re.compile(r"\{([^{}/]*)\}")


def path_items(root: Node) -> Iterator[tuple[str, MappingNode]]:
    """Yield each path with its item, in the order written."""
    paths = child_of(root, "paths")
    if isinstance(paths, MappingNode):
        for path, item in paths.entries.items():
            if isinstance(item, MappingNode) and not path.startswith("x-"):
                yield path, item


class Written(NamedTuple):
    """One operation of a path item."""

    #: as a request line has it
    method: str
    #: the way to it from its path item
    steps: tuple[str, ...]
    node: MappingNode
    origin: Origin


def operations_of(item: MappingNode, grammar: Grammar) -> Iterator[Written]:
    """Yield each operation of a path item, in the order written."""
    for name, child in item.entries.items():
        if name in grammar.methods and isinstance(child, MappingNode):
            yield Written(intern(name.upper()), (name,), child, key_origin(item, name))
        elif name == ADDITIONAL and _has_more(grammar) and isinstance(child, MappingNode):
            for method, operation in child.entries.items():
                if isinstance(operation, MappingNode):
                    origin = key_origin(child, method)
                    yield Written(method, (name, method), operation, origin)


def _has_more(grammar: Grammar) -> bool:
    return ADDITIONAL in grammar.kinds["PathItem"]


def method_faults(objects: Iterable[Found], grammar: Grammar) -> Iterator[Fault]:
    """Yield what is wrong with the methods of `additionalOperations` (OAS 3.2)."""
    if not _has_more(grammar):
        return
    for node, kind in objects:
        more = node.entries.get(ADDITIONAL) if kind == "PathItem" else None
        if not isinstance(more, MappingNode):
            continue
        for name in more.entries:
            origin = key_origin(more, name)
            if name.lower() in grammar.methods:
                message = f"`{name}` has a field of its own; write it as `{name.lower()}`"
                yield Fault("method", message, origin)
            elif not _TOKEN.fullmatch(name):
                yield Fault("method", f"`{name}` cannot be a method (RFC 9110 s9.1)", origin)


def path_faults(root: Node) -> Iterator[Fault]:
    """Yield what is wrong with the texts of the paths."""
    paths = child_of(root, "paths")
    if not isinstance(paths, MappingNode):
        return
    for path in paths.entries:
        if not path.startswith("x-"):
            yield from _template_faults(path, key_origin(paths, path))


class SharedPath(NamedTuple):
    """A path that is the same to a request as one before it."""

    fault: Fault
    #: no method is at both, so each request has one operation at most
    is_parted: bool


def shared_paths(root: Node, grammar: Grammar) -> Iterator[SharedPath]:
    """Yield each path that differs from one before it in names of parameters or escapes alone."""
    paths = child_of(root, "paths")
    if not isinstance(paths, MappingNode):
        return
    first: dict[tuple[str, ...], tuple[str, Origin]] = {}
    taken: dict[tuple[str, ...], set[str]] = {}
    for path, item in paths.entries.items():
        if path.startswith("x-"):
            continue
        origin, shape = key_origin(paths, path), _shape(path)
        methods = _methods(item, grammar)
        other, place = first.setdefault(shape, (path, origin))
        known = taken.setdefault(shape, set())
        if other != path:
            message = f"`{path}` and `{other}` ({place}) are the same path to a request"
            fault = Fault("same-template", message, origin)
            yield SharedPath(fault, is_parted=known.isdisjoint(methods))
        known |= methods


def _methods(item: Node, grammar: Grammar) -> set[str]:
    """The methods that a path item answers: HEAD follows GET."""
    written = operations_of(item, grammar) if isinstance(item, MappingNode) else ()
    methods = {operation.method for operation in written}
    return methods | {"HEAD"} if "GET" in methods else methods


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


def operation_id_faults(root: Node, objects: Sequence[Found], grammar: Grammar) -> Iterator[Fault]:
    """Name each operationId that another operation, or a callback's, has already.

    `objects` are all of the document's. A path item used at two paths is two operations; used in
    two callbacks it is one, for nobody calls it here.
    """
    first: dict[str, Origin] = {}
    for value, origin in sorted(_operation_ids(root, objects, grammar), key=lambda found: found[1]):
        if value in first:
            message = f"`{value}` is the operationId of two operations (first at {first[value]})"
            yield Fault("duplicate-operation-id", message, origin)
        first.setdefault(value, origin)


def _operation_ids(
    root: Node, objects: Sequence[Found], grammar: Grammar
) -> Iterator[tuple[str, Origin]]:
    routed = (found.node for _, item in path_items(root) for found in operations_of(item, grammar))
    served = [*_named(routed)]
    others = {*_named(node for node, kind in objects if kind == "Operation")}
    yield from served
    yield from others.difference(served)


def _named(operations: Iterable[MappingNode]) -> Iterator[tuple[str, Origin]]:
    for operation in operations:
        named = operation.entries.get("operationId")
        if isinstance(named, ScalarNode) and isinstance(named.value, str):
            yield named.value, origin_of(named)


def path_warnings(root: Node, grammar: Grammar) -> Iterator[Fault]:
    """Name the operations that load but are never served."""
    for path, item in path_items(root):
        for written in operations_of(item, grammar):
            if written.method in _NEVER_SERVED:
                message = (
                    f"`{written.method} {path}` is never served: "
                    f"every {written.method} is answered with 405"
                )
                yield Fault("trace", message, written.origin)
