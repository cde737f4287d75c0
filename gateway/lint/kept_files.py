"""A source of files that remembers what it read."""

from pathlib import PurePath

from gateway.spec.file_source import FileSource


class KeptFiles:
    """A source of files that keeps what was read, under the name that origins show."""

    def __init__(self, source: FileSource) -> None:
        self._source = source
        self.read_files: dict[str, bytes] = {}
        self.real_paths: set[PurePath] = set()

    def name(self, path: str) -> str:
        """Return how origins show the file at `path`."""
        return self._source.name(path)

    def real(self, path: str) -> PurePath:
        """Return the path with its links followed."""
        return self._source.real(path)

    def is_file(self, real: PurePath) -> bool:
        """Whether there is a regular file at a path without links."""
        return self._source.is_file(real)

    def read(self, path: str, limit: int) -> bytes:
        """Return the file's octets, and keep them."""
        data = self._source.read(path, limit)
        self.read_files[self.name(path)] = data
        self.real_paths.add(self.real(path))
        return data

    def names_beside(self, path: str) -> tuple[str, ...]:
        """Return the names of everything in the folder of `path`."""
        return self._source.names_beside(path)
