"""A text in the place of the entry document, among the files beside it as they are on disk."""

from pathlib import PurePath

from gateway.spec.file_source import WorkingFiles


class TypedFiles(WorkingFiles):
    """The files on disk, but for the one that is being edited."""

    def __init__(self, path: str, text: bytes) -> None:
        self._path = path
        self._text = text
        self._real: PurePath = self.real(path)

    def read(self, path: str, limit: int) -> bytes:
        """Return what is typed, or the file as it is on disk."""
        if self.real(path) == self._real:
            return self._text[: limit + 1]
        return super().read(path, limit)
