"""How the objects of a document nest in one version of the OAS, and which may be a `$ref`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from gateway.spec.fields import (
    DOCUMENT,
    KINDS_3_0,
    KINDS_3_1,
    KINDS_3_2,
    METHODS_3_0,
    METHODS_3_2,
    REST,
    Field,
    Kinds,
    Shape,
    sections_of,
)
from gateway.spec.node import MappingNode, Node, SequenceNode

#: kinds of which a document, or an object, has just one, called like its field
_SINGLE = frozenset({"Info", "Paths", "Components", "Responses"})
_INNER_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Grammar:
    """One version of the OAS as far as reading needs it."""

    #: kind -> field -> what the field holds
    kinds: Kinds
    #: the fields of a path item that are operations
    methods: AbstractSet[str]
    #: section of components -> kind
    sections: Mapping[str, str]
    #: kind -> section of components for what may be moved there; a path item is put in place
    section_of: Mapping[str, str]
    #: the kinds in whose place a `$ref` may stand
    referable: AbstractSet[str]
    #: whether schemas are JSON Schema: what stands beside a `$ref` counts, `true` is a schema
    has_json_schema: bool
    #: whether a requirement may name its scheme by a URI reference
    has_scheme_references: bool


def _grammar(kinds: Kinds, methods: AbstractSet[str], *, has_json_schema: bool) -> Grammar:
    sections = sections_of(kinds)
    section_of = {kind: name for name, kind in sections.items() if kind != "PathItem"}
    return Grammar(
        kinds=kinds,
        methods=methods,
        sections=sections,
        section_of=section_of,
        referable=section_of.keys() | {"PathItem"},
        has_json_schema=has_json_schema,
        has_scheme_references="mediaTypes" in sections,
    )


OAS_3_0 = _grammar(KINDS_3_0, METHODS_3_0, has_json_schema=False)
OAS_3_1 = _grammar(KINDS_3_1, METHODS_3_0, has_json_schema=True)
OAS_3_2 = _grammar(KINDS_3_2, METHODS_3_2, has_json_schema=True)


class Found(NamedTuple):
    """An object of a document, and what it is."""

    node: MappingNode
    kind: str


def field_of(grammar: Grammar, kind: str, name: str) -> Field | None:
    """Return what the field `name` of an object holds, None if it holds data."""
    fields = grammar.kinds[kind]
    field = fields.get(name)
    if field is None and REST in fields and not name.startswith("x-"):
        return fields[REST]
    return field


def is_reference(grammar: Grammar, node: MappingNode, kind: str) -> bool:
    """Whether an object points to the one that is meant."""
    return "$ref" in node.entries and kind in grammar.referable


def walk(grammar: Grammar, node: Node, kind: str) -> Iterator[Found]:
    """Yield an object and every object within it, in no order; references are not followed."""
    referable, with_siblings = grammar.referable, grammar.has_json_schema
    stack = [(node, kind)]
    while stack:
        node, kind = stack.pop()
        if type(node) is not MappingNode:
            continue
        entries = node.entries
        yield Found(node, kind)
        if "$ref" in entries and kind in referable and (kind != "Schema" or not with_siblings):
            continue
        fields = grammar.kinds[kind]
        if REST in fields:
            rest = fields[REST].kind
            stack += [(child, rest) for name, child in entries.items() if not name.startswith("x-")]
            continue
        for name in fields.keys() & entries.keys():
            stack += _objects(entries[name], fields[name])


def _objects(child: Node, field: Field) -> list[tuple[Node, str]]:
    kind, shape = field
    if shape is Shape.ONE and type(child) is MappingNode:
        return [(child, kind)]
    if shape is not Shape.NAMED and type(child) is SequenceNode:
        # draft-07 has a list in the place of the one schema of `items`
        return [(item, kind) for item in child.items]
    if shape is Shape.NAMED and type(child) is MappingNode:
        return [(entry, kind) for entry in child.entries.values()]
    return []


def object_name(kind: str) -> str:
    """Return how to speak of a kind, with its article: `an Operation`, `a Path Item`."""
    if kind == DOCUMENT:
        return "the document"
    if kind in _SINGLE:
        return f"`{kind[0].lower()}{kind[1:]}`"
    for family in ("SecurityScheme", "Flow"):
        kind = family if kind.endswith(family) else kind
    name = _INNER_WORD.sub(" ", kind)
    return f"{'an' if name[0] in 'AEIOX' else 'a'} {name}"


def objects_along(grammar: Grammar, path: Sequence[str | int]) -> list[tuple[int, str]]:
    """Return the objects that a path leads through, each as the length of the path and its kind."""
    found: list[tuple[int, str]] = [(0, DOCUMENT)]
    kind = DOCUMENT
    field: Field | None = None
    for length, step in enumerate(path, start=1):
        if field is None:
            field = field_of(grammar, kind, str(step))
            if field is None:
                break
            if field.shape is not Shape.ONE:
                continue
        kind, field = field.kind, None
        found.append((length, kind))
    return found


def kind_at(grammar: Grammar, path: Sequence[str | int]) -> str:
    """Return the kind of the innermost object on a path."""
    return objects_along(grammar, path)[-1][1]
