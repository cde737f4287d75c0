"""Checks the names of components, which the OAS schema passes over."""

import re
from collections.abc import Iterable, Iterator

from gateway.errors import Fault
from gateway.spec.node import MappingNode, Node, child_of, key_origin

_COMPONENT_NAME = re.compile(r"[a-zA-Z0-9._-]+")


def component_name_faults(root: Node, sections: Iterable[str]) -> Iterator[Fault]:
    """Name the components of some sections whose names the OAS does not allow.

    Schemas are let through: no decision rests on them, and generators write `List<Song>`.
    """
    components = child_of(root, "components")
    for section in sections:
        held = child_of(components, section) if components is not None else None
        if section == "schemas" or not isinstance(held, MappingNode):
            continue
        for name in held.entries:
            if not _COMPONENT_NAME.fullmatch(name):
                message = f"`{name}` is no name for a component; use letters, digits, `.`, `-`, `_`"
                yield Fault("component-name", message, key_origin(held, name))
