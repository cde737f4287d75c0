"""Checks a document against the schema of its OAS version, once."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from jsonschema_rs import Draft4Validator, Draft202012Validator

from gateway.errors import Fault
from gateway.spec import complaints, complaints_later
from gateway.spec.dialect import dialect_of, with_schemas_checked
from gateway.spec.limits import MAX_FAULTS
from gateway.spec.node import MappingNode, Node, child_of, key_origin, locate
from gateway.spec.phrases import Complaint
from gateway.spec.version import Version

#: the rule of every fault found here
RULE = "schema"


class Flaw(NamedTuple):
    """One thing that the OAS schema has against a document."""

    complaint: Complaint
    fault: Fault


def validate(
    document: Any,
    *,
    root: MappingNode,
    version: Version,
    schema: dict[str, Any],
    max_faults: int = MAX_FAULTS,
) -> tuple[Flaw, ...]:
    """Return what the OAS schema has against a document, `root` being the tree it came from."""
    found = _complaints(document, root=root, version=version, schema=schema)
    flaws = (Flaw(complaint, _fault(complaint, root)) for complaint in found)
    return tuple(dict.fromkeys(islice(flaws, max_faults)))


def _complaints(
    document: Any, *, root: MappingNode, version: Version, schema: dict[str, Any]
) -> Iterator[Complaint]:
    dialect = dialect_of(root, version)
    if dialect is None:
        for error in Draft4Validator(schema, offline=True).iter_errors(document):
            yield from complaints.complaints_of(error, schema)
        return
    validator = Draft202012Validator(with_schemas_checked(schema, dialect), offline=True)
    errors = list(validator.iter_errors(document))
    yield from complaints_later.complaints_of(errors, schema, grammar=version.grammar)


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
