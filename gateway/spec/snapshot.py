"""The files of a description as they were at one reading: to compare, and to hand on."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from gateway.errors import UsageError
from gateway.spec.file_source import FileSource


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A source of files that opens none: it gives the octets that were read."""

    #: by the path that was read
    files: Mapping[str, bytes] = field(default_factory=dict)
    #: where each path led that was looked for
    links: Mapping[str, str] = field(default_factory=dict)
    #: whether there was a file
    found: Mapping[str, bool] = field(default_factory=dict)

    def name(self, path: str) -> str:
        """Return the path as it was named."""
        return path

    def real(self, path: str) -> PurePath:
        """Return where the path led; raises OSError for one that was not looked for."""
        try:
            return PurePath(self.links[path])
        except KeyError as error:
            raise OSError(f"`{path}` is not in the snapshot") from error

    def is_file(self, real: PurePath) -> bool:
        """Whether there was a file."""
        return self.found.get(str(real), False)

    def read(self, path: str, limit: int) -> bytes:
        """Return the octets that were read; raises UsageError for a file that was not."""
        if path not in self.files:
            raise UsageError(f"`{path}` is not in the snapshot")
        return self.files[path][: limit + 1]

    def names_beside(self, _path: str) -> tuple[str, ...]:
        """Return nothing: only what was read is known."""
        return ()


class RecordingFiles:
    """Reads files from a source, and remembers all that it was asked and answered."""

    def __init__(self, source: FileSource) -> None:
        self._source = source
        self._files: dict[str, bytes] = {}
        self._links: dict[str, str] = {}
        self._found: dict[str, bool] = {}
        #: every path that was looked for, there or not
        self.sought: set[str] = set()

    @property
    def snapshot(self) -> Snapshot:
        """What was read until now."""
        return Snapshot(dict(self._files), dict(self._links), dict(self._found))

    def name(self, path: str) -> str:
        """Return how origins show the file at `path`."""
        return self._source.name(path)

    def real(self, path: str) -> PurePath:
        """Return the path with its links followed."""
        self.sought.add(path)
        real = self._source.real(path)
        self._links[path] = str(real)
        return real

    def is_file(self, real: PurePath) -> bool:
        """Whether there is a regular file at a path without links."""
        found = self._found[str(real)] = self._source.is_file(real)
        return found

    def read(self, path: str, limit: int) -> bytes:
        """Return the file's octets, and keep them."""
        self.sought.add(path)
        octets = self._files[path] = self._source.read(path, limit)
        return octets

    def names_beside(self, path: str) -> tuple[str, ...]:
        """Return the names of everything in the folder of `path`."""
        return self._source.names_beside(path)


def dump_snapshot(snapshot: Snapshot) -> str:
    """A snapshot as JSON."""
    files = {path: base64.b64encode(octets).decode() for path, octets in snapshot.files.items()}
    members = {"files": files, "links": dict(snapshot.links), "found": dict(snapshot.found)}
    return json.dumps(members)


def parse_snapshot(text: str) -> Snapshot:
    """Read what `dump_snapshot` wrote."""
    members = json.loads(text)
    files = {path: base64.b64decode(octets) for path, octets in members["files"].items()}
    return Snapshot(files, members["links"], members["found"])
