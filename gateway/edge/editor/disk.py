"""The document's file: read with its ETag, and replaced whole if nobody else changed it."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class OnDisk:
    """The octets of the file as they were read."""

    data: bytes

    @property
    def etag(self) -> str:
        """The strong ETag of these octets (RFC 9110 s8.8.3)."""
        return f'"{hashlib.sha256(self.data).hexdigest()}"'


class ChangedOnDiskError(Exception):
    """Somebody else changed the file; `disk` is what it is now."""

    def __init__(self, disk: OnDisk) -> None:
        super().__init__("the file is not what it was when editing began")
        self.disk = disk


def read_disk(path: str) -> OnDisk:
    """Read the file; raises OSError."""
    return OnDisk(Path(path).read_bytes())


def replace_on_disk(path: str, data: bytes, *, etag: str) -> OnDisk:
    """Put octets in the place of those with the ETag; raises ChangedOnDiskError and OSError.

    The file is replaced by a rename in its own folder, so that whoever reads it sees the old one or
    the new one whole. A link is followed: what it points to is replaced. Mode and owner stay; where
    they cannot, nothing is replaced.
    """
    target = Path(path).resolve(strict=True)
    with _one_writer(target.parent):
        disk = OnDisk(target.read_bytes())
        if disk.etag != etag:
            raise ChangedOnDiskError(disk)
        _rename_over(target, data)
    return OnDisk(data)


@contextmanager
def _one_writer(folder: Path) -> Iterator[None]:
    """Let no other worker look and rename at the same time."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _rename_over(target: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            _take_after(file.fileno(), target.stat())
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def _take_after(descriptor: int, old: os.stat_result) -> None:
    """Give the new file the owner and the mode of the old one; the owner first, it clears bits."""
    new = os.fstat(descriptor)
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        os.fchown(descriptor, old.st_uid, old.st_gid)
    os.fchmod(descriptor, old.st_mode & 0o7777)
