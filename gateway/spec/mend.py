"""Mends a document whose faults touch neither security nor routing, and says what it mended.

A field that decides nothing is left out. A schema, parameter, body or answer that is faulty is
replaced by one that admits nothing: what needs it is never served with less validation.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.errors import Fault
from gateway.spec import harmless
from gateway.spec.edit import replaced, with_entries
from gateway.spec.grammar import Grammar, objects_along
from gateway.spec.node import MappingNode, Node, ScalarNode, child_of
from gateway.spec.stand_in import as_node, stand_in
from gateway.spec.validate import Flaw

_Path = tuple[str | int, ...]
#: what an operation without documented answers gets
_ANY_ANSWER = {"default": {"description": ""}}

#: what a parameter is told by
_IDENTIFYING = frozenset({"name", "in", "required"})


@dataclass(frozen=True, slots=True)
class Mended:
    """A document after its mending."""

    root: MappingNode
    #: by the identity of a stand-in: the fault it stands for
    spoilt: dict[int, Fault]
    tolerated: tuple[Fault, ...]
    #: what cannot be mended
    refused: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Change:
    path: _Path
    #: None: what stands at the path is left out
    new: Node | None
    is_spoilt: bool = False


def mend(root: MappingNode, flaws: Iterable[Flaw], *, grammar: Grammar) -> Mended:
    """Mend each flaw that can be; one mending may bring to light what was hidden behind it."""
    spoilt: dict[int, Fault] = {}
    tolerated, refused = [], []
    tree: Node = root
    for flaw in flaws:
        if _is_within(tree, flaw.complaint.path, spoilt):
            tolerated.append(flaw.fault)
            continue
        change = _change(tree, flaw, grammar)
        if change is None:
            refused.append(flaw.fault)
            continue
        tolerated.append(flaw.fault)
        tree = replaced(tree, change.path, change.new)
        if change.is_spoilt and change.new is not None:
            spoilt[id(change.new)] = flaw.fault
    if not isinstance(tree, MappingNode):
        raise AssertionError("the root is never taken away")
    return Mended(tree, spoilt, tuple(tolerated), tuple(refused))


def is_annotation(path: Sequence[str | int], grammar: Grammar) -> bool:
    """Whether a place in a document is a field of a JSON Schema that decides nothing."""
    length, kind = objects_along(grammar, path)[-1]
    is_schema = kind == "Schema" and grammar.has_json_schema
    return is_schema and length < len(path) and path[length] in harmless.ANNOTATIONS


def _is_within(root: Node, path: _Path, spoilt: dict[int, Fault]) -> bool:
    """Whether a flaw's place is gone, or in what has been replaced already."""
    node: Node | None = root
    for step in path:
        if node is None or id(node) in spoilt:
            return True
        node = child_of(node, step)
    return node is None or id(node) in spoilt


def _change(root: Node, flaw: Flaw, grammar: Grammar) -> _Change | None:
    path = flaw.complaint.path
    objects = objects_along(grammar, path)
    length, kind = objects[-1]
    if is_annotation(path, grammar):
        return _Change(path[: length + 1], None)
    around = _around(root, path, objects)
    if around is not None:
        return around
    if flaw.complaint.key is not None:
        return _unknown(root, flaw, objects)
    if flaw.complaint.missing is not None:
        return _missing(root, flaw, objects)
    field = str(path[length]) if length < len(path) else ""
    if field in harmless.TEXTS and len(path) == length + 1:
        return _Change(path, _as_text(_at(root, path)))
    if field in harmless.DROPPABLE.get(kind, ()):
        return _Change(path[: length + 1], None)
    return _wrong(root, path, objects, field)


def _around(root: Node, path: _Path, objects: Sequence[tuple[int, str]]) -> _Change | None:
    """Change an object around the place that decides nothing, whatever is wrong within it."""
    if len(path) > 1 and path[0] == "webhooks":
        return _Change(path[:2], as_node({}, _at(root, path[:2]).place))
    for length, kind in objects:
        if kind in harmless.DATA:
            return _Change(path[:length], stand_in(kind, _at(root, path[:length]).place))
        if kind in harmless.OPTIONAL:
            return _Change(path[:length], None)
        if kind == "Tag":
            return _Change(path[: length - 1], None)
    return None


