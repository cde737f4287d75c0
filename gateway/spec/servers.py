"""The base path of a document, from its first server, and the servers that are not served."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from gateway.errors import Fault
from gateway.spec.grammar import Grammar
from gateway.spec.node import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    child_of,
    key_origin,
    origin_of,
)
from gateway.spec.paths import operations_of, path_items

_VARIABLE = re.compile(r"\{([^{}]*)\}")
#: segments that a request can have: none empty, none that a client would resolve away
_BASE_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[^/\\{};\s\x00-\x1f\x7f]+)*")


class ServerError(ValueError):
    """A server URL without a path that could be served; the message says why."""


def base_path(root: Node) -> str:
    """Return the path of the first server URL, variables at their defaults: "" or "/v2"."""
    servers = _servers(root)
    return _path_of(servers[0]) if servers else ""


def server_faults(root: Node) -> Iterator[Fault]:
    """Yield what is wrong with the one server that counts."""
    try:
        base_path(root)
    except ServerError as error:
        yield Fault("server", str(error), origin_of(_servers(root)[0].entries["url"]))


def server_warnings(root: Node, grammar: Grammar) -> Iterator[Fault]:
    """Name the servers that are not served, of a document whose first one is sound."""
    first = base_path(root)
    for server in _servers(root)[1:]:
        try:
            other = _path_of(server)
        except ServerError:
            continue
        if other != first:
            message = f"only the first server is served: `{first or '/'}`, not `{other or '/'}`"
            yield Fault("servers", message, origin_of(server.entries["url"]))
    for path, item in path_items(root):
        for where, owner in ((path, item), *_operations(path, item, grammar)):
            if "servers" in owner.entries:
                message = f"the servers of `{where}` are not served; it is under the root's"
                yield Fault("servers", message, key_origin(owner, "servers"))


def _operations(
    path: str, item: MappingNode, grammar: Grammar
) -> Iterator[tuple[str, MappingNode]]:
    for written in operations_of(item, grammar):
        yield f"{written.method} {path}", written.node


def _servers(root: Node) -> list[MappingNode]:
    """Return the servers that have a URL; whatever else is there, the OAS schema refuses."""
    servers = child_of(root, "servers")
    if not isinstance(servers, SequenceNode):
        return []
    return [
        server
        for server in servers.items
        if isinstance(server, MappingNode) and isinstance(child_of(server, "url"), ScalarNode)
    ]


def _path_of(server: MappingNode) -> str:
    url = _VARIABLE.sub(lambda match: _default(server, match), _text(server.entries["url"]))
    try:
        path = urlsplit(urljoin("/", url)).path.rstrip("/")
    except ValueError as error:
        raise ServerError(f"`{url}` is not a URL") from error
    unknown = _VARIABLE.search(path)
    if unknown:
        raise ServerError(f"`{unknown.group()}` has no default among the server's variables")
    if not _BASE_PATH.fullmatch(path):
        raise ServerError(f"`{path}` cannot be the path of a request")
    return path


def _default(server: MappingNode, match: re.Match[str]) -> str:
    """Return the default of a variable, the variable itself if there is none."""
    variables = child_of(server, "variables")
    variable = child_of(variables, match[1]) if variables is not None else None
    default = child_of(variable, "default") if variable is not None else None
    return match.group() if default is None else _text(default)


def _text(node: Node) -> str:
    return str(node.value) if isinstance(node, ScalarNode) else ""
