"""Reads a document and the files it refers to into an ApiDescription, or says why it cannot."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from gateway.errors import DocumentError, Fault
from gateway.spec.build import build_description
from gateway.spec.files import Folder, read_schema
from gateway.spec.grammar import DOCUMENT, walk
from gateway.spec.join import Joined, join_files
from gateway.spec.limits import DEFAULT_LIMITS, Limits
from gateway.spec.model import ApiDescription
from gateway.spec.names import component_name_faults
from gateway.spec.node import plain
from gateway.spec.paths import operation_id_faults, path_faults, path_warnings
from gateway.spec.schemes import declared_schemes
from gateway.spec.security import security_faults
from gateway.spec.servers import server_faults, server_warnings
from gateway.spec.validate import RULE, validate
from gateway.spec.version import schema_of

__all__ = ["Limits", "read_description"]


def read_description(
    path: str, *, stdin: Callable[[], bytes] | None = None, limits: Limits = DEFAULT_LIMITS
) -> ApiDescription:
    """Return the description of the document at `path`, `-` being what `stdin` returns.

    Raises DocumentError with every fault found, UsageError if there is no such file. Opens nothing
    but files in the document's folder.
    """
    folder = Folder(path, stdin=stdin, limits=limits)
    entry = folder.read_entry()
    schema_name = schema_of(entry)
    joined = join_files(entry, open_file=folder.open_file, limits=limits)
    document = plain(joined.root)
    faults = [*joined.faults, *_faults(joined, document, schema=read_schema(schema_name))]
    if faults:
        raise DocumentError(_most_telling(faults))
    return build_description(joined.root, document, file=path, warnings=_warnings(joined))


def _faults(joined: Joined, document: Any, *, schema: Any) -> Iterator[Fault]:
    root = joined.root
    objects = list(walk(root, DOCUMENT))
    declared = declared_schemes(root)
    schemes = declared.entries.keys() if declared is not None else frozenset()
    yield from security_faults(objects, schemes=schemes)
    yield from operation_id_faults(root, objects)
    yield from path_faults(root)
    yield from component_name_faults(root)
    yield from server_faults(root)
    yield from validate(document, root=root, schema=schema)


def _warnings(joined: Joined) -> Iterator[Fault]:
    yield from joined.warnings
    yield from server_warnings(joined.root)
    yield from path_warnings(joined.root)


def _most_telling(faults: Iterable[Fault]) -> Iterator[Fault]:
    """Leave out what the OAS schema says about a place of which a rule of ours says more."""
    faults = list(dict.fromkeys(faults))
    told = {fault.origin for fault in faults if fault.rule != RULE}
    return (fault for fault in faults if fault.rule != RULE or fault.origin not in told)
