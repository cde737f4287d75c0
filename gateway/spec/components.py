"""The components of a document: what is there, names that are free, entries added."""

import re
from collections.abc import Mapping

from gateway.spec.edit import with_entries
from gateway.spec.grammar import Grammar
from gateway.spec.node import MappingNode, Node, child_of
from gateway.spec.references import Target

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


def components_of(root: Node, grammar: Grammar) -> dict[tuple[str, str], Node]:
    """Return every component of a document by section and name."""
    components = child_of(root, "components")
    return {
        (section, name): node
        for section in grammar.sections
        if components is not None and isinstance(held := child_of(components, section), MappingNode)
        for name, node in held.entries.items()
    }


def wished_name(target: Target) -> str:
    """Return the name a target asks for: its own, or that of its file."""
    name = target.steps[-1] if target.steps else re.split(r"[\\/]", target.document.file)[-1]
    if not target.steps:
        name = name.rpartition(".")[0] or name
    return _NOT_IN_NAMES.sub("_", name) or "_"


def free_name(section: str, wish: str, taken: set[tuple[str, str]]) -> tuple[str, str]:
    """Return the wished name, with a number if it is taken."""
    place, count = (section, wish), 1
    while place in taken:
        count += 1
        place = (section, f"{wish}_{count}")
    return place


def with_components(root: MappingNode, added: Mapping[tuple[str, str], Node]) -> MappingNode:
    """Return a document that has more components."""
    if not added:
        return root
    components = child_of(root, "components")
    if not isinstance(components, MappingNode):
        components = MappingNode({}, root.place, keys={})
    sections: dict[str, dict[str, Node]] = {}
    for (section, name), node in added.items():
        sections.setdefault(section, {})[name] = node
    new = {
        section: with_entries(_section(components, section), entries)
        for section, entries in sections.items()
    }
    return with_entries(root, {"components": with_entries(components, new)})


def _section(components: MappingNode, section: str) -> MappingNode:
    held = child_of(components, section)
    return held if isinstance(held, MappingNode) else MappingNode({}, components.place, keys={})
