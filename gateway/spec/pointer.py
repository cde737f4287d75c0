"""References and JSON pointers (RFC 6901): taken apart, put together, followed."""

from collections.abc import Iterable
from urllib.parse import unquote

from gateway.spec.nearest import did_you_mean
from gateway.spec.node import MappingNode, Node, child_of


class PointerError(ValueError):
    """A pointer that leads nowhere; the message says from where on."""


def split_reference(reference: str) -> tuple[str, str]:
    """Return the location of a file ("" for the same one) and the fragment."""
    location, _, fragment = reference.partition("#")
    return location, fragment


def parse_pointer(fragment: str) -> tuple[str, ...]:
    """Return the steps of a pointer written as a URI fragment."""
    pointer = unquote(fragment)
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        raise PointerError(f"`#{fragment}` is not a JSON pointer: it begins with `#/`")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/"))


def format_pointer(steps: Iterable[str]) -> str:
    """Return a pointer as a fragment, `#` included."""
    escaped = (step.replace("~", "~0").replace("/", "~1") for step in steps)
    return "#" + "".join(f"/{step}" for step in escaped)


def follow(root: Node, steps: Iterable[str]) -> Node:
    """Return the node a pointer leads to; raises PointerError with the nearest existing name."""
    node = root
    for step in steps:
        child = child_of(node, step)
        if child is None:
            names = node.entries if isinstance(node, MappingNode) else ()
            raise PointerError(f"there is no `{step}`{did_you_mean(step, names)}")
        node = child
    return node
