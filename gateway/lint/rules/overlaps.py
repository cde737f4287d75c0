"""Path templates that could match one request, neither of them the more concrete one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from gateway.lint.finding import Finding, Severity
from gateway.lint.rules.openings import openings_of
from gateway.lint.rules.subject import Subject
from gateway.routing.template import is_literal, literal_value, template_segment
from gateway.spec.model import Operation

#: pairs of places that are compared before a document is too large for this rule
_COMPARED = 200_000


@dataclass(slots=True)
class _Branch:
    """A place in the tree of all templates."""

    children: dict[str, "_Branch"] = field(default_factory=dict)
    #: the operations of the path that ends here, by method
    operations: dict[str, Operation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two places that one request could both reach."""

    one: _Branch
    other: _Branch
    #: whether each was more concrete than the other somewhere
    one_is_concrete: bool = False
    other_is_concrete: bool = False


def overlapping_templates(subject: Subject) -> Iterator[Finding]:
    """Two templates for one request; an error where they are open to different callers."""
    for one, other in _overlaps(_tree(subject)):
        first, second = sorted((_first(one), _first(other)), key=lambda o: o.origin)
        methods = [m for m in one if m in other and _differ(subject, one[m], other[m])]
        known = f"`{second.path}` and `{first.path}` can match one request"
        if methods:
            severity, known = Severity.ERROR, f"{known}, but other callers may use {methods[0]}"
        else:
            severity = Severity.WARNING
        yield Finding(
            second.origin,
            severity,
            "overlapping-templates",
            known,
            hint="the one with a concrete segment first wins; rename one of them",
        )


def _first(operations: Mapping[str, Operation]) -> Operation:
    return next(iter(operations.values()))


def _differ(subject: Subject, one: Operation, other: Operation) -> bool:
    return openings_of(subject.supposed[one.key]) != openings_of(subject.supposed[other.key])


def _tree(subject: Subject) -> _Branch:
    root = _Branch()
    for operation in subject.loaded.description.operations:
        branch = root
        for segment in operation.path.split("/")[1:]:
            shape = segment if is_literal(segment) else template_segment(segment).shape
            key = f"={literal_value(segment)}" if is_literal(segment) else f"{{{shape}"
            branch = branch.children.setdefault(key, _Branch())
        branch.operations.setdefault(operation.method, operation)
    return root


def _overlaps(root: _Branch) -> Iterator[tuple[Mapping[str, Operation], Mapping[str, Operation]]]:
    waiting = [_Pair(root, root)]
    compared = 0
    while waiting and compared < _COMPARED:
        pair = waiting.pop()
        compared += 1
        is_ambiguous = pair.one_is_concrete and pair.other_is_concrete
        if is_ambiguous and pair.one.operations and pair.other.operations:
            yield pair.one.operations, pair.other.operations
        waiting.extend(_below(pair))


def _below(pair: _Pair) -> Iterator[_Pair]:
    """The pairs of children that one segment could both match."""
    is_same = pair.one is pair.other
    others = list(pair.other.children.items())
    places = {key: place for place, (key, _) in enumerate(others)}
    templates = [place for place, (key, _) in enumerate(others) if not _is_literal(key)]
    for place, (one, branch) in enumerate(pair.one.children.items()):
        candidates: Iterable[int] = range(len(others))
        if _is_literal(one):  # of literals it meets none but itself
            candidates = sorted({*templates, places[one]} if one in places else templates)
        for other_place in candidates:
            if is_same and other_place < place:
                continue
            other, other_branch = others[other_place]
            if one == other or _meet(one, other):
                yield _Pair(
                    branch,
                    other_branch,
                    pair.one_is_concrete or _is_narrower(one, other),
                    pair.other_is_concrete or _is_narrower(other, one),
                )


def _is_literal(key: str) -> bool:
    return key[0] == "="


def _meet(one: str, other: str) -> bool:
    """Whether some segment matches both; keys are `=literal` or `{shape`."""
    if one[0] == other[0] == "=":
        return False
    if one[0] == "=":
        return template_segment(_written(other)).match(one[1:]) is not None
    if other[0] == "=":
        return _meet(other, one)
    ends = [(key[1:].split("{}")[0], key[1:].split("{}")[-1]) for key in (one, other)]
    (head, tail), (other_head, other_tail) = ends
    heads = head.startswith(other_head) or other_head.startswith(head)
    return heads and (tail.endswith(other_tail) or other_tail.endswith(tail))


def _is_narrower(one: str, other: str) -> bool:
    """Whether the first matches something less than the second: literals count."""
    if one == other:
        return False
    if one[0] == "=":
        return True
    if other[0] == "=":
        return False
    return one != "{{}" and not _contains(one, other)


def _contains(one: str, other: str) -> bool:
    """Whether whatever the second matches, the first one matches."""
    head, *_, tail = one[1:].split("{}")
    other_head, *_, other_tail = other[1:].split("{}")
    return other_head.startswith(head) and other_tail.endswith(tail) and one.count("{}") == 1


def _written(key: str) -> str:
    return key[1:].replace("{}", "{x}")
