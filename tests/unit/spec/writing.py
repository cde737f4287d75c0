"""Writes documents for tests, and reads back what is said of them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gateway.errors import DocumentError, Fault
from gateway.spec.model import ApiDescription
from gateway.spec.read import read_description

HEAD = 'openapi: "3.0.3"\ninfo: {title: t, version: "1"}\n'

#: three lines: what follows begins at line 4
EMPTY = HEAD + "paths: {}\n"


def faults_of(call: Callable[[], object]) -> tuple[Fault, ...]:
    """Return the faults a reading ends with."""
    with pytest.raises(DocumentError) as caught:
        call()
    return caught.value.faults


def faults_if_any(call: Callable[[], object]) -> tuple[Fault, ...]:
    """Return the faults a reading ends with, none if it does not."""
    try:
        call()
    except DocumentError as error:
        return error.faults
    return ()


def write(folder: Path, files: Mapping[str, str]) -> str:
    """Write files into a folder, and return the path of the first."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return str(folder / next(iter(files)))


def load(text: str) -> ApiDescription:
    """Read a document from standard input."""
    return read_description("-", stdin=text.encode)


def loads(text: str) -> bool:
    """Whether a document loads."""
    return faults_if_any(lambda: load(text)) == ()


def rules(text: str) -> list[str]:
    """Return the rules a document breaks, with their places: `8:5 schema`."""
    return [
        f"{fault.origin.line}:{fault.origin.column} {fault.rule}"
        for fault in faults_of(lambda: load(text))
    ]


def messages(text: str) -> str:
    """Return all faults of a document as a person sees them."""
    return "\n".join(str(fault) for fault in faults_of(lambda: load(text)))
