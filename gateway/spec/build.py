"""Builds the ApiDescription of a document in which no fault was found, or none was left."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.errors import Fault
from gateway.spec.dialect import dialect_of
from gateway.spec.model import (
    ApiDescription,
    AskedTogether,
    Operation,
    OperationKey,
    SecurityDeclaration,
    SecuritySource,
)
from gateway.spec.node import MappingNode
from gateway.spec.paths import Written, operations_of, path_items
from gateway.spec.pointer import parse_pointer, split_reference
from gateway.spec.schemes import build_schemes
from gateway.spec.security import declare_security
from gateway.spec.servers import base_path
from gateway.spec.version import Version

_Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """A joined document, and what was found in it."""

    #: the entry file as the caller named it
    file: str
    version: Version
    root: MappingNode
    #: the plain values of `root`
    document: _Object
    warnings: tuple[Fault, ...]
    tolerated: tuple[Fault, ...] = ()
    #: by the identity of the operation's node: what is wrong with what it needs
    operation_faults: Mapping[int, tuple[Fault, ...]] = field(default_factory=dict)


def build_description(source: Source) -> ApiDescription:
    """Return the description of a joined document."""
    info = source.document["info"]
    told = {*source.warnings, *source.tolerated}
    return ApiDescription(
        file=source.file,
        openapi=source.document["openapi"],
        title=info["title"],
        version=info["version"],
        base_path=base_path(source.root),
        operations=tuple(_operations(source)),
        schemes=build_schemes(source.root),
        document=source.document,
        warnings=tuple(sorted(told, key=lambda warning: warning.origin)),
        tolerated=tuple(sorted(source.tolerated, key=lambda fault: fault.origin)),
        json_schema_dialect=dialect_of(source.root, source.version),
    )


def resolve(document: _Object, value: Any) -> Any:
    """Follow the local `$ref` of an object, and that of its target, to the object itself."""
    while isinstance(value, Mapping) and "$ref" in value:
        value = _at(document, parse_pointer(split_reference(value["$ref"])[1]))
    return value


def _at(value: Any, steps: Iterable[str]) -> Any:
    for step in steps:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def _operations(source: Source) -> Iterator[Operation]:
    #: what operations ask for alike is there once
    asked: dict[tuple[AskedTogether, ...], tuple[AskedTogether, ...]] = {}
    inherited = declare_security(source.root, SecuritySource.ROOT)
    for path, item in path_items(source.root):
        plain_item = source.document["paths"][path]
        for written in operations_of(item, source.version.grammar):
            declared = declare_security(written.node, SecuritySource.OPERATION) or inherited
            security = declared or SecurityDeclaration(SecuritySource.ABSENT, (), written.origin)
            alike = asked.setdefault(security.asked, security.asked)
            if alike is not security.asked:
                security = replace(security, asked=alike)
            yield _operation(source, path, written, item=plain_item, security=security)


def _operation(
    source: Source, path: str, written: Written, *, item: _Object, security: SecurityDeclaration
) -> Operation:
    document = source.document
    values = _at(item, written.steps)
    body = values.get("requestBody")
    return Operation(
        key=OperationKey(f"{written.method} {path}"),
        method=written.method,
        path=path,
        operation_id=values.get("operationId"),
        origin=written.origin,
        security=security,
        summary=values.get("summary", ""),
        tags=tuple(values.get("tags", ())),
        deprecated=values.get("deprecated", False),
        parameters=_parameters(document, item, values),
        request_body=None if body is None else resolve(document, body),
        responses=_responses(document, values.get("responses", {})),
        faults=source.operation_faults.get(id(written.node), ()),
    )


def _responses(document: _Object, written: _Object) -> _Object:
    """Return the responses by status: what is written itself, if nothing in it is a reference."""
    found = {
        status: resolve(document, response)
        for status, response in written.items()
        if not status.startswith("x-")
    }
    is_same = len(found) == len(written) and all(found[name] is written[name] for name in found)
    return written if is_same else found


def _parameters(document: _Object, item: _Object, operation: _Object) -> tuple[_Object, ...]:
    """Return the path item's parameters and the operation's, which replace those of their name."""
    found: dict[tuple[str, str], _Object] = {}
    for written in (*item.get("parameters", ()), *operation.get("parameters", ())):
        parameter = resolve(document, written)
        name, place = parameter["name"], parameter["in"]
        found[name.lower() if place == "header" else name, place] = parameter
    return tuple(found.values())
