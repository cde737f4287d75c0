"""Checks a document against the schema of its OAS version, once."""

from itertools import islice
from typing import Any

from jsonschema_rs import Draft4Validator

from gateway.errors import Fault
from gateway.spec.complaints import Complaint, complaints_of
from gateway.spec.limits import MAX_FAULTS
from gateway.spec.node import MappingNode, Node, child_of, key_origin, locate

#: the rule of every fault found here
RULE = "schema"


def validate(document: Any, *, root: Node, schema: dict[str, Any]) -> tuple[Fault, ...]:
    """Return what the OAS schema has against a document, `root` being the tree it came from."""
    errors = Draft4Validator(schema, offline=True).iter_errors(document)
    faults = (
        _fault(complaint, root) for error in errors for complaint in complaints_of(error, schema)
    )
    return tuple(dict.fromkeys(islice(faults, MAX_FAULTS)))


def _fault(complaint: Complaint, root: Node) -> Fault:
    node: Node | None = root
    for step in complaint.path:
        node = child_of(node, step) if node is not None else None
    # the validator leaves empty keys out of its paths: then the nearest place known must do
    if isinstance(node, MappingNode) and complaint.key in node.keys:
        origin = key_origin(node, complaint.key)
    else:
        origin = locate(root, complaint.path)
    return Fault(RULE, complaint.message, origin)
