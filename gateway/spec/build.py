"""Builds the ApiDescription of a document in which no fault was found."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.errors import Fault
from gateway.spec.model import ApiDescription, Operation, OperationKey
from gateway.spec.node import MappingNode, key_origin
from gateway.spec.paths import operations_of, path_items
from gateway.spec.pointer import parse_pointer, split_reference
from gateway.spec.schemes import build_schemes
from gateway.spec.security import declare_security
from gateway.spec.servers import base_path

_Object = Mapping[str, Any]


def build_description(
    root: MappingNode, document: _Object, *, file: str, warnings: Iterable[Fault]
) -> ApiDescription:
    """Return the description of a joined document; `document` are the plain values of `root`."""
    info = document["info"]
    return ApiDescription(
        file=file,
        openapi=document["openapi"],
        title=info["title"],
        version=info["version"],
        base_path=base_path(root),
        operations=tuple(_operations(root, document)),
        schemes=build_schemes(root),
        document=document,
        warnings=tuple(sorted(warnings, key=lambda warning: warning.origin)),
    )


def resolve(document: _Object, value: Any) -> Any:
    """Follow the local `$ref` of an object, and that of its target, to the object itself."""
    while isinstance(value, Mapping) and "$ref" in value:
        steps = parse_pointer(split_reference(value["$ref"])[1])
        value = document
        for step in steps:
            value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def _operations(root: MappingNode, document: _Object) -> Iterator[Operation]:
    for path, item in path_items(root):
        for method, node in operations_of(item):
            yield _operation(root, document, path=path, item=item, method=method, node=node)


def _operation(
    root: MappingNode,
    document: _Object,
    *,
    path: str,
    item: MappingNode,
    method: str,
    node: MappingNode,
) -> Operation:
    origin = key_origin(item, method)
    plain_item = document["paths"][path]
    values = plain_item[method]
    body = values.get("requestBody")
    return Operation(
        key=OperationKey(f"{method.upper()} {path}"),
        method=method.upper(),
        path=path,
        operation_id=values.get("operationId"),
        origin=origin,
        security=declare_security(node, root=root, origin=origin),
        summary=values.get("summary", ""),
        tags=tuple(values.get("tags", ())),
        deprecated=values.get("deprecated", False),
        parameters=_parameters(document, plain_item, values),
        request_body=None if body is None else resolve(document, body),
        responses={
            status: resolve(document, response)
            for status, response in values["responses"].items()
            if not status.startswith("x-")
        },
    )


def _parameters(document: _Object, item: _Object, operation: _Object) -> tuple[_Object, ...]:
    """Return the path item's parameters and the operation's, which replace those of their name."""
    found: dict[tuple[str, str], _Object] = {}
    for written in (*item.get("parameters", ()), *operation.get("parameters", ())):
        parameter = resolve(document, written)
        name, place = parameter["name"], parameter["in"]
        found[name.lower() if place == "header" else name, place] = parameter
    return tuple(found.values())
