"""The segment tree: one lookup that costs by the depth of a path, not by the size of a document."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gateway.routing.path import Segments, split_path
from gateway.routing.template import TemplateSegment, is_literal, literal_value, template_segment
from gateway.spec.model import OperationKey

#: methods that are never served, declared or not
NEVER_SERVED = frozenset({"TRACE", "CONNECT"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation as the router sees it."""

    operation: OperationKey
    method: str
    #: the template as written, without the base path
    path: str
    #: names of its path parameters of `style: matrix`
    matrix_parameters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Routed:
    """A path and a method that are served."""

    operation: OperationKey
    #: name -> the segment's text, percent-decoded once
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MethodMissing:
    """The path is served, the method is not; `allow` is complete."""

    allow: tuple[str, ...]
    #: OPTIONS, undeclared: answered with `allow` instead of being refused
    is_options: bool


@dataclass(frozen=True, slots=True)
class PathMissing:
    """Nothing is served at the path; `nearest` is a declared one that differs but little."""

    nearest: str | None = None


Route = Routed | MethodMissing | PathMissing


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A path item: what ends at one place of the tree."""

    template: str
    names: tuple[str, ...]
    methods: Mapping[str, OperationKey]
    allow: tuple[str, ...]


@dataclass(slots=True)
class _Edge:
    template: TemplateSegment
    takes_matrix: bool
    branch: "_Branch"


@dataclass(slots=True)
class _Branch:
    """A place in the tree; `edges` are sorted so that more literal characters come first."""

    concrete: dict[str, "_Branch"] = field(default_factory=dict)
    edges: list[_Edge] = field(default_factory=list)
    leaf: _Leaf | None = None


class RouteTable:
    """All endpoints of a document below its base path; built once, read for ever."""

    def __init__(self, endpoints: Iterable[Endpoint], *, base_path: str = "") -> None:
        self._base = base_path
        self._root = _Branch()
        self._folded = _Branch()
        items: dict[str, list[Endpoint]] = {}
        for endpoint in endpoints:
            items.setdefault(endpoint.path, []).append(endpoint)
        for path, members in items.items():
            leaf = _leaf(base_path + path, members)
            matrix = frozenset[str]().union(*(member.matrix_parameters for member in members))
            _insert(self._root, base_path + path, leaf, matrix=matrix)
            _insert(self._folded, (base_path + path).casefold(), leaf, matrix=matrix)

    def route(self, method: str, raw_path: bytes) -> Route:
        """Find the operation of a method and a raw path (bytes before the `?`)."""
        segments = split_path(raw_path)
        if segments is None:
            return PathMissing()
        return self.route_segments(method, segments)

    def route_segments(self, method: str, segments: Segments) -> Route:
        """Find the operation of a method and a path already cut by `split_path`."""
        values: list[str] = []
        leaf = _find(self._root, segments, 0, values)
        if leaf is None:
            return PathMissing(self._nearest(segments))
        operation = leaf.methods.get(method)
        if operation is None:
            return MethodMissing(leaf.allow, is_options=method == "OPTIONS")
        return Routed(operation, dict(zip(leaf.names, values, strict=True)))

    def _nearest(self, segments: Segments) -> str | None:
        """A declared path that differs by a slash, by case or by the base path alone."""
        folded = tuple(value.casefold() for value in segments.values)
        base = tuple(self._base.casefold().split("/")[1:])
        for start in (folded, base + folded, folded[len(base) :]):
            for candidate in (start, start[:-1] if start[-1:] == ("",) else (*start, "")):
                found = _find(self._folded, Segments(candidate, segments.matrix), 0, [])
                if found is not None:
                    return found.template
        return None


def _leaf(template: str, members: Iterable[Endpoint]) -> _Leaf:
    methods = {m.method: m.operation for m in members if m.method not in NEVER_SERVED}
    if "GET" in methods:
        methods.setdefault("HEAD", methods["GET"])
    names = tuple(
        name
        for segment in template.split("/")
        if not is_literal(segment)
        for name in template_segment(segment).names
    )
    return _Leaf(template, names, methods, allow=tuple(sorted({*methods, "OPTIONS"})))


def _insert(root: _Branch, template: str, leaf: _Leaf, *, matrix: frozenset[str]) -> None:
    branch = root
    for segment in template.split("/")[1:]:
        if is_literal(segment):
            branch = branch.concrete.setdefault(literal_value(segment), _Branch())
        else:
            branch = _descend(branch, template_segment(segment), matrix=matrix)
    branch.leaf = leaf


def _descend(branch: _Branch, template: TemplateSegment, *, matrix: frozenset[str]) -> _Branch:
    takes_matrix = template.pattern is None and template.names[0] in matrix
    for edge in branch.edges:
        if edge.template.shape == template.shape:
            edge.takes_matrix = edge.takes_matrix or takes_matrix
            return edge.branch
    edge = _Edge(template, takes_matrix, _Branch())
    branch.edges.append(edge)
    branch.edges.sort(key=lambda e: (-e.template.literal_characters, e.template.shape))
    return edge.branch


def _find(branch: _Branch, segments: Segments, depth: int, values: list[str]) -> _Leaf | None:
    """Walk down, concrete before template; each place of the tree is visited at most once."""
    if depth == len(segments.values):
        return branch.leaf
    value = segments.values[depth]
    has_semicolon = depth in segments.matrix
    concrete = None if has_semicolon else branch.concrete.get(value)
    if concrete is not None:
        leaf = _find(concrete, segments, depth + 1, values)
        if leaf is not None:
            return leaf
    for edge in branch.edges:
        if has_semicolon and not edge.takes_matrix:
            continue
        taken = edge.template.match(value)
        if taken is None:
            continue
        mark = len(values)
        values += taken
        leaf = _find(edge.branch, segments, depth + 1, values)
        if leaf is not None:
            return leaf
        del values[mark:]
    return None
