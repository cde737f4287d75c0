"""Reads a document and the files it refers to into an ApiDescription, or says why it cannot."""

from collections.abc import Callable

from gateway.errors import DocumentError
from gateway.spec.build import build_description
from gateway.spec.check import check
from gateway.spec.file_source import FileSource, WorkingFiles
from gateway.spec.files import Folder, read_schema
from gateway.spec.limits import DEFAULT_LIMITS, Limits
from gateway.spec.memory import collector_at_rest
from gateway.spec.model import ApiDescription
from gateway.spec.version import version_of
from gateway.spec.whole import make_whole

__all__ = ["Limits", "read_description"]


def read_description(
    path: str,
    *,
    stdin: Callable[[], bytes] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    source: FileSource | None = None,
    tolerate: bool = False,
) -> ApiDescription:
    """Return the description of the document at `path`, `-` being what `stdin` returns.

    Raises DocumentError with every fault found, UsageError if there is no such file. Opens nothing
    but files in the document's folder, as they are on disk or as `source` has them. With `tolerate`
    faults that touch neither security nor routing are `tolerated`, and operations that need what
    is faulty say so in their `faults`.
    """
    folder = Folder(path, stdin=stdin, limits=limits, source=source or WorkingFiles())
    with collector_at_rest():
        entry = folder.read_entry()
        version = version_of(entry)
        whole = make_whole(
            entry, open_file=folder.open_file, version=version, limits=limits, tolerate=tolerate
        )
        checked = check(whole, schema=read_schema(version.schema_file), tolerate=tolerate)
        if checked.faults:
            raise DocumentError(checked.faults)
        return build_description(checked.source(entry.file))
