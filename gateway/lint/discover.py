"""Which documents a call means: files, the documents in folders, what globs match, `-`."""

import glob
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import UsageError

STDIN = "-"
_SUFFIXES = frozenset({".yaml", ".yml", ".json"})
_GLOB = re.compile(r"[*?\[]")
#: folders whose documents are somebody else's
_FOREIGN = frozenset(
    {
        "node_modules",
        "bower_components",
        "vendor",
        "vendored",
        "third_party",
        "site-packages",
        "__pycache__",
    }
)
#: `openapi:` at the root of a YAML text in block style
_YAML_ROOT = re.compile(rb"^(?:\xef\xbb\xbf)?(?:\"openapi\"|'openapi'|openapi)[ \t]*:", re.M)
_JSON_FIELD = re.compile(rb"[\"']?openapi[\"']?\s*:")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document to look at, and whether the call names it itself."""

    path: str
    is_named: bool


def candidates(arguments: Iterable[str]) -> tuple[Candidate, ...]:
    """The documents that arguments stand for, each once; raises UsageError for one without any."""
    found: dict[str, Candidate] = {}
    for argument in arguments:
        for candidate in _of(argument):
            key = _same_file(candidate.path)
            if key not in found or (candidate.is_named and not found[key].is_named):
                found[key] = candidate
    return tuple(found.values())


def _same_file(path: str) -> str:
    return path if path == STDIN else os.path.realpath(path)


def _of(argument: str) -> Iterator[Candidate]:
    path = Path(argument)
    if argument == STDIN:
        yield Candidate(STDIN, is_named=True)
    elif os.path.isdir(argument):  # noqa: PTH112 -- a path too long for the disk is none
        yield from _documents(argument, _in_folder(path), f"no OpenAPI document is in `{argument}`")
    elif os.path.lexists(argument) or not _GLOB.search(argument):
        yield Candidate(argument, is_named=True)
    else:
        matches = sorted(glob.glob(argument, recursive=True))  # noqa: PTH207 -- as the shell does
        own = (Path(match) for match in matches if _is_ours(Path(match), argument))
        files = (file for match in own for file in _matched(match))
        yield from _documents(argument, files, f"`{argument}` matches no OpenAPI document")


def _documents(argument: str, files: Iterable[Path], complaint: str) -> Iterator[Candidate]:
    documents = [file for file in files if is_document(file)]
    if not documents:
        raise UsageError(f"{complaint}; name a file, a folder or a glob that holds one")
    for file in documents:
        is_there = argument.startswith(f".{os.sep}")
        yield Candidate(f".{os.sep}{file}" if is_there else str(file), is_named=False)


def _is_ours(match: Path, pattern: str) -> bool:
    """Whether no folder of a match is somebody else's, but for those that the pattern names."""
    named = Path(pattern).parts
    folders = (match, *match.parents) if match.is_dir() else match.parents
    return all(_is_own(folder) for folder in folders if folder.name and folder.name not in named)


def _matched(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from _in_folder(path)
    elif path.suffix.lower() in _SUFFIXES:
        yield path


def _in_folder(folder: Path) -> Iterator[Path]:
    """The files that may be documents, in order; hidden and foreign folders are passed over."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if _is_own(Path(place, name)))
        for name in sorted(files):
            if Path(name).suffix.lower() in _SUFFIXES and not name.startswith("."):
                yield Path(place, name)


def _is_own(folder: Path) -> bool:
    is_hidden = folder.name.startswith(".")
    return not (is_hidden or folder.name in _FOREIGN or (folder / "pyvenv.cfg").exists())


def is_document(path: Path) -> bool:
    """Whether a file's root has `openapi`; one that cannot be read is left to tell so itself."""
    try:
        data = path.read_bytes()
    except OSError:
        return path.is_file()
    if not data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"[")):
        return _YAML_ROOT.search(data) is not None
    return _JSON_FIELD.search(data) is not None and _has_root_field(data)


def _has_root_field(data: bytes) -> bool:
    """Whether `openapi` is at the root of JSON; what is not JSON may be a document with a fault."""
    try:
        root = json.loads(data)
    except (ValueError, RecursionError):
        return True
    return isinstance(root, dict) and "openapi" in root
