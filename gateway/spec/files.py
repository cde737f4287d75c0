"""Opens documents: bytes from a file, its folder or standard input, to a tree of nodes."""

import json
import os
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import PurePath
from typing import Any
from urllib.parse import unquote

from gateway.errors import DocumentError, Fault, Origin, UsageError
from gateway.spec.file_source import FileSource, offer
from gateway.spec.json_reader import read_json
from gateway.spec.limits import Limits
from gateway.spec.node import Document, Node
from gateway.spec.yaml_reader import read_yaml

#: the name that stands for standard input
STDIN = "-"

_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[\\/]")
_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


def read_schema(name: str) -> Any:
    """Return a schema of the OAS that comes with this package."""
    return json.loads(files("gateway.spec").joinpath("schemas", name).read_bytes())


def parse_text(text: str, *, file: str, limits: Limits) -> Node:
    """Return the tree of a text: JSON if its name or its first character says so, else YAML."""
    if file.lower().endswith(".json"):
        return read_json(text, file=file, limits=limits)
    if text.lstrip()[:1] in {"{", "["}:
        try:
            return read_json(text, file=file, limits=limits)
        except DocumentError as error:
            # a YAML text may begin with a brace too; what else is wrong with it is wrong in both
            if all(fault.rule != "syntax" for fault in error.faults):
                raise
    return read_yaml(text, file=file, limits=limits)


def decode(data: bytes, *, file: str) -> str:
    """Return the text of a document: UTF-8, with or without a byte order mark."""
    if data.startswith(_UTF16_BOMS):
        message = "this is UTF-16; save the document as UTF-8"
        raise DocumentError([Fault("encoding", message, Origin(file, 1, 1))])
    data = data.removeprefix(_BOM)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line_start = before.rfind(b"\n") + 1
        column = len(before[line_start:].decode()) + 1
        origin = Origin(file, before.count(b"\n") + 1, column)
        message = f"the byte 0x{data[error.start]:02X} is not UTF-8; save the document as UTF-8"
        raise DocumentError([Fault("encoding", message, origin)]) from error


class Folder:
    """The entry document and the files beside it; each is read once, nothing is fetched."""

    def __init__(
        self,
        path: str,
        *,
        stdin: Callable[[], bytes] | None,
        limits: Limits,
        source: FileSource,
    ) -> None:
        self._path = path
        self._stdin = stdin
        self._limits = limits
        self._source = source
        self._remaining = limits.max_bytes
        #: by real path
        self._documents: dict[PurePath, Document | DocumentError] = {}
        #: the path, as it was named, of each document
        self._paths: dict[int, str] = {}

    def read_entry(self) -> Document:
        """Return the entry document; raises UsageError if it cannot be read."""
        if self._path == STDIN:
            if self._stdin is None:
                raise UsageError("standard input is not read here; name a file")
            return Document(STDIN, self._parse(self._stdin(), STDIN))
        document = self._read(self._path)
        self._documents[self._source.real(self._path)] = document
        return document

    def open_file(self, location: str, *, document: Document, origin: Origin) -> Document:
        """Return the file at `location`, as seen from `document`; raises DocumentError."""
        path, real = self._find(location, document=document, origin=origin)
        if real not in self._documents:
            try:
                self._documents[real] = self._read(path)
            except UsageError as error:
                raise _refusal(str(error), origin) from error
            except DocumentError as error:
                self._documents[real] = error
        found = self._documents[real]
        if isinstance(found, DocumentError):
            raise DocumentError(found.faults)
        return found

    def _read(self, path: str) -> Document:
        name = self._source.name(path)
        document = Document(name, self._parse(self._source.read(path, self._remaining), name))
        self._paths[id(document)] = path
        return document

    def _parse(self, data: bytes, file: str) -> Node:
        self._remaining -= len(data)
        if self._remaining < 0:
            message = f"the files of a description have {self._limits.max_bytes} bytes at most"
            raise DocumentError([Fault("size", message, Origin(file, 1, 1))])
        return parse_text(decode(data, file=file), file=file, limits=self._limits)

    def _find(self, location: str, *, document: Document, origin: Origin) -> tuple[str, PurePath]:
        """Return the path of a referenced file, links followed too: in the entry's folder only."""
        if _HAS_SCHEME.match(location):
            message = f"`{location}` is not in the document's folder; nothing is fetched, copy it"
            raise _refusal(message, origin)
        if self._path == STDIN:
            message = f"`{location}` cannot be found: standard input has no folder"
            raise _refusal(message, origin)
        beside = str(PurePath(self._paths[id(document)]).parent)
        path = os.path.normpath(os.path.join(beside, unquote(location)))  # noqa: PTH118 -- Path keeps `..`
        try:
            real = self._source.real(path)
            is_inside = real.is_relative_to(self._source.real(str(PurePath(self._path).parent)))
        except (OSError, RuntimeError, ValueError) as error:
            raise _refusal(f"`{location}` cannot be a file: {error}", origin) from error
        if not is_inside:
            raise _refusal(f"`{location}` is outside the folder of the document", origin)
        if not self._source.is_file(real):
            message = f"there is no file `{location}`{offer(path, self._source)}"
            raise _refusal(message, origin)
        return path, real


def _refusal(message: str, origin: Origin) -> DocumentError:
    return DocumentError([Fault("reference", message, origin)])
