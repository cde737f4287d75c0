"""Which files were put in the place of others as they are: what a rename does."""

from collections.abc import Set

from gateway.cli.settling import Mark, Marks


class Arrivals:
    """Remembers the files that took the place of others, as they were when first seen."""

    def __init__(self, marks: Marks) -> None:
        self._last = dict(marks)
        self._arrived: dict[str, Mark] = {}

    def look(self, marks: Marks) -> None:
        """Compare device and inode with those of the last look."""
        for path, mark in marks.items():
            before = self._last.get(path)
            if mark is None or before is None:
                self._arrived.pop(path, None)
            elif mark[:2] != before[:2]:
                self._arrived[path] = mark
        self._last.update(marks)

    def whole(self, marks: Marks) -> Set[str]:
        """The files that were put in the place of others, and nobody touched since.

        A file that was seen missing first is none of them: it may have been made anew in its place.
        """
        return {path for path, mark in marks.items() if mark and self._arrived.get(path) == mark}
