"""A text saved: never over somebody else's change, never one that does not load."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any

from gateway.edge.editor.desk import Desk
from gateway.edge.editor.disk import ChangedOnDiskError, OnDisk, read_disk, replace_on_disk
from gateway.edge.editor.told import faults
from gateway.edge.problem import Problem
from gateway.load import LoadedDocument

#: the answer to a text that has to wait, or takes, too long: nothing came of it
BUSY = Problem(
    503,
    "busy",
    "Another text is tried at this moment, or this one takes too long. Nothing was saved.",
    ((b"retry-after", b"1"),),
)


@dataclass(frozen=True, slots=True)
class Saved:
    """The file has the text now."""

    disk: OnDisk
    #: the digest of its policy, which rules as soon as the document is reloaded
    policy: str


def save(
    text: bytes, etag: str, running: LoadedDocument, desk: Desk, *, given_up: Event
) -> Saved | Problem:
    """Save a text over the one with the ETag, unless its sender was let go; raises OSError."""
    disk = read_disk(desk.file)
    if disk.etag != etag:
        return _changed(text, disk)
    tried = desk.attempt(text, running)
    if tried.loaded is None:
        detail = "The document would not be served, so it was not saved."
        return Problem(422, "unprocessable", detail, members={"faults": faults(tried)})
    if given_up.is_set():
        return BUSY
    try:
        written = replace_on_disk(desk.file, text, etag=etag)
    except ChangedOnDiskError as error:
        return _changed(text, error.disk)
    return Saved(written, tried.loaded.policy.digest)


def _changed(text: bytes, disk: OnDisk) -> Problem:
    """The file is another one: both texts, so that neither is lost."""
    members: Mapping[str, Any] = {
        "etag": disk.etag,
        "disk": disk.data.decode(errors="replace"),
        "yours": text.decode(errors="replace"),
    }
    detail = "The file was changed since it was read; nothing was saved."
    return Problem(412, "precondition-failed", detail, members=members)
