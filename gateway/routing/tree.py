"""The segment tree: one lookup that costs by the depth of a path, not by the size of a document."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from gateway.routing.path import Segments, split_path
from gateway.routing.template import TemplateSegment, is_literal, literal_value, template_segment
from gateway.spec.model import OperationKey

_NO_PLACES = frozenset[int]()
_NO_MATRIX: Mapping[str, frozenset[int]] = MappingProxyType({})
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


_Names = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A path item: what ends at one place of the tree."""

    template: str
    #: method -> the parameters' names, in the order of the path
    names: _Names
    methods: Mapping[str, OperationKey]
    allow: tuple[str, ...]
    #: method -> places of segments that hold a `style: matrix` parameter, if there are some
    matrix: Mapping[str, frozenset[int]]

    def takes(self, segments: Segments, method: str) -> bool:
        """Whether each raw `;` stands where the method's parameters allow one."""
        if method in self.methods:
            return segments.matrix <= self.matrix.get(method, _NO_PLACES)
        return segments.matrix <= _NO_PLACES.union(*self.matrix.values())


@dataclass(slots=True)
class _Edge:
    template: TemplateSegment
    branch: "_Branch"


@dataclass(slots=True)
class _Branch:
    """A place in the tree; `edges` are sorted so that more literal characters come first.

    Most places have one kind of child or none, so there is a table when there is a child.
    """

    concrete: dict[str, "_Branch"] | None = None
    edges: tuple[_Edge, ...] = ()
    leaf: _Leaf | None = None


class RouteTable:
    """All endpoints of a document below its base path; built once, read for ever."""

    def __init__(self, endpoints: Iterable[Endpoint], *, base_path: str = "") -> None:
        self._base = base_path
        self._root = _Branch()
        templates = _Templates()
        #: paths without parameters, as clients spell them: a look-up instead of a walk
        self._plain: dict[bytes, Mapping[str, OperationKey]] = {}
        items: dict[tuple[tuple[bool, str], ...], list[Endpoint]] = {}
        for endpoint in endpoints:
            items.setdefault(_shape(endpoint.path, templates), []).append(endpoint)
        leaves: dict[str, _Leaf] = {}
        for members in items.values():
            path = base_path + members[0].path
            leaves[path] = leaf = _leaf(path, members, base_path=base_path, templates=templates)
            _insert(self._root, path, leaf, templates=templates)
            if is_literal(path):
                self._plain.update(_plainly(path, leaf))
        self._folded = self._fold(leaves, templates)

    def _fold(self, leaves: Mapping[str, _Leaf], templates: "_Templates") -> _Branch:
        """The tree by paths without case: the same one, if no path has a capital."""
        folded = {path: path.casefold() for path in leaves}
        if all(_shape(path, templates) == _shape(folded[path], templates) for path in leaves):
            return self._root
        root = _Branch()
        for path, leaf in leaves.items():
            _insert(root, folded[path], leaf, templates=templates, may_replace=True)
        return root

    def route(self, method: str, raw_path: bytes) -> Route:
        """Find the operation of a method and a raw path (bytes before the `?`)."""
        segments = split_path(raw_path)
        if segments is None:
            return PathMissing()
        return self.route_segments(method, segments)

    def plain(self, method: str, raw_path: bytes) -> OperationKey | None:
        """The operation of a path without parameters in its usual spelling; None says nothing.

        INVARIANT: what is found here, `route` finds too, with no parameters.
        """
        methods = self._plain.get(raw_path)
        return None if methods is None else methods.get(method)

    def route_segments(self, method: str, segments: Segments) -> Route:
        """Find the operation of a method and a path already cut by `split_path`."""
        found = _find(self._root, segments, method)
        if found is None:
            return PathMissing(self._nearest(segments))
        leaf, values = found
        operation = leaf.methods.get(method)
        if operation is None:
            return MethodMissing(leaf.allow, is_options=method == "OPTIONS")
        return Routed(operation, dict(zip(leaf.names[method], values, strict=True)))

    def _nearest(self, segments: Segments) -> str | None:
        """A declared path that differs by a slash, by case or by the base path alone."""
        folded = tuple(value.casefold() for value in segments.values)
        base = tuple(self._base.casefold().split("/")[1:])
        others = (base + folded[place:] for place in range(min(len(base), len(folded) - 1) + 1))
        for start in (folded, *others):
            for candidate in (start, start[:-1] if start[-1:] == ("",) else (*start, "")):
                found = _find(self._folded, Segments(candidate, segments.matrix), "")
                if found is not None:
                    return found[0].template
        return None