def _as_text(node: Node) -> ScalarNode:
    value = node.value if isinstance(node, ScalarNode) else None
    return ScalarNode("" if value is None else str(value), node.place)


def _unknown(root: Node, flaw: Flaw, objects: Sequence[tuple[int, str]]) -> _Change | None:
    path, key = flaw.complaint.path, str(flaw.complaint.key)
    kind = objects[-1][1]
    if len(path) == objects[-1][0] and harmless.is_slip(kind, key):
        return _Change((*path, key), None)
    return _replacement(root, path, objects)


def _missing(root: Node, flaw: Flaw, objects: Sequence[tuple[int, str]]) -> _Change | None:
    path, missing = flaw.complaint.path, str(flaw.complaint.missing)
    kind, place = objects[-1][1], _at(root, path).place
    if missing in harmless.TEXTS & harmless.DROPPABLE.get(kind, frozenset()):
        return _Change((*path, missing), ScalarNode("", place))
    if (kind, missing) == ("Operation", "responses"):
        return _Change((*path, missing), as_node(_ANY_ANSWER, place))
    if (kind, missing) == ("Parameter", "required"):
        return _Change((*path, missing), ScalarNode(True, place))
    return _replacement(root, path, objects)


def _wrong(
    root: Node, path: _Path, objects: Sequence[tuple[int, str]], field: str
) -> _Change | None:
    kind, node = objects[-1][1], _at(root, path)
    if (kind, field) == ("Parameter", "required") and _is_path_parameter(root, path):
        return _Change(path, ScalarNode(True, node.place))
    if (kind, field) == ("ServerVariable", "default") and _is_integer(node):
        return _Change(path, ScalarNode(str(node.value), node.place))  # type: ignore[union-attr]  # it is a scalar
    if kind == "Responses" and isinstance(node, MappingNode) and not node.entries:
        return _Change(path, as_node(_ANY_ANSWER, node.place))
    return _replacement(root, path, objects)


def _is_path_parameter(root: Node, path: _Path) -> bool:
    place = child_of(_at(root, path[:-1]), "in")
    return isinstance(place, ScalarNode) and place.value == "path"


def _is_integer(node: Node) -> bool:
    return isinstance(node, ScalarNode) and type(node.value) is int


def _replacement(root: Node, path: _Path, objects: Sequence[tuple[int, str]]) -> _Change | None:
    """Replace the innermost object that can be; what stands around it is what the OAS has."""
    for length, kind in reversed(objects):
        if kind in harmless.REPLACEABLE:
            node = _at(root, path[:length])
            if kind == "Parameter":
                return _parameter(node, path[:length])
            return _Change(path[:length], stand_in(kind, node.place), is_spoilt=True)
        if kind not in {"Discriminator", "Encoding"}:
            return None
    return None


def _parameter(node: Node, path: _Path) -> _Change | None:
    """Keep of a parameter which it is; without that nothing can stand for it."""
    if not isinstance(node, MappingNode):
        return None
    kept = {name: child for name, child in node.entries.items() if name in _IDENTIFYING}
    if not all(_is_text(kept.get(name)) for name in ("name", "in")):
        return None
    new = MappingNode(kept, node.place, keys={name: node.keys[name] for name in kept})
    nothing = stand_in("Schema", node.place)
    return _Change(path, with_entries(new, {"schema": nothing}), is_spoilt=True)


def _is_text(node: Node | None) -> bool:
    return isinstance(node, ScalarNode) and isinstance(node.value, str)


def _at(root: Node, path: _Path) -> Node:
    for step in path:
        found = child_of(root, step)
        if found is None:
            raise AssertionError("a flaw stands in the document it was found in")
        root = found
    return root
