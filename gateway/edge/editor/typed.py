"""A text in the place of the entry document, among the files beside it as they are on disk."""

from pathlib import Path, PurePath

from gateway.errors import UsageError
from gateway.spec.file_source import WorkingFiles


class TypedFiles(WorkingFiles):
    """The files on disk, but for the one that is being edited, and for what the server keeps.

    Whoever may edit the document is not thereby one who may read keys: a reference below the home
    finds nothing.
    """

    def __init__(self, path: str, text: bytes, *, home: Path) -> None:
        self._path = path
        self._text = text
        self._real: PurePath = self.real(path)
        self._home: PurePath = self.real(str(home))

    def is_file(self, real: PurePath) -> bool:
        """Whether there is a regular file that a document may refer to."""
        return not self._is_kept(real) and super().is_file(real)

    def read(self, path: str, limit: int) -> bytes:
        """Return what is typed, or the file as it is on disk."""
        real = self.real(path)
        if real == self._real:
            return self._text[: limit + 1]
        if self._is_kept(real):
            raise UsageError(f"there is no file `{path}`")
        return super().read(path, limit)

    def _is_kept(self, real: PurePath) -> bool:
        return real != self._real and real.is_relative_to(self._home)
