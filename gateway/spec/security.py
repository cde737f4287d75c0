"""Every `security` of a document: what must not load, and the declarations that operations get."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from gateway.errors import Fault
from gateway.spec.fields import DOCUMENT
from gateway.spec.grammar import Found, object_name
from gateway.spec.model import (
    SchemeName,
    SchemeRequirement,
    SecurityDeclaration,
    SecurityRequirement,
    SecuritySource,
)
from gateway.spec.nearest import did_you_mean
from gateway.spec.node import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    entry_origin,
    key_origin,
    origin_of,
)

_OWNERS = frozenset({DOCUMENT, "Operation"})


def security_faults(objects: Sequence[Found], *, schemes: AbstractSet[str]) -> Iterator[Fault]:
    """Yield what is wrong with any `security` of a document; `schemes` are those it declares."""
    for node, kind in objects:
        if "security" not in node.entries:
            continue
        if kind in _OWNERS:
            yield from _shape_faults(node, schemes)
        else:
            message = f"`security` in {object_name(kind)} means nothing; {_BELONGS}"
            yield Fault("security-place", message, key_origin(node, "security"))


_BELONGS = "it belongs at the root or in an operation"


def _shape_faults(owner: MappingNode, schemes: AbstractSet[str]) -> Iterator[Fault]:
    value = owner.entries["security"]
    if not isinstance(value, SequenceNode):
        message = "`security` must be a list; `security: []` makes an operation public"
        yield Fault("security-shape", message, entry_origin(owner, "security"))
        return
    for item in value.items:
        if not isinstance(item, MappingNode):
            message = "a requirement is a map from scheme names to lists, as in `- oauth: [read]`"
            yield Fault("security-shape", message, origin_of(item))
            continue
        for name in item.entries:
            yield from _names_faults(item, name)
            if name not in schemes:
                message = f"`{name}` is not in components.securitySchemes"
                offer = did_you_mean(name, schemes)
                origin = key_origin(item, name)
                yield Fault("undeclared-scheme", message + offer, origin)


def _names_faults(item: MappingNode, scheme: str) -> Iterator[Fault]:
    names = item.entries[scheme]
    if not isinstance(names, SequenceNode):
        message = f"`{scheme}` needs a list of scopes; without any it is `{scheme}: []`"
        yield Fault("security-shape", message, entry_origin(item, scheme))
        return
    for name in names.items:
        if not isinstance(name, ScalarNode) or not isinstance(name.value, str):
            message = f"a scope of `{scheme}` must be a text; quote it"
            yield Fault("security-shape", message, origin_of(name))


def declare_security(owner: MappingNode, source: SecuritySource) -> SecurityDeclaration | None:
    """Return what an operation, or the root, declares in a document without faults."""
    if "security" not in owner.entries:
        return None
    requirements = _requirements(owner.entries["security"])
    return SecurityDeclaration.of(source, requirements, key_origin(owner, "security"))


def _requirements(value: Node) -> tuple[SecurityRequirement, ...]:
    items: Sequence[Node] = value.items if isinstance(value, SequenceNode) else ()
    return tuple(
        SecurityRequirement(
            tuple(_scheme_requirement(item, name) for name in item.entries), origin_of(item)
        )
        for item in items
        if isinstance(item, MappingNode)
    )


def _scheme_requirement(item: MappingNode, scheme: str) -> SchemeRequirement:
    value = item.entries[scheme]
    items: Sequence[Node] = value.items if isinstance(value, SequenceNode) else ()
    names = [item for item in items if isinstance(item, ScalarNode)]
    return SchemeRequirement(
        SchemeName(scheme),
        tuple(str(name.value) for name in names),
        key_origin(item, scheme),
        tuple(origin_of(name) for name in names),
    )
