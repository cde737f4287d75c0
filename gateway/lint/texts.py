"""The files of a description as text: their lines, and where in them a key stands."""

import re
from collections.abc import Iterator, Mapping

from gateway.errors import Origin
from gateway.lint.entries import Entry, entries_of, first_entry_of
from gateway.lint.finding import Spot

#: what libyaml, too, takes for the end of a line
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_BOM = "\ufeff"


class Texts:
    """Texts by file name; what was found in them is kept while it is asked for."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._lines: dict[str, list[str]] = {}
        self._places: dict[Origin, Mapping[tuple[str, ...], Entry]] = {}

    def names(self) -> Iterator[str]:
        """The files, in the order they were read."""
        yield from self._files

    def text(self, file: str) -> str:
        """The text of a file; empty if it was never read."""
        return self._files.get(file, b"").decode("utf-8", "replace").removeprefix(_BOM)

    def line(self, file: str, number: int) -> str:
        """One line of a file, counted from 1; empty if there is none."""
        lines = self._lines_of(file)
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def locate(self, spot: Spot) -> Origin | None:
        """Where a spot really is; None if the text is not written in a way that tells."""
        entry = self._entry(spot)
        if entry is None:
            return None
        line, column = entry.value if spot.is_value else entry.key
        return Origin(spot.origin.file, line, column)

    def _lines_of(self, file: str) -> list[str]:
        if file not in self._lines:
            self._lines[file] = _LINE_END.split(self.text(file))
        return self._lines[file]

    def _entry(self, spot: Spot) -> Entry | None:
        origin = spot.origin
        if (origin.line, origin.column) == (1, 1):
            entries = entries_of(self.text(origin.file))
            return next((entry for entry in entries if entry.keys == spot.keys), None)
        if origin not in self._places:
            found = first_entry_of(self._text_from(origin), lines_before=origin.line - 1)
            self._places[origin] = {entry.keys[1:]: entry for entry in found}
        return self._places[origin].get(spot.keys)

    def _text_from(self, origin: Origin) -> str:
        lines = self._lines_of(origin.file)[origin.line - 1 :]
        if lines:
            lines[0] = " " * (origin.column - 1) + lines[0][origin.column - 1 :]
        return "\n".join(lines)