class _Templates(dict[str, TemplateSegment]):
    """The segments with parameters that were met, each compiled once, and what leaves share."""

    def __init__(self) -> None:
        super().__init__()
        #: the names of parameters by method, as several leaves have them
        self.names: dict[tuple[tuple[str, tuple[str, ...]], ...], _Names] = {}
        #: the methods that a path answers
        self.allow: dict[tuple[str, ...], tuple[str, ...]] = {}

    def __missing__(self, piece: str) -> TemplateSegment:
        self[piece] = made = template_segment(piece)
        return made


def _shape(path: str, templates: _Templates) -> tuple[tuple[bool, str], ...]:
    """What a path is to a request: the names of its parameters left out."""
    return tuple(
        (True, literal_value(piece)) if is_literal(piece) else (False, templates[piece].shape)
        for piece in path.split("/")[1:]
    )


def _leaf(
    template: str, members: Sequence[Endpoint], *, base_path: str, templates: _Templates
) -> _Leaf:
    """What ends at one place; raises ValueError for two operations that a request cannot part."""
    served: dict[str, Endpoint] = {}
    for member in members:
        if member.method in NEVER_SERVED:
            continue
        other = served.setdefault(member.method, member)
        if other is not member:
            raise ValueError(f"{member.path} and {other.path} are one path")
    if "GET" in served:
        served.setdefault("HEAD", served["GET"])
    parameters = {
        method: _parameters(base_path + member.path, templates) for method, member in served.items()
    }
    names = {
        method: tuple(name for names in places.values() for name in names)
        for method, places in parameters.items()
    }
    allow = tuple(sorted({*served, "OPTIONS"}))
    matrix = {
        method: frozenset(
            place
            for place, names in parameters[method].items()
            if not member.matrix_parameters.isdisjoint(names)
        )
        for method, member in served.items()
        if member.matrix_parameters
    }
    return _Leaf(
        template,
        templates.names.setdefault(tuple(names.items()), names),
        {method: member.operation for method, member in served.items()},
        allow=templates.allow.setdefault(allow, allow),
        matrix=matrix or _NO_MATRIX,
    )


def _parameters(template: str, templates: _Templates) -> Mapping[int, tuple[str, ...]]:
    """The names of the parameters by the place of their segment."""
    return {
        place: templates[piece].names
        for place, piece in enumerate(template.split("/")[1:])
        if not is_literal(piece)
    }


def _plainly(path: str, leaf: _Leaf) -> Mapping[bytes, Mapping[str, OperationKey]]:
    """A path without parameters by its octets, if it can be sent as it is written."""
    values = tuple(literal_value(piece) for piece in path.split("/")[1:])
    raw = path.encode("utf-8", "surrogateescape")
    return {raw: leaf.methods} if split_path(raw) == Segments(values) else {}


def _insert(
    root: _Branch, template: str, leaf: _Leaf, *, templates: _Templates, may_replace: bool = False
) -> None:
    branch = root
    for segment in template.split("/")[1:]:
        if is_literal(segment):
            if branch.concrete is None:
                branch.concrete = {}
            branch = branch.concrete.setdefault(literal_value(segment), _Branch())
        else:
            branch = _descend(branch, templates[segment])
    if branch.leaf is not None and not may_replace:
        raise ValueError(f"{template} and {branch.leaf.template} are one path")
    branch.leaf = leaf


def _descend(branch: _Branch, template: TemplateSegment) -> _Branch:
    for edge in branch.edges:
        if edge.template.shape == template.shape:
            return edge.branch
    edge = _Edge(template, _Branch())
    branch.edges = tuple(
        sorted(
            (*branch.edges, edge),
            key=lambda e: (-e.template.literal_characters, e.template.shape),
        )
    )
    return edge.branch


def _find(root: _Branch, segments: Segments, method: str) -> tuple[_Leaf, tuple[str, ...]] | None:
    """Walk down, concrete before template; each place of the tree is visited at most once."""
    to_visit: list[tuple[_Branch, int, tuple[str, ...]]] = [(root, 0, ())]
    while to_visit:
        branch, depth, taken = to_visit.pop()
        if depth == len(segments.values):
            if branch.leaf is not None and branch.leaf.takes(segments, method):
                return branch.leaf, taken
            continue
        value = segments.values[depth]
        for edge in reversed(branch.edges):
            values = edge.template.match(value)
            if values is not None:
                to_visit.append((edge.branch, depth + 1, taken + values))
        if branch.concrete is not None and value in branch.concrete:
            to_visit.append((branch.concrete[value], depth + 1, taken))
    return None
