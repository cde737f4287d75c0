"""Where the files of a description are: in folders as they are now, or as they were."""

import stat
from pathlib import Path, PurePath
from typing import Protocol

from gateway.errors import UsageError
from gateway.spec.nearest import did_you_mean

#: of files that hold documents
DOCUMENT_SUFFIXES = frozenset({".yaml", ".yml", ".json"})


class FileSource(Protocol):
    """Finds and reads files; the same path is the same file each time."""

    def name(self, path: str) -> str:
        """Return how origins show the file at `path`."""
        ...

    def real(self, path: str) -> PurePath:
        """Return the path with its links followed; raises OSError, RuntimeError or ValueError."""
        ...

    def is_file(self, real: PurePath) -> bool:
        """Whether there is a regular file at a path without links."""
        ...

    def read(self, path: str, limit: int) -> bytes:
        """Return at most one byte more than the limit allows; raises UsageError."""
        ...

    def names_beside(self, path: str) -> tuple[str, ...]:
        """Return the names of everything in the folder of `path`."""
        ...


class WorkingFiles:
    """The files as they are on disk."""

    def name(self, path: str) -> str:
        """Return the path as it was named."""
        return path

    def real(self, path: str) -> PurePath:
        """Return the absolute path, links followed."""
        return Path(path).resolve()

    def is_file(self, real: PurePath) -> bool:
        """Whether there is a regular file at a path without links."""
        return Path(real).is_file()

    def read(self, path: str, limit: int) -> bytes:
        """Return at most one byte more than the limit allows; raises UsageError."""
        try:
            if not stat.S_ISREG(Path(path).stat().st_mode) and not Path(path).is_dir():
                raise UsageError(f"`{path}` is not a file; pass - to read standard input")
            with Path(path).open("rb") as file:
                return file.read(limit + 1)
        except FileNotFoundError as error:
            raise UsageError(f"there is no file `{path}`{offer(path, self)}") from error
        except IsADirectoryError as error:
            raise UsageError(f"`{path}` is a folder; name the document in it") from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise UsageError(f"`{path}` cannot be read: {reason.lower()}") from error

    def names_beside(self, path: str) -> tuple[str, ...]:
        """Return the names of everything in the folder of `path`, none if it cannot be listed."""
        try:
            return tuple(entry.name for entry in Path(path).parent.iterdir())
        except (OSError, ValueError):
            return ()


def offer(path: str, source: FileSource) -> str:
    """Return the tail of a message that names the nearest document in the folder of `path`."""
    names = source.names_beside(path)
    documents = (name for name in names if PurePath(name).suffix in DOCUMENT_SUFFIXES)
    return did_you_mean(PurePath(path).name, documents)
