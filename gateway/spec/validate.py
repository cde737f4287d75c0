"""Checks a document against the schema of its OAS version, once."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from jsonschema_rs import Draft4Validator

from gateway.errors import Fault
from gateway.spec.complaints import Complaint, complaints_of
from gateway.spec.grammar import Found
from gateway.spec.limits import MAX_FAULTS
from gateway.spec.node import MappingNode, Node, child_of, key_origin, locate, plain

#: the rule of every fault found here
RULE = "schema"


def validate(
    document: Any, *, root: Node, strays: Sequence[Found], schema: dict[str, Any]
) -> list[Fault]:
    """Return what the OAS schema has against a document, `root` being the tree it came from.

    `strays` are objects outside of the places where the schema expects objects of their kind.
    """
    found = _check(document, root, schema=schema, definitions=schema)
    faults = [*islice(found, MAX_FAULTS)]
    for stray in strays:
        part = {**schema["definitions"][stray.kind], "definitions": schema["definitions"]}
        faults += islice(
            _check(plain(stray.node), stray.node, schema=part, definitions=schema), MAX_FAULTS
        )
    return list(dict.fromkeys(faults))


def _check(
    instance: Any, root: Node, *, schema: dict[str, Any], definitions: Mapping[str, Any]
) -> Iterator[Fault]:
    validator = Draft4Validator(schema, offline=True)
    for error in validator.iter_errors(instance):
        for complaint in complaints_of(error, definitions):
            yield _fault(complaint, root)


def _fault(complaint: Complaint, root: Node) -> Fault:
    node: Node | None = root
    for step in complaint.path:
        node = child_of(node, step) if node is not None else None
    if complaint.key is not None and isinstance(node, MappingNode):
        origin = key_origin(node, complaint.key)
    else:
        origin = locate(root, complaint.path)
    return Fault(RULE, complaint.message, origin)
